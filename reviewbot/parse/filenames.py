"""Names of files as diff headers write them, and the paths they stand for.

Law: two names of one file give one path; only a prefix that the names themselves betray is taken off.
Must not know hunks or mails. Source: git's diff-format documentation (quoted names), GNU diffutils
manual (time stamps behind names).
"""

import re
from itertools import islice

DEV_NULL = "/dev/null"
LONGEST = 8192
"""Characters in a header line beyond which it holds no two names any more (PATH_MAX is 4096)."""

_MOST_BLANKS = 64

_PREFIX = re.compile(r"[abciow12]/")
_ROOT = re.compile(r"linux[^/]*/")
_STAMP = re.compile(
    r"\s(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?(?: ?[+-][0-9]{4})?"
    r"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} [ 0-9][0-9] [0-9:]{5,8}(?: \w{1,5})? [0-9]{4})$"
)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(rb"\\([0-3][0-7]{2}|.)", re.DOTALL)
_LETTERS = {
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
}
_COPIES = (".orig", ".old", ".ORIG", "~")


def unquoted(name: str) -> str:
    r"""The name with C-style quotes taken off: `"a/\303\251.c"` is `a/é.c`; others are as they are."""
    found = _QUOTED.fullmatch(name)
    if found is None:
        return name
    written = found[1].encode("utf-8", "surrogatepass")
    return _ESCAPE.sub(_unescape, written).decode("utf-8", "replace")


def _unescape(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code, 8)]) if len(code) == 3 else _LETTERS.get(code, code)


def name_of(text: str) -> str:
    """The name in what follows `--- ` or `+++ `: quotes and time stamp taken off."""
    text = text[:LONGEST].rstrip("\r")
    found = _QUOTED.match(text)
    if found is not None:
        return unquoted(found[0])
    name = text.partition("\t")[0]
    return _STAMP.sub("", name).rstrip() if name[-1:].isdigit() else name


def git_names(text: str) -> tuple[str, str] | None:
    """The two names in what follows `diff --git `; None where they are not those of one file.

    Names with blanks are not quoted, so only two names that end alike can be told apart.
    """
    if len(text) > LONGEST:
        return None
    text = text.rstrip("\r")
    if '"' in text:
        return _quoted_names(text)
    middle = len(text) // 2
    if text[middle : middle + 1] == " " and _alike(text[:middle], text[middle + 1 :]):
        return text[:middle], text[middle + 1 :]
    blanks = islice((found.start() for found in re.finditer(" ", text)), _MOST_BLANKS)
    splits = ((text[:blank], text[blank + 1 :]) for blank in blanks)
    return next((pair for pair in splits if _alike(*pair)), None)


def _quoted_names(text: str) -> tuple[str, str] | None:
    if text.startswith('"'):
        found = _QUOTED.match(text)
        if found is None or text[found.end() : found.end() + 1] != " ":
            return None
        return unquoted(found[0]), unquoted(text[found.end() + 1 :])
    old, _, new = text.partition(' "')
    return old, unquoted(f'"{new}')


def _alike(old: str, new: str) -> bool:
    """Whether two names are those of one file: the same, or the same behind the first directory."""
    return bool(old) and (old == new or (_tail(old) == _tail(new) != ""))


def _tail(name: str) -> str:
    return name.partition("/")[2]


def git_paths(old: str, new: str) -> tuple[str, str]:
    """The paths of two names from a git header, where only a one-letter prefix is a prefix.

    `/dev/null` becomes an empty path. Other prefixes (`--src-prefix`) show by being different.
    """
    if DEV_NULL not in (old, new) and old != new and _tail(old) == _tail(new):
        return _tail(old), _tail(new)
    return _bare(old), _bare(new)


def plain_paths(old: str, new: str, roots: frozenset[str]) -> tuple[str, str]:
    """The paths of the names in `--- ` and `+++ ` lines that no git header precedes.

    `roots` are the first directories that are no part of a path elsewhere in the diff. Such a diff
    cannot rename: names that differ are two places of one file, and what they end alike in is the path.
    """
    if DEV_NULL in (old, new):
        return _rooted(old, roots), _rooted(new, roots)
    if old != new and _tail(old) == _tail(new) != "":
        path = _tail(new)
    else:
        path = _rooted(_common_end(_original(old, new), new).lstrip("/"), roots)
    return path, path


def root_of(old: str, new: str) -> str:
    """The first directory of `new` where the two names differ in nothing else, or an empty string."""
    same_file = old != new and _tail(old) == _tail(new) != ""
    return new.partition("/")[0] if same_file else ""


def _original(old: str, new: str) -> str:
    """`x.c` for `x.c.orig`, if that is what `new` is called."""
    return new if any(old == new + ending for ending in _COPIES) else old


def _common_end(old: str, new: str) -> str:
    """The directories and the file that two names end in alike; `new` if they share none."""
    theirs, ours = old.split("/"), new.split("/")
    same = 0
    while same < min(len(theirs), len(ours)) and theirs[-1 - same] == ours[-1 - same]:
        same += 1
    return "/".join(ours[len(ours) - same :]) if same else new


def _bare(name: str) -> str:
    if name == DEV_NULL:
        return ""
    return name[2:] if _PREFIX.match(name) else name


def _rooted(name: str, roots: frozenset[str]) -> str:
    head, slash, tail = name.partition("/")
    if name != DEV_NULL and slash and (head in roots or _ROOT.match(name)):
        return tail
    return _bare(name)
