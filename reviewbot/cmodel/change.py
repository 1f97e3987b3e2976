"""What a series changes, seen as C: the four subjects a rule may subscribe to.

    SeriesChange ── PatchChange ── SourceChange ── FunctionChange

Law: a subject is the only window a rule has on the world. Must not know rules.
"""

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.called import called
from reviewbot.cmodel.fold import folds
from reviewbot.cmodel.moves import Moves
from reviewbot.cmodel.reading import Readings
from reviewbot.cmodel.source import FunctionChange, SourceChange
from reviewbot.model.diff import Side
from reviewbot.model.evidence import Evidence
from reviewbot.model.finding import Anchor, Hit
from reviewbot.model.series import Patch, Series, Trailer
from reviewbot.model.tree import Tree

__all__ = ["FunctionChange", "PatchChange", "SeriesChange", "SourceChange", "series_change"]


class PatchChange(Struct, frozen=True, dict=True):
    """One patch: its mail, its source files, the series it is of and the tree it stands on."""

    patch: Patch
    sources: tuple[SourceChange, ...]
    series: Series
    tree: Tree

    @cached_property
    def called(self) -> frozenset[str]:
        """Every name before a parenthesis in the mail, by a look at its text."""
        return called((self.patch.message.body,))

    def at_trailer(self, trailer: Trailer, *, symbol: str = "", **facts: str | int) -> Hit:
        """A hit on a line of the commit message."""
        text = f"{trailer.key}: {trailer.value}"
        anchor = Anchor(self.patch.message_id, "", Side.NEW, 0, trailer.mail, text)
        return Hit(anchor=anchor, facts=facts, symbol=symbol)

    def at_top(self, **facts: str | int) -> Hit:
        """A hit on the patch as a whole; it quotes no line."""
        anchor = Anchor(self.patch.message_id, "", Side.NEW, 0, -1, self.patch.subject.text)
        return Hit(anchor=anchor, facts=facts)


class SeriesChange(Struct, frozen=True, dict=True):
    """A whole series: its patches in order, the tree it stands on, and that tree as it leaves it."""

    series: Series
    patches: tuple[PatchChange, ...]
    tree: Tree
    after: Tree

    @property
    def sources(self) -> Iterator[SourceChange]:
        """Every source file of every patch, in order."""
        return (source for patch in self.patches for source in patch.sources)

    def evidence(self, anchor: Anchor) -> Evidence | None:
        """How the file of an anchor was seen; None for one in a commit message."""
        source = self._by_place.get((anchor.message_id, anchor.path))
        return source.evidence if source is not None else None

    @cached_property
    def _by_place(self) -> dict[tuple[str, str], SourceChange]:
        """The source files by patch and path."""
        return {(source.patch.message_id, source.path): source for source in self.sources}


def series_change(series: Series, tree: Tree) -> SeriesChange:
    """The subject made of a series; images and outlines are derived when first asked for.

    Each patch stands on the tree as the patches before it leave it.
    """
    moves = Moves(tuple(file for patch in series.patches for file in patch.files))
    readings = Readings()
    names = [str(patch.subject.position or n) for n, patch in enumerate(series.patches, 1)]
    *stood_on, after = folds([*(patch.files for patch in series.patches), ()], tree, names)
    patches = tuple(
        PatchChange(
            patch,
            tuple(SourceChange(patch, file, under, moves, readings) for file in patch.files),
            series,
            under,
        )
        for patch, under in zip(series.patches, stood_on, strict=True)
    )
    return SeriesChange(series, patches, tree, after)
