"""Unlocked: pointers read from a field under a lock, with a reference taken only after the unlock.

Law: nothing is said where a lock may be held at the get, or where the pointer's value has another source. Must
not know rules.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.borrowed import bare
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.flow import Flow
from reviewbot.cmodel.keeps import assignments, given, place
from reviewbot.cmodel.locks import Lock, Locks, locks, released
from reviewbot.cmodel.order import Called, called, reached
from reviewbot.cmodel.outline import Outline
from reviewbot.cmodel.pairs import Pair, PairTable

_NAME = re.compile(r"[A-Za-z_]\w*")
_READ = re.compile(r"(?:[\w\s*]*?[\s*])??([A-Za-z_]\w*) ?=(?!=) ?(.+)")
_FIELD = re.compile(r"(?:READ_ONCE|rcu_dereference\w*)?\(?([A-Za-z_]\w*(?:(?:->|\.)\w+)*->\w+)\)?")


class Unlocked(Struct, frozen=True):
    """An added line, the pointer, its getter, the field read, the lock (empty for RCU), the unlocking call.

    `sure` says that another function of the file is seen to clear the field or to put what it holds.
    """

    line: int
    pointer: str
    get: str
    field: str
    lock: str
    unlock: str
    sure: bool


def unlocked(change: FunctionChange, pairs: PairTable) -> Iterator[Unlocked]:
    """The gets of a changed function that come after the unlock."""
    flow = change.flow if any(change.calls(pairs.getters)) else None
    if flow is not None:
        yield from _found(flow, change, pairs)


def _found(flow: Flow, change: FunctionChange, pairs: PairTable) -> Iterator[Unlocked]:
    held = locks(flow, change.source.new)
    gets = [get for get in called(flow, pairs.getters) if _NAME.fullmatch(_pointer(get, pairs))]
    for get in gets:
        pointer = _pointer(get, pairs)
        same = [other for other in gets if _pointer(other, pairs) == pointer and other != get]
        if held.perhaps[get.step] or any(get.step in reached(flow, o.step) for o in same):
            continue
        for number, field in _reads(pointer, flow, get.step):
            yield from _hits(number, field, get, flow, held, change, pairs)


def _pointer(get: Called, pairs: PairTable) -> str:
    getter = pairs.by_getter[get.name][1]
    return bare(getter.held("", get.args)) if getter.carries.startswith("arg") else ""


def _reads(pointer: str, flow: Flow, end: int) -> Iterator[tuple[int, str]]:
    """The steps that give the pointer its value, if each reads it from a field."""
    found = []
    for number, step in enumerate(flow.steps):
        stored = _READ.fullmatch(step.text)
        if stored and stored[1] == pointer and stored[2] != "NULL" and end in reached(flow, number):
            field = _FIELD.fullmatch(stored[2])
            found.append((number, field[1] if field else ""))
    if all(field for _, field in found):
        yield from found


def _hits(
    number: int,
    field: str,
    get: Called,
    flow: Flow,
    held: Locks,
    change: FunctionChange,
    pairs: PairTable,
) -> Iterator[Unlocked]:
    source = change.source
    for lock in sorted(held.surely[number], key=lambda lock: lock.text):
        unlock = _unlock(number, lock, get.step, flow)
        lines = [flow.steps[step].line for step in (get.step, unlock, number) if step >= 0]
        line = next((line for line in lines if line in source.added), 0)
        if unlock < 0 or not line or source.is_moved(source.added[line]):
            continue
        sure = _can_go(field, change, source.new.outline, pairs.by_getter[get.name][0])
        yield Unlocked(
            line=line,
            pointer=_pointer(get, pairs),
            get=get.name,
            field=field,
            lock=lock.text,
            unlock=flow.steps[unlock].text.partition("(")[0].strip(),
            sure=sure,
        )


def _unlock(start: int, lock: Lock, end: int, flow: Flow) -> int:
    """The step behind `start` that releases the lock and that `end` can follow; -1 where there is none."""
    found = (
        number
        for number in sorted(reached(flow, start), key=lambda number: flow.steps[number].line)
        if lock.text in released(flow.steps[number].text) and end in reached(flow, number)
    )
    return next(found, -1)


def _can_go(field: str, change: FunctionChange, outline: Outline, pair: Pair) -> bool:
    """Whether another function of the file is seen to clear the field, or to put what it holds."""
    where = place(field, change.new)
    if where is None:
        return False
    others = (f for f in outline.functions if f.name != change.new.name)
    if any(where in put.places and put.function != change.new for put in given(pair, outline)):
        return True
    return any(
        a.value == "NULL" and place(a.target, function) == where
        for function in others
        for a in assignments(function, outline)
    )
