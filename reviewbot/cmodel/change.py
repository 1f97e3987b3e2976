"""What a series changes, seen as C: the four subjects a rule may subscribe to.

    SeriesChange ── PatchChange ── SourceChange ── FunctionChange

Law: a subject is the only window a rule has on the world. Must not know rules.
"""

from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.fold import folds
from reviewbot.cmodel.moves import Moves
from reviewbot.cmodel.source import FunctionChange, SourceChange
from reviewbot.model.diff import Side
from reviewbot.model.finding import Anchor, Hit
from reviewbot.model.series import Patch, Series, Trailer
from reviewbot.model.tree import Tree

__all__ = ["FunctionChange", "PatchChange", "SeriesChange", "SourceChange", "series_change"]


class PatchChange(Struct, frozen=True):
    """One patch: its mail and its source files."""

    patch: Patch
    sources: tuple[SourceChange, ...]

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
    """A whole series: its patches in order, and the tree it stands on."""

    series: Series
    patches: tuple[PatchChange, ...]
    tree: Tree

    @property
    def sources(self) -> Iterator[SourceChange]:
        """Every source file of every patch, in order."""
        return (source for patch in self.patches for source in patch.sources)


def series_change(series: Series, tree: Tree) -> SeriesChange:
    """The subject made of a series; images and outlines are derived when first asked for.

    Each patch stands on the tree as the patches before it leave it.
    """
    moves = Moves(tuple(file for patch in series.patches for file in patch.files))
    stood_on = folds([patch.files for patch in series.patches], tree)
    patches = tuple(
        PatchChange(patch, tuple(SourceChange(patch, file, under, moves) for file in patch.files))
        for patch, under in zip(series.patches, stood_on, strict=True)
    )
    return SeriesChange(series, patches, tree)
