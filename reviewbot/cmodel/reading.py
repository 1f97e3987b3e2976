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

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The stretches as they are."""
        return tuple("\n".join(stretch.lines) for stretch in self.stretches)

    @cached_property
    def called(self) -> frozenset[str]:
        """Every name before a parenthesis, in comments too; a look at the text."""
        return called(self.texts)

    @cached_property
    def _firsts(self) -> list[int]:
        return [page.first for page in self._sheets]

    @cached_property
    def _sheets(self) -> tuple[Sheet, ...]:
        pages = zip(self.stretches, self.texts, strict=True)
        return tuple(sheet(stretch, text, whole=self.whole) for stretch, text in pages)


class Readings(Struct, frozen=True, dict=True):
    """The readings of one series."""

    def of(self, path: str, stretches: tuple[Stretch, ...], whole: bool) -> Reading:
        """The reading of these lines, the same one for the same lines."""
        key = (path, whole, stretches)
        return self._made.setdefault(key, Reading(path, stretches, whole))

    @cached_property
    def _made(self) -> dict[tuple[str, bool, tuple[Stretch, ...]], Reading]:
        return {}
