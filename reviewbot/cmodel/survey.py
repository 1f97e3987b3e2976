"""Survey: from stretches of a file to its outline.

Law: each item is read on its own, so what one item holds never depends on another. Must not know diffs.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from msgspec import Struct

from reviewbot.cmodel.calls import Range, calls, pointers
from reviewbot.cmodel.exports import exports
from reviewbot.cmodel.facts import Facts, facts
from reviewbot.cmodel.header import is_prototype, signature
from reviewbot.cmodel.layout import Item, Kind, items
from reviewbot.cmodel.outline import Export, Function, Include, Outline, Prototype
from reviewbot.cmodel.sheet import Sheet
from reviewbot.cmodel.unit import unit

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:<([^>\n]+)>|"([^"\n]+)")', re.MULTILINE)
_DECLARED = re.compile(r"\w[\w\s*]*+\(")
_C = (".c", ".h", ".inc")
_ASSEMBLER = (".S", ".s")
_RUST = (".rs",)
# No source file of Linux 6.12 with functions in it is larger.
_CHARACTERS = 2_000_000


def survey(path: str, sheets: Iterable[Sheet]) -> Outline:
    """The outline of a file; of assembler only exports and includes, of Rust only exports."""
    if path.endswith(_C):
        return _joined([_surveyed(path, sheet) for sheet in sheets])
    if path.endswith(_ASSEMBLER + _RUST):
        return _joined([_matched(path, sheet) for sheet in sheets])
    return Outline()


def exported(path: str, sheets: Iterable[Sheet]) -> tuple[Export, ...]:
    """The exports of a file alone, for which no grammar is needed."""
    if not path.endswith(_C + _ASSEMBLER + _RUST):
        return ()
    return tuple(chain.from_iterable(exports(path, sheet) for sheet in sheets))


def _joined(parts: list[Outline]) -> Outline:
    if len(parts) == 1:
        return parts[0]
    names = Outline.__struct_fields__
    return Outline(*(tuple(chain.from_iterable(getattr(p, name) for p in parts)) for name in names))


def _matched(path: str, sheet: Sheet) -> Outline:
    """What patterns find without a grammar."""
    included = () if path.endswith(_RUST) else tuple(_includes(sheet))
    return Outline(exports=tuple(exports(path, sheet)), includes=included)


def _surveyed(path: str, sheet: Sheet) -> Outline:
    if len(sheet.code) > _CHARACTERS:
        return _matched(path, sheet)
    read = [_read(sheet, item) for item in items(sheet.code, sheet.heading_code, cut=sheet.cut)]
    found = [part.facts for part in read]
    declarators = dict(pointers(sheet))
    return Outline(
        functions=tuple(part.function for part in read if part.function),
        calls=tuple(
            calls(
                sheet,
                without=[part.declared for part in read if part.declared],
                declarators=declarators,
                functions=[(p.item.start, p.item.end, p.function.name) for p in read if p.function],
                discarded=frozenset(chain.from_iterable(f.discarded for f in found)),
                targets={call: name for f in found for call, name in f.targets.items()},
            )
        ),
        initializers=tuple(chain.from_iterable(f.initializers for f in found)),
        exports=tuple(exports(path, sheet)),
        includes=tuple(_includes(sheet)),
        prototypes=tuple(part.prototype for part in read if part.prototype),
        assignments=tuple(
            sorted(chain.from_iterable(f.assignments for f in found), key=lambda a: a.line)
        ),
        pointers=tuple(declarators.values()),
        structs=tuple(chain.from_iterable(f.structs for f in found)),
    )


class _Read(Struct, frozen=True, gc=False):
    """An item as read; `declared` is the range in which a name before a parenthesis is no call."""

    item: Item
    facts: Facts = Facts()
    function: Function | None = None
    prototype: Prototype | None = None
    declared: Range | None = None


def _read(sheet: Sheet, item: Item) -> _Read:
    if item.kind is Kind.FUNCTION:
        return _function(sheet, item)
    if item.kind is Kind.STATEMENT and _DECLARED.match(sheet.code, item.start, item.body):
        return _declared(sheet, item)
    return _Read(item, _facts(sheet, item))


def _facts(sheet: Sheet, item: Item, function: str = "") -> Facts:
    part = unit(sheet, item)
    return facts(sheet, part, function) if part else Facts()


def _function(sheet: Sheet, item: Item) -> _Read:
    above = "" if item.opened else f"{sheet.heading} "
    above_code = "" if item.opened else f"{sheet.heading_code} "
    sign = signature(f"{above_code}{sheet.code[item.start : item.body]}")
    if sign is None:
        return _Read(item, _facts(sheet, item), declared=(item.start, item.body))
    found = _facts(sheet, item, sign.name)
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
    return _Read(item, found, function, declared=(item.start, item.body))


def _declared(sheet: Sheet, item: Item) -> _Read:
    """A statement that looks like a prototype, or like the first lines of a function that is cut off."""
    text = sheet.code[item.start : item.body]
    sign = signature(text)
    if sign is None or not (is_prototype(sign, text) or not item.closed):
        return _Read(item, _facts(sheet, item))
    if not item.closed:
        is_macro = not sign.typed and sign.written.upper() == sign.written
        return _Read(item, declared=None if is_macro else (item.start, item.end))
    header = sheet.text(item.start, item.body)
    prototype = Prototype(
        sign.name, header, sheet.line(item.start), extern=header.startswith("extern ")
    )
    return _Read(item, prototype=prototype, declared=(item.start, item.end))


def _includes(sheet: Sheet) -> Iterator[Include]:
    if "include" not in sheet.masked:
        return
    for found in _INCLUDE.finditer(sheet.raw):
        hash_sign = sheet.raw.index("#", found.start())
        if sheet.masked[hash_sign] == "#":
            yield Include(found[1] or found[2], sheet.line(hash_sign))
