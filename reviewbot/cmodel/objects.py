"""Objects and aggregates: initializers with their fields, struct definitions with their members.

Law: a field is named by the designators that are seen to lead to it; one whose designators are above the
fragment is left out. Must not know where a declaration was found.
"""

import re
from collections.abc import Iterable, Iterator

from reviewbot.cmodel.declarator import STORAGE, spelled, variables
from reviewbot.cmodel.outline import Field, Initializer, StructDefinition, Variable
from reviewbot.cmodel.sheet import Sheet
from reviewbot.cmodel.syntax import Node
from reviewbot.cmodel.unit import Unit

_WORD = re.compile(r"\w+")
_NESTING = 20
_INDENTATION = 8


def initializer(
    sheet: Sheet, unit: Unit, declaration: Node, name: Node, values: Node
) -> Initializer:
    """The object a declaration initialises with a braced list."""
    before = unit.text[declaration.start_byte : name.start_byte]
    words = _WORD.findall(before)
    start, last = declaration.start_byte + unit.shift, values.end_byte + unit.shift - 1
    type_words = [
        word for word in words if word not in STORAGE and word not in ("const", "volatile")
    ]
    return Initializer(
        type=" ".join(type_words),
        name=unit.text[name.start_byte : name.end_byte],
        first=sheet.line(max(start, 0)),
        last=sheet.line(min(last, len(sheet.code) - 1)),
        whole=start >= 0 and last < len(sheet.code) and sheet.code[last] == "}",
        static="static" in words,
        const="const" in words,
        fields=tuple(_fields(sheet, unit, values, "", start < 0)),
    )


def _fields(
    sheet: Sheet, unit: Unit, values: Node, outer: str, is_cut: bool, depth: int = 0
) -> Iterator[Field]:
    for pair in values.named_children if depth < _NESTING else ():
        value = pair.child_by_field_name("value")
        designators = pair.children_by_field_name("designator")
        if pair.type != "initializer_pair" or value is None or not designators:
            continue
        start = designators[0].start_byte + unit.shift
        name = sheet.text(start, designators[-1].end_byte + unit.shift).lstrip(".")
        if name.startswith("[") or (is_cut and _indentation(sheet, start) > _INDENTATION):
            continue
        inner = value.type == "initializer_list"
        nested = (
            tuple(_fields(sheet, unit, value, f"{outer}{name}.", False, depth + 1)) if inner else ()
        )
        if nested:
            yield from nested
        else:
            text = sheet.text(value.start_byte + unit.shift, value.end_byte + unit.shift)
            yield Field(f"{outer}{name}", text, sheet.line(start))


def _indentation(sheet: Sheet, offset: int) -> int:
    """The column the line of an offset begins at, with tabs of 8."""
    line = sheet.raw[sheet.raw.rfind("\n", 0, offset) + 1 : offset]
    return len(line.expandtabs(8)) - len(line.lstrip())


def structs(sheet: Sheet, unit: Unit, nodes: Iterable[Node]) -> Iterator[StructDefinition]:
    """The struct definitions of the nodes of named structs."""
    for node in nodes:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is not None and body is not None:
            yield _struct(sheet, unit, name, body)


def _struct(sheet: Sheet, unit: Unit, name: Node, body: Node) -> StructDefinition:
    start, last = name.start_byte + unit.shift, body.end_byte + unit.shift - 1
    return StructDefinition(
        name=unit.text[name.start_byte : name.end_byte],
        first=sheet.line(max(start, 0)),
        last=sheet.line(min(last, len(sheet.code) - 1)),
        whole=start >= 0 and last < len(sheet.code) and sheet.code[last] == "}",
        members=tuple(_members(sheet, unit, body)),
    )


def _members(sheet: Sheet, unit: Unit, body: Node, depth: int = 0) -> Iterator[Variable]:
    """The members of a struct body; those of an anonymous struct or union count as its own."""
    for field in body.named_children if depth < _NESTING else ():
        if field.type != "field_declaration":
            continue
        start, end = field.start_byte + unit.shift, field.end_byte + unit.shift
        text = sheet.code[max(start, 0) : end]
        if "{" not in text:
            yield from variables(text)
            continue
        kind = field.child_by_field_name("type")
        inner = kind.child_by_field_name("body") if kind is not None else None
        named = field.child_by_field_name("declarator")
        if inner is not None and named is None:
            yield from _members(sheet, unit, inner, depth + 1)
        elif named is not None:
            last = _WORD.search(sheet.code, named.start_byte + unit.shift)
            yield Variable(spelled(text.partition("{")[0]), last[0] if last else "")
