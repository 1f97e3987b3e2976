"""Maintainers: who is named in a tree's file MAINTAINERS for some of its files.

Law: patterns mean what they mean to the kernel's `get_maintainer.pl`: `X:` comes before `F:`, a folder is all
that is below it, a glob stays at its depth, `N:` is a regular expression on the path. A pattern that is none
matches nothing. What is found by content (`K:`) or history is not asked. Must not know mails.

Sources: the head of Linux's MAINTAINERS, its scripts/get_maintainer.pl.
"""

import re
from collections.abc import Collection, Iterator

from msgspec import Struct

from reviewbot.model.message import Address
from reviewbot.model.tree import Tree
from reviewbot.parse.address import mailbox

FILE = "MAINTAINERS"
PEOPLE = "MR"
_FIELD = re.compile(r"([A-Z]):[ \t]*(.*)")
# No path of a real tree is longer.
LONGEST = 500


class Section(Struct, frozen=True):
    """One entry: its title, the people (`M:`, `R:`), and which files it is about.

    `files`, `excluded` and `names` are the values of `F:`, `X:` and `N:`.
    """

    title: str
    people: tuple[Address, ...] = ()
    files: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def covers(self, path: str) -> bool:
        """Whether the file at `path` is one of this entry."""
        if any(_is_in(path, pattern) for pattern in self.excluded):
            return False
        return any(_is_in(path, pattern) for pattern in self.files) or any(
            _is_named(path, pattern) for pattern in self.names
        )


def sections(text: str) -> Iterator[Section]:
    """The entries of a MAINTAINERS file, in its order; those without people or files too."""
    title = ""
    values: list[tuple[str, str]] = []
    for line in text.split("\n"):
        if field := _FIELD.match(line):
            values.append((field[1], field[2].strip()))
        elif line.strip() and not line[0].isspace() and not line.startswith("#"):
            if values:
                yield _section(title, values)
            title, values = line.strip(), []
    if values:
        yield _section(title, values)


def people(tree: Tree, paths: Collection[str]) -> tuple[Address, ...] | None:
    """Maintainers and reviewers of the files at `paths`, each once; None where the tree has no such list."""
    text = tree.file(FILE)
    if text is None:
        return None
    wanted = [path for path in dict.fromkeys(paths) if path and len(path) <= LONGEST]
    found = (
        person
        for section in sections(text)
        if section.people and any(map(section.covers, wanted))
        for person in section.people
    )
    return tuple(dict.fromkeys(found))


def _section(title: str, values: Collection[tuple[str, str]]) -> Section:
    named = (mailbox(value) for letter, value in values if letter in PEOPLE)
    files, excluded, names = (tuple(value for key, value in values if key == k) for k in "FXN")
    return Section(title, tuple(filter(None, named)), files, excluded, names)


def _is_in(path: str, pattern: str) -> bool:
    """Whether a pattern of `F:` or `X:` speaks of this path."""
    if "*" not in pattern and "?" not in pattern:
        return path == pattern or path.startswith(f"{pattern.removesuffix('/')}/")
    below = pattern.endswith("/")
    return (below or path.count("/") == pattern.count("/")) and bool(_glob(pattern, path))


def _glob(pattern: str, path: str) -> re.Match[str] | None:
    """A glob whose `*` also crosses slashes, as in the script, from the beginning of the path."""
    pieces = (".*" if sign == "*" else "." if sign == "?" else re.escape(sign) for sign in pattern)
    return re.match("".join(pieces), path)


def _is_named(path: str, pattern: str) -> bool:
    """Whether a pattern of `N:` matches somewhere in the path; Perl's `x` skips the blanks in it."""
    try:
        return bool(re.search(pattern, path, re.VERBOSE))
    except (re.error, RecursionError, OverflowError):
        return False
