"""Edits: the lines that a diff shows of one file, by their sign and by their number before and after.

Law: every line of the hunks and no other. Must not know C, nor what of the file the diff does not show.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from reviewbot.model.diff import FileChange, Line, Side, Sign


class Edits(Struct, frozen=True, dict=True):
    """The lines of the hunks of a file."""

    file: FileChange

    def __iter__(self) -> Iterator[Line]:
        return (line for hunk in self.file.hunks for line in hunk.lines)

    def of(self, sign: Sign) -> Iterator[Line]:
        """The lines of one sign, in order."""
        return (line for line in self if line.sign is sign)

    @cached_property
    def added(self) -> dict[int, Line]:
        """Added lines by number in the new file."""
        return {line.new: line for line in self.of(Sign.ADDED)}

    @cached_property
    def removed(self) -> dict[int, Line]:
        """Removed lines by number in the old file."""
        return {line.old: line for line in self.of(Sign.REMOVED)}

    @cached_property
    def numbered(self) -> Mapping[Side, Mapping[int, Line]]:
        """The lines by their number in the file before and after."""
        return {
            Side.OLD: {line.old: line for line in self if line.sign is not Sign.ADDED},
            Side.NEW: {line.new: line for line in self if line.sign is not Sign.REMOVED},
        }

    @cached_property
    def text(self) -> str:
        """Every line, by sign and without it."""
        return "\n".join(self._texts.values())

    def mention(self, words: Collection[str], sign: Sign) -> bool:
        """Whether one of `words` stands in a line of that sign, in whatever part of it.

        A look at the text, much cheaper than an outline: where the answer is no, nothing of that name
        was added or removed.
        """
        text = self._texts[sign]
        return any(word in text for word in words)

    @cached_property
    def _texts(self) -> Mapping[Sign, str]:
        order = (Sign.ADDED, Sign.REMOVED, Sign.CONTEXT)
        texts: dict[Sign, list[str]] = {sign: [] for sign in order}
        for line in self:
            texts[line.sign].append(line.text)
        return {sign: "\n".join(lines) for sign, lines in texts.items()}
