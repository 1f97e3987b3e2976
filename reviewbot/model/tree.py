"""Tree: the five questions a source tree can be asked.

Law: a tree answers or says it cannot; it never guesses. `NoTree` answers none; `DictTree` serves tests.
Must not know git.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

from msgspec import Struct

from reviewbot.model.evidence import Evidence, Lack, Origin, lacking

_WORD = re.compile(r"\w+")


class Commit(Struct, frozen=True):
    """A commit: its full id in hex, and the first line of its message."""

    id: str
    subject: str


NO_COMMIT = Commit("", "")
"""The answer of a tree that surely has no such commit."""


class Sight(Struct, frozen=True):
    """What a tree has of a file: the text and where it was found, or None and why it was not."""

    text: str | None
    evidence: Evidence


NOT_GIVEN = Sight(None, lacking(Lack.NO_TREE, "no source tree was given"))
"""What is seen without a tree."""


Mentions = Mapping[str, tuple[str, ...]]
"""Paths by the word that occurs there."""


class Tree(Protocol):
    """What a source tree at one commit can answer."""

    @property
    def name(self) -> str:
        """What the tree is, for people; empty for no tree."""

    def blob(self, blob_id: str) -> str | None:
        """The text of the blob whose id starts with `blob_id`, or None."""

    def file(self, path: str) -> str | None:
        """The text of the file at `path`, or None."""

    def sights(self, blob_id: str, path: str) -> Iterator[Sight]:
        """The texts a file may have that has this blob id or stands at this path, the likelier first.

        Each is looked up when asked for; either of the two may be empty. A search that fails is told too.
        """

    def mentions(self, words: Collection[str]) -> Mentions | None:
        """For each of the words, all at once, the paths of the files in which it stands as a whole word.

        None where the tree cannot tell, were it for one of them. To ask costs a look at every file, however
        many words there are; what was asked before costs nothing.
        """

    def commit(self, abbreviation: str) -> Commit | None:
        """The commit whose id starts so; NO_COMMIT where there is none, None where it cannot tell."""


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

    def sights(self, blob_id: str, path: str) -> Iterator[Sight]:
        """That no tree was given."""
        yield NOT_GIVEN

    def mentions(self, words: Collection[str]) -> Mentions | None:
        """Always None: nothing was looked through."""
        return None

    def commit(self, abbreviation: str) -> Commit | None:
        """Always None: no history is known."""
        return None


class DictTree(Struct, frozen=True):
    """A tree made of texts by path, for tests and examples.

    `commits` are subjects by full id; without any, history is not known.
    """

    files: Mapping[str, str]
    commits: Mapping[str, str] = {}

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

    def sights(self, blob_id: str, path: str) -> Iterator[Sight]:
        """The text at `path`, or that there is none."""
        text = self.files.get(path)
        if text is None:
            yield Sight(None, lacking(Lack.NOT_THERE, f"no {path} in {self.name}"))
        else:
            yield Sight(text, Evidence(Origin.SOURCE, f"{path} in {self.name}"))

    def mentions(self, words: Collection[str]) -> Mentions:
        """Paths by the words that their texts hold."""
        held = {path: set(_WORD.findall(text)) for path, text in self.files.items()}
        return {word: tuple(path for path in held if word in held[path]) for word in words}

    def commit(self, abbreviation: str) -> Commit | None:
        """The one commit whose id starts so."""
        found = [Commit(*pair) for pair in self.commits.items() if pair[0].startswith(abbreviation)]
        if len(found) > 1 or not self.commits:
            return None
        return found[0] if found else NO_COMMIT
