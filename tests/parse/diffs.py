"""Invented diffs for the tests of the diff parser: one small file, changed in every way."""

HUNK = (
    "@@ -12,4 +12,5 @@ static int foo_open(struct foo *foo)\n"
    " \tint ret;\n"
    " \n"
    "-\tret = foo_get(foo);\n"
    "+\tret = foo_tryget(foo);\n"
    "+\tfoo->users++;\n"
    " \treturn ret;\n"
)


def header(path: str = "drivers/foo/foo.c", *extended: str, old: str = "", new: str = "") -> str:
    """git's header for a changed file; `extended` are further header lines."""
    lines = (f"diff --git a/{path} b/{path}", *extended)
    names = (f"--- {old or 'a/' + path}", f"+++ {new or 'b/' + path}")
    return "\n".join((*lines, *names)) + "\n"


def changed(path: str = "drivers/foo/foo.c", hunks: str = HUNK) -> str:
    """A changed file as git format-patch writes it."""
    return header(path, "index 1234567..89abcde 100644") + hunks


def plain(old: str, new: str, hunks: str = HUNK) -> str:
    """A changed file as GNU diff writes it."""
    return f"--- {old}\n+++ {new}\n{hunks}"
