"""What stands above the hunks of one file: git's extended header, or two bare names.

    diff --git a/x.c b/x.c
    old mode 100644
    new mode 100755
    index 1234567..89abcde
    --- a/x.c
    +++ b/x.c

Law: a header says what happens to a file as a whole or that it cannot be read; it never looks at a hunk's
lines. Must not know unidiff or mails. Source: git's diff-format documentation, "extended header lines".
"""

import re
from collections.abc import Sequence

from msgspec import Struct

from reviewbot.model.diff import FileKind
from reviewbot.parse.filenames import (
    DEV_NULL,
    LONGEST,
    git_names,
    git_paths,
    name_of,
    plain_paths,
    root_of,
    unquoted,
)

GIT = "diff --git "
HUNK = re.compile(
    r"@@ -([0-9]{1,9})(?:,([0-9]{1,9}))? \+([0-9]{1,9})(?:,([0-9]{1,9}))? @@(?: (.*))?", re.DOTALL
)
"""A readable hunk header: old start and count, new start and count, heading."""

_EXTENDED = (
    "index ",
    "old mode ",
    "new mode ",
    "new file mode ",
    "deleted file mode ",
    "similarity index ",
    "dissimilarity index ",
    "rename from ",
    "rename to ",
    "copy from ",
    "copy to ",
)
_BINARY = ("Binary files ", "GIT binary patch")
_INDEX = re.compile(r"([0-9a-f]+)\.\.([0-9a-f]+)(?: ([0-7]+))?$")


class Header(Struct, frozen=True):
    """A file change without its hunks. `telling` is False where it says nothing of its own."""

    kind: FileKind
    old_path: str
    new_path: str
    old_blob: str = ""
    new_blob: str = ""
    old_mode: str = ""
    new_mode: str = ""
    binary: bool = False
    telling: bool = True

    @property
    def path(self) -> str:
        """The path after the change, or before it for a deleted file."""
        return self.new_path or self.old_path


def extent(lines: Sequence[str]) -> int:
    """How many of `lines`, the first of which starts `diff --git `, belong to the header."""
    end = 1
    while end < len(lines) and lines[end].startswith(_EXTENDED):
        end += 1
    if is_pair(lines, end):
        return end + 2
    return end + 1 if end < len(lines) and lines[end].startswith(_BINARY) else end


def is_pair(lines: Sequence[str], at: int) -> bool:
    """Whether a `--- ` line with its `+++ ` line stands at index `at`."""
    return (
        0 <= at < len(lines) - 1
        and lines[at].startswith("--- ")
        and lines[at + 1].startswith("+++ ")
    )


def git_header(lines: Sequence[str]) -> Header | None:
    """The header in `lines` (no more than its `extent`); None where it does not name its file.

    As with git, names that contradict each other are no names.
    """
    said = _said(lines)
    names = _names(lines, said)
    if names is None:
        return None
    index = _INDEX.match(said.get("index", ""))
    blobs, mode = (index.group(1, 2), index[3] or "") if index else (("", ""), "")
    kind = _kind(said, *names)
    old, new = names
    return Header(
        kind=kind,
        old_path="" if kind is FileKind.ADDED else old,
        new_path="" if kind is FileKind.DELETED else new,
        old_blob=blobs[0],
        new_blob=blobs[1],
        old_mode=said.get("deleted file mode") or said.get("old mode", mode),
        new_mode=said.get("new file mode") or said.get("new mode", mode),
        binary=lines[-1].startswith(_BINARY),
        telling=kind is not FileKind.MODIFIED
        or "new mode" in said
        or lines[-1].startswith(_BINARY),
    )


def plain_header(lines: Sequence[str], roots: frozenset[str]) -> Header:
    """The header of a file that has only `--- ` and `+++ ` lines and then a hunk, in `lines`.

    GNU diff writes no `/dev/null`: a file is new, or gone, if its only hunk starts at line 0 of a side.
    """
    names = name_of(lines[0][4:]), name_of(lines[1][4:])
    old, new = plain_paths(*names, roots)
    hunk = HUNK.match(lines[2])
    kind = FileKind.MODIFIED
    if names[0] == DEV_NULL or (hunk and hunk.group(1, 2) == ("0", "0")):
        kind, old = FileKind.ADDED, ""
    elif names[1] == DEV_NULL or (hunk and hunk.group(3, 4) == ("0", "0")):
        kind, new = FileKind.DELETED, ""
    return Header(kind, old, new)


def _said(lines: Sequence[str]) -> dict[str, str]:
    """The extended header lines by their key."""
    said = {}
    for line in lines[1:]:
        for key in _EXTENDED:
            if line.startswith(key):
                said[key.rstrip()] = line[len(key) :]
                break
    return said


def _kind(said: dict[str, str], old: str, new: str) -> FileKind:
    if "new file mode" in said or not old:
        return FileKind.ADDED
    if "deleted file mode" in said or not new:
        return FileKind.DELETED
    if "copy from" in said:
        return FileKind.COPIED
    return FileKind.RENAMED if old != new else FileKind.MODIFIED


def _names(lines: Sequence[str], said: dict[str, str]) -> tuple[str, str] | None:
    """The two paths, from the most exact source: rename lines, the `diff --git` line, `---` and `+++`."""
    for verb in ("rename", "copy"):
        if f"{verb} from" in said and f"{verb} to" in said:
            return unquoted(said[f"{verb} from"]), unquoted(said[f"{verb} to"])
    at = len(lines) - 2
    said_names, pair = lines[0][len(GIT) :], None
    if is_pair(lines, at):
        if said_names == f"{lines[at][4:]} {lines[at + 1][4:]}" and '"' not in said_names:
            return git_paths(lines[at][4:], lines[at + 1][4:])
        pair = name_of(lines[at][4:]), name_of(lines[at + 1][4:])
    named = git_names(said_names)
    if named is None:
        return git_paths(*pair) if pair else None
    if pair and any(name not in (DEV_NULL, other) for name, other in zip(pair, named, strict=True)):
        return None
    return git_paths(*named)


def binary_header(line: str, roots: frozenset[str]) -> Header | None:
    """The header in GNU diff's `Binary files x/a and y/a differ`; None if the line is just prose."""
    if len(line) > LONGEST or not (line.startswith(_BINARY[0]) and line.endswith(" differ")):
        return None
    old, _, new = line[len(_BINARY[0]) : -len(" differ")].partition(" and ")
    if not root_of(old, new):
        return None
    return Header(FileKind.MODIFIED, *plain_paths(old, new, roots), binary=True)
