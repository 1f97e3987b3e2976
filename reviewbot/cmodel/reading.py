"""Reading: what is derived from the lines of an image, once for all images of the same text.

The new side of one patch of a series is the old side of the next one.

Law: a reading depends on the lines, whether they are whole, and the name of the file alone. Must not know
sides, diffs or trees.
"""

from bisect import bisect_right
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.called import called
from reviewbot.cmodel.flow import Flow
from reviewbot.cmodel.outline import Export, Outline
from reviewbot.cmodel.sheet import Sheet, sheet
from reviewbot.cmodel.stretch import Stretch
from reviewbot.cmodel.survey import survey


class Reading(Struct, frozen=True, dict=True):
    """The stretches of a file as code."""

    path: str
    stretches: tuple[Stretch, ...]
    whole: bool

    @cached_property
    def outline(self) -> Outline:
        """What stands in the file, derived once."""
        return survey(self.path, self._sheets)

    @property
    def exports(self) -> tuple[Export, ...]:
        """The exports of the outline, for which no grammar is needed; derived once."""
        return self.outline.exports

    @cached_property
    def flows(self) -> dict[int, Flow | None]:
        """The flows that were made so far, by the first line of their functions; filled by who makes them."""
        return {}

    def code(self, line: int) -> str:
        """The masked line of that number, empty if it is not seen."""
        place = bisect_right(self._firsts, line)
        return self._sheets[place - 1].masked_line(line) if place else ""

    def text(self, first: int, last: int) -> str:
        """The lines from `first` to `last`, which are of one stretch, as they are."""
        place = bisect_right(self._firsts, first) - 1
        if place < 0:
            return ""
        start = self._firsts[place]
        return "\n".join(self.stretches[place].lines[first - start : last - start + 1])

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The stretches as they are."""
        return tuple("\n".join(stretch.lines) for stretch in self.stretches)

    @cached_property
    def called(self) -> frozenset[str]:
        """Every name before a parenthesis, in comments too; a look at the text."""
        return called(self.texts)

    @cached_property
    def shows_functions(self) -> bool:
        """Whether a whole function may be seen; a look at the text, much cheaper than an outline: where the
        answer is no, there is none."""
        return self.whole or any(map(_may_hold_function, self.stretches))

    @cached_property
    def _firsts(self) -> list[int]:
        return [stretch.first for stretch in self.stretches]

    @cached_property
    def _sheets(self) -> tuple[Sheet, ...]:
        pages = zip(self.stretches, self.texts, strict=True)
        return tuple(sheet(stretch, text, whole=self.whole) for stretch, text in pages)


def _may_hold_function(stretch: Stretch) -> bool:
    """Whether a brace at the left edge, or one behind a parenthesis there, is closed further down."""
    opened = False
    for line in stretch.lines:
        if not line[:1].isspace():
            if opened and "}" in line:
                return True
            if "{" in line:
                opened = True
                if "}" in line.partition("{")[2]:
                    return True
    return False


class Readings(Struct, frozen=True, dict=True):
    """The readings of one series."""

    def of(self, path: str, stretches: tuple[Stretch, ...], whole: bool) -> Reading:
        """The reading of these lines, the same one for the same lines."""
        key = (path, whole, stretches)
        return self._made.setdefault(key, Reading(path, stretches, whole))

    @cached_property
    def _made(self) -> dict[tuple[str, bool, tuple[Stretch, ...]], Reading]:
        return {}
