"""Survey: from stretches of a file to its outline.

Law: each item is read on its own, so what one item holds never depends on another. Must not know diffs.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, pairwise

from msgspec import Struct

from reviewbot.cmodel.calls import Range, calls, pointers
from reviewbot.cmodel.exports import exports, mentioned
from reviewbot.cmodel.facts import Facts, facts
from reviewbot.cmodel.header import is_prototype, signature
from reviewbot.cmodel.layout import Item, Kind, items
from reviewbot.cmodel.outline import Content, Export, Function, Include, Outline, Prototype
from reviewbot.cmodel.piece import Piece, whole
from reviewbot.cmodel.sheet import Sheet
from reviewbot.cmodel.unit import unit

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:<([^>\n]+)>|"([^"\n]+)")', re.MULTILINE)
_FIRST = re.compile(r"\w+")
_LAST = re.compile(r"\w+\Z")
_BRACED = re.compile(r"=\s*+\{")
_DECLARED = re.compile(r"\w[\w\s*]*+\(")
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


class Part(Struct, frozen=True, dict=True):
    """An item of a sheet and the code up to the next one, read when it is asked for."""

    piece: Piece
    item: Item

    @cached_property
    def content(self) -> Content:
        """What stands there, without exports and includes."""
        item, made = self.item, _read(self.piece, self.item)
        declarators = dict(pointers(self.piece))
        function = made.function
        return Content(
            functions=(function,) if function else (),
            calls=tuple(
                calls(
                    self.piece,
                    without=(made.declared,) if made.declared else (),
                    declarators=declarators,
                    functions=((item.start, item.end, function.name),) if function else (),
                    discarded=frozenset(made.facts.discarded),
                    targets=made.facts.targets,
                )
            ),
            initializers=made.facts.initializers,
            prototypes=(made.prototype,) if made.prototype else (),
            assignments=tuple(sorted(made.facts.assignments, key=lambda a: a.line)),
            pointers=tuple(declarators.values()),
            structs=made.facts.structs,
        )


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
        before = max(bisect_left(self._lines, first) - 1, 0)
        return (part.content for part in self._parts[before : bisect_right(self._lines, last)])

    def bodies(self, lines: Sequence[int]) -> Iterator[Content]:
        """The functions that may hold one of the lines, which are in order; each once."""
        last = -1
        for line in lines:
            place = bisect_right(self._lines, line) - 1
            if place > last:
                last = place
                if self._parts[place].item.kind is Kind.FUNCTION:
                    yield self._parts[place].content

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

    def defining(self, name: str) -> Iterator[Content]:
        """The parts with a function in whose header the name is, or which lends it (see `signature`)."""
        word = _FIRST.match(name)
        found = {*self._defining.get(word[0] if word else name, ()), *self._defining.get("", ())}
        return (self._parts[place].content for place in sorted(found))

    def declaring(self) -> Iterator[Content]:
        """The statements: no other part holds the declaration of a function."""
        return (part.content for part in self._parts if part.item.kind is Kind.STATEMENT)

    def initializing(self) -> Iterator[Content]:
        """The parts in which a brace follows an equals sign, or may do so above a fragment."""
        offsets = (found.start() for found in _BRACED.finditer(self.sheet.code))
        above = (0,) if self.sheet.cut else ()
        return (part.content for part in self._at(chain(above, offsets)))

    @cached_property
    def _defining(self) -> dict[str, list[int]]:
        """The parts with functions by the words of their headers; by none where it is not one of them."""
        found: dict[str, list[int]] = {}
        for place, part in enumerate(self._parts):
            if part.item.kind is Kind.FUNCTION:
                header = self.sheet.code[part.item.start : part.item.body]
                lends = not part.item.opened or "SYSCALL_DEFINE" in header
                for word in {""} if lends else {*_FIRST.findall(header)}:
                    found.setdefault(word, []).append(place)
        return found

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


class _Read(Struct, frozen=True, gc=False):
    """An item as read; `declared` is the range in which a name before a parenthesis is no call."""

    facts: Facts = Facts()
    function: Function | None = None
    prototype: Prototype | None = None
    declared: Range | None = None


def _read(piece: Piece, item: Item) -> _Read:
    if item.kind is Kind.FUNCTION:
        return _function(piece, item)
    declared = item.kind is Kind.STATEMENT and _DECLARED.match(
        piece.sheet.code, item.start, item.body
    )
    return _declared(piece, item) if declared else _Read(_facts(piece, item))


def _facts(piece: Piece, item: Item, function: str = "") -> Facts:
    part = unit(piece, item)
    return facts(piece.sheet, part, function) if part else Facts()


def _function(piece: Piece, item: Item) -> _Read:
    sheet = piece.sheet
    above = "" if item.opened else f"{sheet.heading} "
    above_code = "" if item.opened else f"{sheet.heading_code} "
    sign = signature(f"{above_code}{sheet.code[item.start : item.body]}")
    if sign is None:
        return _Read(_facts(piece, item), declared=(item.start, item.body))
    found = _facts(piece, item, sign.name)
    function = Function(
        name=sign.name,
        header=f"{above}{sheet.text(item.start, item.body)}".strip(),
        first=sheet.line(item.start),
        last=sheet.line(max(item.end - 1, item.start)),
        whole=item.opened and item.closed,
        parameters=sign.parameters,
        locals=found.locals,
        conditional=sheet.directed.is_conditional(item.start),
    )
    return _Read(found, function, declared=(item.start, item.body))


def _declared(piece: Piece, item: Item) -> _Read:
    """A statement that looks like a prototype, or like the first lines of a function that is cut off."""
    sheet = piece.sheet
    text = sheet.code[item.start : item.body]
    sign = signature(text)
    if sign is None or not (is_prototype(sign, text) or not item.closed):
        return _Read(_facts(piece, item))
    if not item.closed:
        is_macro = not sign.typed and sign.written.upper() == sign.written
        return _Read(declared=None if is_macro else (item.start, item.end))
    header = sheet.text(item.start, item.body)
    prototype = Prototype(
        sign.name, header, sheet.line(item.start), extern=header.startswith("extern ")
    )
    return _Read(prototype=prototype, declared=(item.start, item.end))


def _includes(sheet: Sheet) -> Iterator[Include]:
    if "include" not in sheet.masked:
        return
    for found in _INCLUDE.finditer(sheet.raw):
        hash_sign = sheet.raw.index("#", found.start())
        if sheet.masked[hash_sign] == "#":
            yield Include(found[1] or found[2], sheet.line(hash_sign))
