"""Part: an item of a sheet and the code up to the next one, read when it is asked for.

Law: each part is read on its own, so what one holds never depends on another; where a function stands and what
it is called is told without reading its inside. Must not know diffs.
"""

import re
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.calls import Range, calls, pointers
from reviewbot.cmodel.content import Content, Function, Prototype
from reviewbot.cmodel.facts import Facts, facts
from reviewbot.cmodel.header import Signature, is_prototype, signature
from reviewbot.cmodel.layout import Item, Kind
from reviewbot.cmodel.piece import Piece
from reviewbot.cmodel.unit import unit

_DECLARED = re.compile(r"\w[\w\s*]*+\(")


class Part(Struct, frozen=True, dict=True):
    """An item of a sheet and the code up to the next one, read when it is asked for."""

    piece: Piece
    item: Item

    @property
    def is_function(self) -> bool:
        """Whether it is a function of which a name is known; the others have no use of what follows."""
        return self.sign is not None

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.sign.name if self.sign is not None else ""

    @cached_property
    def first(self) -> int:
        """The first line of the item."""
        return self.piece.sheet.line(self.item.start)

    @cached_property
    def last(self) -> int:
        """The last line of the item that is seen."""
        return self.piece.sheet.line(max(self.item.end - 1, self.item.start))

    @property
    def whole(self) -> bool:
        """Whether beginning and end are seen."""
        return self.item.opened and self.item.closed

    def read(self) -> Function:
        """The function; only where it is one."""
        return self.content.functions[0]

    @cached_property
    def sign(self) -> Signature | None:
        """What the header says of a function; None for what is none."""
        if self.item.kind is not Kind.FUNCTION:
            return None
        sheet = self.piece.sheet
        above = "" if self.item.opened else f"{sheet.heading_code} "
        return signature(f"{above}{sheet.code[self.item.start : self.item.body]}")

    @cached_property
    def content(self) -> Content:
        """What stands there, without exports and includes."""
        item, made = self.item, _read(self)
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


class _Read(Struct, frozen=True, gc=False):
    """An item as read; `declared` is the range in which a name before a parenthesis is no call."""

    facts: Facts = Facts()
    function: Function | None = None
    prototype: Prototype | None = None
    declared: Range | None = None


def _read(part: Part) -> _Read:
    piece, item = part.piece, part.item
    if item.kind is Kind.FUNCTION:
        return _function(part)
    declared = item.kind is Kind.STATEMENT and _DECLARED.match(
        piece.sheet.code, item.start, item.body
    )
    return _declared(piece, item) if declared else _Read(_facts(piece, item))


def _facts(piece: Piece, item: Item, function: str = "") -> Facts:
    part = unit(piece, item)
    return facts(piece.sheet, part, function) if part else Facts()


def _function(part: Part) -> _Read:
    sheet, item, sign = part.piece.sheet, part.item, part.sign
    declared = item.start, item.body
    if sign is None:
        return _Read(_facts(part.piece, item), declared=declared)
    above = "" if item.opened else f"{sheet.heading} "
    found = _facts(part.piece, item, sign.name)
    function = Function(
        name=sign.name,
        header=f"{above}{sheet.text(item.start, item.body)}".strip(),
        first=part.first,
        last=part.last,
        whole=part.whole,
        parameters=sign.parameters,
        locals=found.locals,
        conditional=sheet.directed.is_conditional(item.start),
    )
    return _Read(found, function, declared=declared)


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
