"""Evidence: how much of a file was seen, where its text was found, and why not more of it.

Law: said by who looked, in closed sets for machines and in one line for people; no finding depends on it. Must
not know trees, diffs or C.
"""

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct


class Origin(Enum):
    """Where the text of a file before a change was found; `diff`: nowhere but in the diff itself."""

    DIFF = "diff"
    BLOB = "blob"
    BASE_COMMIT = "base-commit"
    BASE = "base"
    TAG = "tag"
    HEAD = "head"
    SOURCE = "source"
    SERIES = "series"


class Lack(Enum):
    """Why the text of a file before a change is not known, the most telling reason last."""

    NO_TREE = "no tree"
    BINARY = "binary file"
    NOT_THERE = "not in the tree"
    SHALLOW = "shallow clone"
    PARTIAL = "partial clone"
    SERIES = "unknown after an earlier patch"
    DAMAGED = "damaged repository"
    HUNKS = "hunks do not apply"

    @property
    def rank(self) -> int:
        """0 is the least telling."""
        return list(Lack).index(self)


class Evidence(Struct, frozen=True):
    """How a file was seen: `lack` None means the whole of it.

    `detail` names the text that was found, or what was looked for in vain.
    """

    origin: Origin = Origin.DIFF
    detail: str = ""
    lack: Lack | None = None

    @property
    def words(self) -> str:
        """The same in words: how much was seen, and where it was found or why it was not."""
        much = "the whole file" if self.lack is None else "the hunks only"
        return f"{much}: {self.detail}" if self.detail else much


def lacking(lack: Lack, detail: str) -> Evidence:
    """The evidence that there is nothing beyond the diff, and why."""
    return Evidence(Origin.DIFF, detail, lack)


def joined(lacks: Iterable[Evidence]) -> Evidence:
    """What several failed searches come to: the most telling reason, and what each of them says."""
    known = dict.fromkeys(one for one in lacks if one.lack is not None)
    reasons = [one.lack for one in known if one.lack is not None]
    worst = max(reasons, key=lambda lack: lack.rank, default=Lack.NOT_THERE)
    return lacking(worst, "; ".join(dict.fromkeys(one.detail for one in known if one.detail)))
