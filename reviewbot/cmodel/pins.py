"""What a change puts in the place of a reference on another module.

Law: a lookup or get counts as dropped only where the series has no such call instead; a function pointer
counts as its stand-in only if it is stored where the result was kept, named like the callee, or copied out of
the object that was pinned. Must not know rules.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.borrowed import root
from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.outline import Assignment, Call
from reviewbot.model.finding import Anchor

LOOKUPS = ("symbol_get", "symbol_request")
PINS = (*LOOKUPS, "try_module_get", "fops_get", "get_file")
_ALL = (*PINS, "__module_get", "__symbol_get")
_POINTER = re.compile(r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*")

StandIn = tuple[str, Anchor]


def is_pinned(change: SeriesChange) -> bool:
    """Whether the series takes any such reference, moved ones aside."""
    return any(
        not source.is_moved(source.added[call.line])
        for source in change.sources
        if any(name in source.text for name in _ALL)
        for call in source.added_calls(_ALL)
    )


def dropped(source: SourceChange) -> Iterator[Call]:
    """The removed calls that pinned a module, moved ones aside."""
    if any(name in source.text for name in PINS):
        for call in source.removed_calls(PINS):
            if call.args and not source.is_moved(source.removed[call.line]):
                yield call


def stand_in(source: SourceChange, call: Call, change: SeriesChange) -> StandIn | None:
    """The added function pointer for the callee of a dropped pin: how a call of it is written, its place."""
    if call.name in LOOKUPS:
        return _assigned(source, call) or _declared(call.args[0], change)
    return _copied(source, call, change)


def _assigned(source: SourceChange, call: Call) -> StandIn | None:
    """An added assignment to what the result of the lookup was kept in; a field is preferred."""
    old = source.old.outline.assignments
    kept = {a.target for a in old if a.value == call.target and a.function == call.function} | {
        call.target
    }
    found = [
        a for a in _added(source) if a.target in kept - {""} and _is_other(a.value, call.args[0])
    ]
    found.sort(key=lambda a: "->" not in a.target)
    return next(((_written(a.target), source.anchor(a.line)) for a in found), None)


def _is_other(value: str, callee: str) -> bool:
    """Whether the value is a pointer from elsewhere; the callee by name makes a dependency of its own."""
    named = ("NULL", "true", "false", callee)
    return _POINTER.fullmatch(value) is not None and value not in named


def _added(source: SourceChange) -> Iterator[Assignment]:
    for a in source.new.outline.assignments:
        if a.line in source.added and not source.is_moved(source.added[a.line]):
            yield a


def _declared(callee: str, change: SeriesChange) -> StandIn | None:
    """An added declarator whose name is the callee's, with or without its first words."""
    for source in change.sources:
        for pointer in source.new.outline.pointers:
            suffix = "_" in pointer.name and callee.endswith(f"_{pointer.name}")
            if (suffix or pointer.name == callee) and pointer.line in source.added:
                return f"->{pointer.name}()", source.anchor(pointer.line)
    return None


def _copied(source: SourceChange, call: Call, change: SeriesChange) -> StandIn | None:
    """An added copy of a new function pointer out of the object whose owner was pinned."""
    names = {p.name for s in change.sources for p in s.new.outline.pointers if p.line in s.added}
    for a in _added(source):
        origin, _, field = a.value.rpartition("->")
        if origin and root(origin) == root(call.args[0]) and field in names:
            return _written(a.target), source.anchor(a.line)
    return None


def _written(lvalue: str) -> str:
    """How a call through the lvalue is written in a sentence: `->put()` or `put()`."""
    _, arrow, field = lvalue.rpartition("->")
    return f"{arrow}{field}()"
