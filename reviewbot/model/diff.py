"""Diff values: a file change, its hunks, their lines.

Law: every line knows where it stands in the old file, in the new file and in the mail, and holds the
text of the mail as it was, without the leading sign. Must not know how a diff is parsed, nor C.
"""

from enum import Enum

from msgspec import Struct


class Sign(Enum):
    """What a diff does with a line."""

    ADDED = "+"
    REMOVED = "-"
    CONTEXT = " "


class Side(Enum):
    """Before the patch, or after it."""

    OLD = "old"
    NEW = "new"


class Line(Struct, frozen=True, gc=False):
    """One line of a hunk.

    `old` and `new` are 1-based line numbers in the file before and after (0 where the line does
    not exist on that side); `mail` is the 0-based index of the line in the message body.
    """

    sign: Sign
    text: str
    old: int
    new: int
    mail: int


class Hunk(Struct, frozen=True):
    """One `@@` block: `heading` is the text after the second `@@`, `mail` the body index of its line."""

    old_start: int
    new_start: int
    heading: str
    lines: tuple[Line, ...]
    mail: int


class FileKind(Enum):
    """What happens to the file as a whole."""

    MODIFIED = "modified"
    ADDED = "added"
    DELETED = "deleted"
    RENAMED = "renamed"
    COPIED = "copied"


class FileChange(Struct, frozen=True):
    """One file's part of a diff.

    `old_path` and `new_path` are the same for a plain modification; for an added file `old_path` is
    empty, for a deleted one `new_path` is. Blob ids are as abbreviated in the `index` line, empty if
    there is none; modes likewise (octal digits). A binary change has no hunks.
    """

    kind: FileKind
    old_path: str
    new_path: str
    hunks: tuple[Hunk, ...] = ()
    old_blob: str = ""
    new_blob: str = ""
    old_mode: str = ""
    new_mode: str = ""
    binary: bool = False

    @property
    def path(self) -> str:
        """The path after the change, or before it for a deleted file."""
        return self.new_path or self.old_path

    @property
    def added(self) -> int:
        """Number of added lines."""
        return sum(line.sign is Sign.ADDED for hunk in self.hunks for line in hunk.lines)

    @property
    def removed(self) -> int:
        """Number of removed lines."""
        return sum(line.sign is Sign.REMOVED for hunk in self.hunks for line in hunk.lines)
