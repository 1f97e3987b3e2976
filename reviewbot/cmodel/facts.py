"""Facts of a unit, read off the grammar: assignments, locals, objects, structs, and what becomes of results.

Law: a fact is stated with offsets of the sheet and only where the grammar saw it; a unit it could not digest
has none. Must not know how units are cut.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.cmodel.declarator import variables
from reviewbot.cmodel.objects import initializer, structs
from reviewbot.cmodel.outline import Assignment, Initializer, StructDefinition, Variable
from reviewbot.cmodel.sheet import Sheet
from reviewbot.cmodel.syntax import Node, found
from reviewbot.cmodel.unit import Unit

# A statement, unless it is the last of a statement expression, whose value it then is.
_ENDED = re.compile(r"\s*+;(?!\s*+\}\s*+\))")
_NAME = re.compile(r"\w+")
_CLEANUP = re.compile(r"\b__free\((\w+)\)")


Range = tuple[int, int]
# An assignment, and the range of the call that is its whole value.
Assigned = tuple[Assignment, Range | None]


class Facts(Struct, frozen=True, gc=False):
    """What the grammar says of a unit; `discarded` and `targets` go by the range of a call."""

    discarded: tuple[Range, ...] = ()
    targets: Mapping[Range, str] = {}
    assignments: tuple[Assignment, ...] = ()
    locals: tuple[Variable, ...] = ()
    initializers: tuple[Initializer, ...] = ()
    structs: tuple[StructDefinition, ...] = ()


def facts(sheet: Sheet, unit: Unit, function: str = "") -> Facts:
    """The facts of a unit; `function` is the one it is the body of."""
    nodes = found(unit.text)
    assigned = list(_assignments(sheet, unit, nodes.get("assignment", ()), function))
    variables_: list[Variable] = []
    initializers: list[Initializer] = []
    for node in nodes.get("declaration", ()):
        variables_ += _locals(sheet, unit, node)
        if "=" in unit.text[node.start_byte : node.end_byte]:
            assigned += _initialized(sheet, unit, node, function)
            initializers += _objects(sheet, unit, node)
    calls = (_range(node, unit) for node in nodes.get("statement", ()))
    return Facts(
        discarded=tuple(call for call in calls if _is_discarded(sheet, *call)),
        targets={call: made.target for made, call in assigned if call is not None},
        assignments=tuple(made for made, _ in assigned),
        locals=tuple(variables_),
        initializers=tuple(initializers),
        structs=tuple(structs(sheet, unit, nodes.get("struct", ()))),
    )


def _range(node: Node, unit: Unit) -> Range:
    return node.start_byte + unit.shift, node.end_byte + unit.shift


def _is_discarded(sheet: Sheet, start: int, end: int) -> bool:
    """Whether a call that is all of an expression statement is surely one."""
    if start <= sheet.begun_above:
        return False  # what the line above the fragment leaves open is unknown
    return _ENDED.match(sheet.code, end) is not None


def _assignments(
    sheet: Sheet, unit: Unit, nodes: Sequence[Node], function: str
) -> Iterator[Assigned]:
    for node in nodes:
        target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
        if target is not None and value is not None:
            yield from _assigned(sheet, unit, target, value, function)


def _assigned(
    sheet: Sheet, unit: Unit, target: Node, value: Node, function: str
) -> Iterator[Assigned]:
    """The assignment, unless it may go on below the fragment."""
    start, end = _range(target, unit)
    first, last = _range(value, unit)
    if last < sheet.seen:
        name, text = sheet.text(max(start, 0), end), sheet.text(first, last)
        call = _called(value)
        made = Assignment(name, text, sheet.line(max(start, 0)), function)
        yield made, None if call is None else _range(call, unit)


def _called(value: Node) -> Node | None:
    """The call a value is, casts and parentheses aside."""
    node: Node | None = value
    while node is not None and node.type != "call_expression":
        if node.type == "cast_expression":
            node = node.child_by_field_name("value")
        elif node.type == "parenthesized_expression":
            node = node.named_child(0)
        else:
            return None
    return node


def _locals(sheet: Sheet, unit: Unit, declaration: Node) -> Iterator[Variable]:
    start, end = _range(declaration, unit)
    if start < 0:
        return
    cleanup = _CLEANUP.search(sheet.plain, start, end)
    for variable in variables(sheet.code[start:end]):
        yield replace(variable, cleanup=cleanup[1]) if cleanup else variable


def _initialized(sheet: Sheet, unit: Unit, declaration: Node, function: str) -> Iterator[Assigned]:
    """The initialised declarators of a declaration, as assignments to the bare name."""
    for target, value in _declarators(declaration):
        if value.type != "initializer_list":
            for made, call in _assigned(sheet, unit, target, value, function):
                name = _NAME.search(made.target)
                yield replace(made, target=name[0] if name else made.target), call


def _objects(sheet: Sheet, unit: Unit, declaration: Node) -> Iterator[Initializer]:
    for target, value in _declarators(declaration):
        is_object = target.type == "identifier" and target.end_byte > target.start_byte
        if is_object and value.type == "initializer_list":
            yield initializer(sheet, unit, declaration, target, value)


def _declarators(declaration: Node) -> Iterator[tuple[Node, Node]]:
    """The declarators of a declaration that have an initializer, and the initializer."""
    for child in declaration.children_by_field_name("declarator"):
        target, value = child.child_by_field_name("declarator"), child.child_by_field_name("value")
        if child.type == "init_declarator" and target is not None and value is not None:
            yield target, value
