"""Excerpts: the text of an image as a program for C may read it, and where its lines come from.

Law: a line of an excerpt has the number it has in its file; what is only partly visible is left out, and what
is left out is blank. Must not know which program reads it.
"""

from collections.abc import Iterable

from msgspec import Struct

from reviewbot.cmodel.image import Image
from reviewbot.cmodel.outline import Function
from reviewbot.cmodel.source import SourceChange


class Excerpt(Struct, frozen=True):
    """The old and the new text of one file."""

    old: str
    new: str


def whole_file(source: SourceChange) -> Excerpt | None:
    """The file before and after; None where it is only partly visible."""
    if source.new.whole and source.old.whole:
        return Excerpt(_text(source.old), _text(source.new))
    return None


def touched_functions(source: SourceChange) -> Excerpt | None:
    """The functions the patch touches and that are wholly visible, before as well unless they are new.

    None where there is none.
    """
    both = [
        (change.old, change.new)
        for change in source.functions
        if change.new.whole and (change.is_new if change.old is None else change.old.whole)
    ]
    if not both:
        return None
    old, new = (old for old, _ in both if old is not None), (new for _, new in both)
    return Excerpt(_functions(source.old, old), _functions(source.new, new))


def _text(image: Image) -> str:
    return "".join(f"{line}\n" for stretch in image.stretches for line in stretch.lines)


def _functions(image: Image, functions: Iterable[Function]) -> str:
    """The lines of some functions at their places, with nothing between them."""
    known = {
        number: line
        for stretch in image.stretches
        for number, line in enumerate(stretch.lines, stretch.first)
    }
    kept = {n: known[n] for one in functions for n in range(one.first, one.last + 1) if n in known}
    return "".join(f"{kept.get(number, '')}\n" for number in range(1, max(kept, default=0) + 1))
