"""Piece: a part of a sheet that is read on its own, so that the rest of a long file costs nothing.

Law: offsets are those of the sheet; what stands in one piece never depends on another. Must not know functions
or calls.
"""

from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.brackets import parentheses
from reviewbot.cmodel.readable import Head, heads, readable
from reviewbot.cmodel.sheet import Sheet

# Where a list goes on behind a semicolon, as in a TRACE_EVENT, it is ended by a parenthesis at column 0.
_BELOW = 400


class Piece(Struct, frozen=True, dict=True):
    """The code of a sheet from `start` to `end`."""

    sheet: Sheet
    start: int
    end: int

    @cached_property
    def parentheses(self) -> dict[int, int]:
        """The closing parenthesis of each opening one in the piece; it may be a little below."""
        code, start, end = self.sheet.code, self.start, self.end
        is_open = code.count("(", start, end) > code.count(")", start, end)
        return parentheses(code, start, min(end + _BELOW, len(code)) if is_open else end)

    @cached_property
    def heads(self) -> dict[int, Head]:
        """Every name of the piece before a parenthesis, by the offset of the parenthesis."""
        return heads(self.sheet.code, self.start, self.end)

    def readable(self, start: int, end: int) -> str:
        """The code between two offsets in the piece as the grammar is given it."""
        return self._readable[start - self.start : end - self.start]

    @cached_property
    def _readable(self) -> str:
        code = self.sheet.code[self.start : self.end]
        return readable(code, self.heads, self.parentheses, self.start)


def whole(sheet: Sheet) -> Piece:
    """The piece that is all of a sheet."""
    return Piece(sheet, 0, len(sheet.code))
