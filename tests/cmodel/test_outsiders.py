"""Modular users of a symbol, in the series and in the tree."""

from reviewbot.cmodel.change import SeriesChange
from reviewbot.cmodel.outsiders import MOST, Outsiders
from tests.builders import new_file
from tests.changes import changed, edit

HOME, USER = "drivers/foo/core.c", "drivers/bar/bar.c"
CALL = "int bar(void)\n{\n\treturn foo_pin();\n}\n"
KERNEL = {
    "Kconfig": 'source "drivers/Kconfig"\n',
    "drivers/Kconfig": 'config FOO\n\tbool "Foo"\nconfig BAR\n\ttristate "Bar"\n',
    "drivers/foo/Makefile": "obj-$(CONFIG_FOO) += core.o pci.o\n",
    "drivers/bar/Makefile": "obj-$(CONFIG_BAR) += bar.o\nbar-y := bar.o ring.o\n",
    HOME: "int foo_pin(void)\n{\n\treturn 0;\n}\n",
    "include/linux/foo.h": "int foo_pin(void);\n",
}
NOTHING = new_file("drivers/foo/readme.txt", "Foo.\n")


def of_tree(*diffs: str, home: str = HOME, **more: str) -> list[str] | None:
    found = Outsiders(seen(*diffs, **more)).of_tree("foo_pin", {home})
    return None if found is None else list(found)


def seen(*diffs: str, **more: str) -> SeriesChange:
    return changed(*(diffs or (NOTHING,)), tree=KERNEL | more)


def test_modules_count_and_built_in_code_does_not() -> None:
    assert of_tree() == []
    assert of_tree(**{"drivers/foo/pci.c": CALL}) == []
    assert of_tree(**{"drivers/foo/pci.c": CALL, USER: CALL}) == [USER]


def test_code_of_the_own_module_does_not_count() -> None:
    assert of_tree(home="drivers/bar/ring.c", **{USER: CALL}) == []


def test_what_is_not_known_counts() -> None:
    for path in ("drivers/odd/odd.c", "include/linux/inline.h", "rust/foo.rs", "arch/foo/a.S"):
        assert of_tree(**{path: CALL}) == [path]


def test_names_in_strings_count_and_in_comments_do_not() -> None:
    assert of_tree(**{USER: 'char *pin = "foo_pin";\n'}) == [USER]
    assert of_tree(**{USER: "/* foo_pin() */\nint foo_pin(void);\n"}) == []


def test_test_modules_count_and_documents_do_not() -> None:
    test = "tools/testing/foo/test.c"
    others = dict.fromkeys(("Documentation/foo.c", "scripts/foo.c", "foo.txt"), CALL)
    assert of_tree(**{test: CALL, **others}) == [test]


def test_the_series_is_applied_first() -> None:
    gone = edit(USER, "\treturn foo_pin();", "\treturn 0;", "", start=3)
    assert of_tree(gone, **{USER: CALL}) == []
    tristate = edit("drivers/Kconfig", '\tbool "Foo"', '\ttristate "Foo"', start=2)
    assert of_tree(tristate, **{"drivers/foo/pci.c": CALL}) == ["drivers/foo/pci.c"]


def test_a_change_that_does_not_fit_leaves_the_user_in_doubt() -> None:
    odd = edit(USER, "\treturn odd();", "\treturn 0;", "", start=3)
    assert of_tree(odd, **{USER: CALL}) == [USER]


def test_deleted_users_are_gone() -> None:
    deleted = (
        f"diff --git a/{USER} b/{USER}\ndeleted file mode 100644\nindex 111111111111..000000000000\n"
        f"--- a/{USER}\n+++ /dev/null\n@@ -1,4 +0,0 @@\n"
        + "".join(f"-{line}\n" for line in CALL.splitlines())
    )
    assert of_tree(deleted, **{USER: CALL}) == []


def test_users_of_the_series() -> None:
    def of_series(*diffs: str, tree: dict[str, str] | None = None) -> list[str]:
        return list(Outsiders(changed(*diffs, tree=tree)).of_series("foo_pin", {HOME}))

    user, inside = new_file(USER, CALL), new_file("drivers/foo/pci.c", CALL)
    assert of_series(user, inside, tree=KERNEL) == [USER]
    assert of_series(user, inside) == [USER, "drivers/foo/pci.c"]


def test_where_the_tree_cannot_tell_nothing_is_told() -> None:
    assert of_tree(Kconfig='source "fs/Kconfig"\n') is None
    assert Outsiders(changed(NOTHING)).of_tree("foo_pin", {HOME}) is None
    many = {f"drivers/many/{number}.c": CALL for number in range(MOST + 1)}
    assert of_tree(**many) is None
