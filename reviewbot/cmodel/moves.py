"""Moves: which lines a series merely carries from one place to another.

Law: a line is moved where the series removes the same text elsewhere, white space aside. Must not know C or
rules.
"""

from functools import cached_property

from msgspec import Struct

from reviewbot.model.diff import FileChange, Line, Sign


class Moves(Struct, frozen=True, dict=True):
    """Which lines a series merely moves: text that it removes in one place and adds in another."""

    files: tuple[FileChange, ...]

    def holds(self, line: Line) -> bool:
        """Whether the line is moved, white space aside; one without letter or digit never is."""
        text = _bare(line.text)
        return text in self._both and any(char.isalnum() for char in text)

    @cached_property
    def _both(self) -> frozenset[str]:
        lines = [line for file in self.files for hunk in file.hunks for line in hunk.lines]
        added = {_bare(line.text) for line in lines if line.sign is Sign.ADDED}
        return frozenset(
            text
            for text in (_bare(line.text) for line in lines if line.sign is Sign.REMOVED)
            if text in added
        )


def _bare(text: str) -> str:
    return text.replace("\t", "").replace(" ", "")
