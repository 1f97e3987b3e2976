"""Tree: the three questions a source tree can be asked.

Law: a tree answers or says it cannot; it never guesses. `NoTree` answers none; `DictTree` serves tests.
Must not know git.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

from msgspec import Struct


class Tree(Protocol):
    """What a source tree at one commit can answer."""

    @property
    def name(self) -> str:
        """What the tree is, for people; empty for no tree."""

    def blob(self, blob_id: str) -> str | None:
        """The text of the blob whose id starts with `blob_id`, or None."""

    def file(self, path: str) -> str | None:
        """The text of the file at `path`, or None."""

    def mentions(self, word: str) -> Iterator[str] | None:
        """Paths of the files in which `word` occurs as a whole word; None where it cannot tell."""


class NoTree(Struct, frozen=True):
    """No tree: it answers nothing."""

    @property
    def name(self) -> str:
        """Empty."""
        return ""

    def blob(self, blob_id: str) -> str | None:
        """Always None."""
        return None

    def file(self, path: str) -> str | None:
        """Always None."""
        return None

    def mentions(self, word: str) -> Iterator[str] | None:
        """Always None: nothing was looked through."""
        return None


class DictTree(Struct, frozen=True):
    """A tree made of texts by path, for tests and examples."""

    files: Mapping[str, str]

    @property
    def name(self) -> str:
        """A name for people."""
        return "dict"

    def blob(self, blob_id: str) -> str | None:
        """Always None: a dict knows no ids."""
        return None

    def file(self, path: str) -> str | None:
        """The text at `path`, or None."""
        return self.files.get(path)

    def mentions(self, word: str) -> Iterator[str]:
        """Paths whose text holds `word`."""
        return (path for path, text in self.files.items() if word in text)
