"""Survey: from stretches of a file to its outline.

Law: each item is read on its own, so what one item holds never depends on another. Must not know diffs.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, pairwise

from msgspec import Struct

from reviewbot.cmodel.content import Content, Export, Include
from reviewbot.cmodel.exports import exports, mentioned
from reviewbot.cmodel.layout import Item, Kind, items
from reviewbot.cmodel.outline import Body, Outline
from reviewbot.cmodel.part import Part
from reviewbot.cmodel.piece import Piece, whole
from reviewbot.cmodel.sheet import Sheet

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:<([^>\n]+)>|"([^"\n]+)")', re.MULTILINE)
_FIRST = re.compile(r"\w+")
_LAST = re.compile(r"\w+\Z")
_BRACED = re.compile(r"=\s*+\{")
_C = (".c", ".h", ".inc")
_ASSEMBLER = (".S", ".s")
_RUST = (".rs",)
# No source file of Linux 6.12 with functions in it is larger.
_CHARACTERS = 2_000_000


def survey(path: str, sheets: Iterable[Sheet]) -> Outline:
    """The outline of a file; of assembler only exports and includes, of Rust only exports."""
    if path.endswith(_C + _ASSEMBLER + _RUST):
        return Outline(pages=tuple(Sheets(path, sheet) for sheet in sheets))
    return Outline()


class Sheets(Struct, frozen=True, dict=True):
    """A sheet of the file `path` as a page: its parts are found at once and read one by one."""

    path: str
    sheet: Sheet

    def read(self) -> Iterator[Content]:
        """All parts."""
        return (part.content for part in self._parts)

    def exports(self) -> Iterator[Export]:
        """The exports, for which no grammar is needed."""
        parts = self._at(mentioned(self.path, self.sheet)) if self._parts else ()
        pieces = [part.piece for part in parts] if self._parts else [whole(self.sheet)]
        return (one for piece in pieces for one in exports(self.path, piece))

    def includes(self) -> Iterator[Include]:
        """The includes."""
        return iter(()) if self.path.endswith(_RUST) else _includes(self.sheet)

    def between(self, first: int, last: int) -> Iterator[Content]:
        """The parts that begin at or before `last` and do not end before `first`."""
        place = bisect_left(self._lines, first)
        if place == len(self._lines) or not self._begins(place, first):
            place = max(place - 1, 0)
        return (part.content for part in self._parts[place : bisect_right(self._lines, last)])

    def bodies(self, lines: Sequence[int]) -> Iterator[Body]:
        """The functions that may hold one of the lines, which are in order; each once."""
        last = -1
        for line in lines:
            place = bisect_right(self._lines, line) - 1
            if place > last:
                last = place
                if self._parts[place].is_function:
                    yield self._parts[place]

    def calling(self, names: Collection[str]) -> Iterator[Content]:
        """The parts in which one of the names, or the last word of one, stands before a parenthesis."""
        paths = [_LAST.search(name) for name in names if not name.isidentifier()]
        words = {*names, *(word[0] for word in paths if word)} if paths else names
        return (part.content for part in self._at(self.sheet.called(words)))

    def headers_with(self, names: Collection[str]) -> Iterator[str]:
        """The words in the headers of functions in which one of the names stands before a parenthesis."""
        code = self.sheet.code
        for part in self._at(self.sheet.called(names)):
            if part.item.kind is Kind.FUNCTION:
                yield from _FIRST.findall(code, part.item.start, part.item.body)

    def defined(self) -> Iterator[tuple[Collection[str], Body]]:
        """All functions, unread, with the words of the header; with none where another name is lent."""
        for part in self._parts:
            if part.item.kind is Kind.FUNCTION:
                header = self.sheet.code[part.item.start : part.item.body]
                lends = not part.item.opened or "SYSCALL_DEFINE" in header
                yield (() if lends else {*_FIRST.findall(header)}), part

    def declaring(self) -> Iterator[Content]:
        """The statements: no other part holds the declaration of a function."""
        return (part.content for part in self._parts if part.item.kind is Kind.STATEMENT)

    def initializing(self) -> Iterator[Content]:
        """The parts in which a brace follows an equals sign, or may do so above a fragment."""
        offsets = (found.start() for found in _BRACED.finditer(self.sheet.code))
        above = (0,) if self.sheet.cut else ()
        return (part.content for part in self._at(chain(above, offsets)))

    def _begins(self, place: int, line: int) -> bool:
        """Whether the part at that place begins at the very beginning of the line."""
        start = self._starts[place]
        is_first = start == 0 or self.sheet.code[start - 1] == "\n"
        return is_first and self._lines[place] == line

    def _at(self, offsets: Iterable[int]) -> Iterator[Part]:
        """The parts that hold these offsets, which are in order; each once."""
        last = -1
        for offset in offsets:
            place = bisect_right(self._starts, offset) - 1
            if place > last:
                yield self._parts[place]
                last = place

    @cached_property
    def _parts(self) -> tuple[Part, ...]:
        """None of what is no C, or too long to be read."""
        sheet = self.sheet
        if not self.path.endswith(_C) or len(sheet.code) > _CHARACTERS:
            return ()
        end = len(sheet.code)
        found = [*items(sheet.code, sheet.heading_code, cut=sheet.cut)] or [
            Item(Kind.UNKNOWN, 0, 0, 0)
        ]
        borders = pairwise((0, *(item.start for item in found[1:]), end))
        return tuple(
            Part(Piece(sheet, start, stop), item)
            for item, (start, stop) in zip(found, borders, strict=True)
        )

    @cached_property
    def _starts(self) -> list[int]:
        """The offsets at which the parts begin."""
        return [part.piece.start for part in self._parts]

    @cached_property
    def _lines(self) -> list[int]:
        """The lines on which the parts begin."""
        return [self.sheet.line(start) for start in self._starts]


def _includes(sheet: Sheet) -> Iterator[Include]:
    if "include" not in sheet.masked:
        return
    for found in _INCLUDE.finditer(sheet.raw):
        hash_sign = sheet.raw.index("#", found.start())
        if sheet.masked[hash_sign] == "#":
            yield Include(found[1] or found[2], sheet.line(hash_sign))
