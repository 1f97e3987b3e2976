"""A lookup that pinned another module is replaced by a bare function pointer.

Why: symbol_get() takes a reference on the module that holds the symbol, a pointer does not: "nothing prevents
userspace from unloading kvm.ko while VFIO still holds a reference to a kvm structure, and so invoking
->put_kvm() could jump into freed code" (https://lore.kernel.org/all/ZWp_q1w01NCZi8KX@google.com/). Of 29,706
patch mails it fires on the one that the sentence is about.
Fix: hand the `struct module *` over with the pointer and try_module_get() it, or hold the file.
Quiet when: the series takes any such reference elsewhere; no function pointer of the same callee is added;
the callee is named directly (the linker then makes the dependency); the code was only moved.
"""

import re
from collections.abc import Iterator
from itertools import islice

from reviewbot.cmodel.borrowed import root
from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.outline import Assignment, Call
from reviewbot.model.diff import Side
from reviewbot.model.finding import Anchor, Channel, Hit, Severity
from reviewbot.rule import Needs, rule

LOOKUPS = ("symbol_get", "symbol_request")
PINS = (*LOOKUPS, "try_module_get", "fops_get", "get_file")
OTHER_PINS = (*PINS, "__module_get", "__symbol_get")
POINTER = re.compile(r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*")

Pointer = tuple[str, Anchor]


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.SERIES,
    triggers=PINS,
    reference="https://lore.kernel.org/all/ZWp_q1w01NCZi8KX@google.com/",
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """The first removed pin of each file that a pointer stands in for; its related place is the pointer."""
    sources = [source for source in change.sources if any(pin in source.text for pin in OTHER_PINS)]
    if any(_pins(source) for source in sources):
        return
    for source in sources:
        yield from islice(_replaced(source, change), 1)


def _replaced(source: SourceChange, change: SeriesChange) -> Iterator[Hit]:
    for call in source.removed_calls(PINS):
        pointer = None if _is_moved(source, call) else _instead(source, call, change)
        if pointer is not None:
            name, anchor = pointer
            yield source.at(
                call.line,
                Side.OLD,
                symbol=call.args[0],
                related=(anchor,),
                pin=call.name,
                pointer=name,
                kvm="yes" if call.args[0].startswith("kvm_") else "",
            )


def _is_moved(source: SourceChange, call: Call) -> bool:
    return source.is_moved(source.removed[call.line])


def _pins(source: SourceChange) -> bool:
    """Whether the file gains a reference of any such kind, moved ones aside."""
    calls = source.added_calls(OTHER_PINS)
    return any(not source.is_moved(source.added[call.line]) for call in calls)


def _instead(source: SourceChange, call: Call, change: SeriesChange) -> Pointer | None:
    """The added function pointer for the callee of a removed pin, with its place."""
    if not call.args:
        return None
    if call.name in LOOKUPS:
        return _assigned(source, call) or _declared(call.args[0], change)
    return _handed_in(source, call, change)


def _assigned(source: SourceChange, call: Call) -> Pointer | None:
    """An added assignment to what the result of the lookup was kept in; a field is preferred."""
    old = source.old.outline.assignments
    kept = {call.target} | {
        a.target for a in old if a.value == call.target and a.function == call.function
    }
    found = [
        a for a in _added(source) if a.target in kept - {""} and _is_pointer(a.value, call.args[0])
    ]
    found.sort(key=lambda a: "->" not in a.target)
    return next(((_spelled(a.target), source.anchor(a.line)) for a in found), None)


def _is_pointer(value: str, callee: str) -> bool:
    plain = POINTER.fullmatch(value) is not None
    return plain and value not in ("NULL", "true", "false", callee)


def _added(source: SourceChange) -> Iterator[Assignment]:
    for a in source.new.outline.assignments:
        if a.line in source.added and not source.is_moved(source.added[a.line]):
            yield a


def _declared(callee: str, change: SeriesChange) -> Pointer | None:
    """An added declarator whose name is the callee's, with or without its first words."""
    for source in change.sources:
        for pointer in source.new.outline.pointers:
            named = pointer.name == callee or (
                "_" in pointer.name and callee.endswith(f"_{pointer.name}")
            )
            if named and pointer.line in source.added:
                return f"->{pointer.name}()", source.anchor(pointer.line)
    return None


def _handed_in(source: SourceChange, call: Call, change: SeriesChange) -> Pointer | None:
    """An added copy of a new function pointer out of the object whose owner was pinned."""
    names = {p.name for s in change.sources for p in s.new.outline.pointers if p.line in s.added}
    for a in _added(source):
        value_root, _, field = a.value.rpartition("->")
        if value_root and root(value_root) == root(call.args[0]) and field in names:
            return _spelled(a.target), source.anchor(a.line)
    return None


def _spelled(lvalue: str) -> str:
    """How a call through the lvalue is named in a sentence: `->put()` or `put()`."""
    _, arrow, field = lvalue.rpartition("->")
    return f"{arrow}{field}()"
