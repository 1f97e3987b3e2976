"""Stretches: consecutive lines of one side of a file, taken from hunks or from a whole text.

Law: a line keeps the number it has in its file; lines that do not follow each other never share a
stretch. Must not know C.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from reviewbot.model.diff import Hunk, Line, Side, Sign

# Bytes of a heading (xdiff/xemit.c of git).
_HEADING = 80


class Stretch(Struct, frozen=True):
    """Consecutive lines without a gap.

    `first` is the 1-based number of the first line. `heading` is what git printed behind `@@`: the
    function header last seen above the stretch; empty in a whole image.
    """

    first: int
    lines: tuple[str, ...]
    heading: str = ""


def stretches(hunks: Iterable[Hunk], side: Side) -> tuple[Stretch, ...]:
    """The lines of `hunks` on one side; hunks without a gap between them make one stretch."""
    return tuple(_merged(_pieces(hunks, side)))


def whole(lines: tuple[str, ...]) -> tuple[Stretch, ...]:
    """The one stretch of a whole file; none for an empty file."""
    return (Stretch(1, lines),) if lines else ()


def split(text: str) -> tuple[str, ...]:
    """The lines of a text; a final line end starts no further line."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return tuple(lines)


def applied(lines: tuple[str, ...], hunks: Iterable[Hunk]) -> tuple[str, ...] | None:
    """The lines after the hunks, or None where one does not fit.

    A hunk fits only at the very line it names: no offset, no fuzz, because every finding is
    anchored by the line numbers of the diff.
    """
    result: list[str] = []
    done = 0
    for hunk in hunks:
        before = [line.text for line in hunk.lines if line.sign is not Sign.ADDED]
        start = hunk.old_start - 1 if before else hunk.old_start
        if start < done or list(lines[start : start + len(before)]) != before:
            return None
        result += lines[done:start]
        result += [line.text for line in hunk.lines if line.sign is not Sign.REMOVED]
        done = start + len(before)
    return (*result, *lines[done:])


def _pieces(hunks: Iterable[Hunk], side: Side) -> Iterator[Stretch]:
    """One stretch for each hunk that has a line on this side.

    git takes headings from the old file: one that an earlier hunk removes says nothing of the new.
    """
    absent = Sign.ADDED if side is Side.OLD else Sign.REMOVED
    gone: set[str] = set()
    for hunk in hunks:
        lines = [line for line in hunk.lines if line.sign is not absent]
        heading = hunk.heading if hunk.heading.rstrip() not in gone else ""
        if lines:
            yield Stretch(_number(lines[0], side), tuple(line.text for line in lines), heading)
        if side is Side.NEW:
            gone |= _headings(line for line in hunk.lines if line.sign is Sign.REMOVED)
            gone -= _headings(lines)


def _headings(lines: Iterable[Line]) -> set[str]:
    """The lines that git may take for a heading, as it prints them."""
    return {line.text[:_HEADING].rstrip() for line in lines if line.text[:1].isidentifier()}


def _number(line: Line, side: Side) -> int:
    return line.old if side is Side.OLD else line.new


def _merged(pieces: Iterator[Stretch]) -> Iterator[Stretch]:
    """The same lines with neighbours joined; the heading above the first one is kept."""
    joined: list[str] = []
    first, heading = 0, ""
    for piece in pieces:
        if joined and piece.first == first + len(joined):
            joined += piece.lines
            continue
        if joined:
            yield Stretch(first, tuple(joined), heading)
        first, heading, joined = piece.first, piece.heading, list(piece.lines)
    if joined:
        yield Stretch(first, tuple(joined), heading)
