"""Leaks: which references a function surely forgets, and which of them a change introduces.

Law: a function must show that the reference is its own by giving it back on another path, and what it did
before the change is never told. Must not know rules or words.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.acquisitions import resources
from reviewbot.cmodel.answers import Answer
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.flow import Flow
from reviewbot.cmodel.outline import Function
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.paths import Leak, Outcome, outcome
from reviewbot.cmodel.ways import WayOut, way_out
from reviewbot.model.diff import Side


def outcomes(flow: Flow, function: Function, pairs: PairTable) -> tuple[Outcome, ...]:
    """Where the paths of every reference lead that a function takes."""
    return tuple(outcome(flow, resource) for resource in resources(flow, function, pairs))


def sure(flow: Flow, found: Outcome, before: tuple[Outcome, ...] = ()) -> list[Leak]:
    """The leaks of one reference that are certain, by the line of their exit.

    At an error exit, where another path gives the reference back. At any other exit, where paths that
    end the same way give it back, and all paths did in the function `before`. At every exit, where a
    local variable has the reference, nothing gives it back any more and all paths did `before`.
    """
    was_balanced = _was_balanced(found, before)
    is_dropped = was_balanced and not found.puts and found.resource.getter.carries == "result"
    certain = [
        leak
        for leak in found.leaks
        if is_dropped
        or (found.puts and leak.answer is Answer.ERROR)
        or (was_balanced and leak.answer in found.released)
    ]
    return sorted(certain, key=lambda leak: flow.steps[leak.path[-1]].line)


def _was_balanced(found: Outcome, before: tuple[Outcome, ...]) -> bool:
    """Whether nothing but putters ended the reference on any path, now and in the function before."""
    same = [old for old in before if old.resource.text == found.resource.text]
    return bool(same) and not any(
        one.ends or one.unknown or (one.leaks and one is not found) for one in (found, *same)
    )


class Introduced(Struct, frozen=True):
    """A leak that a change brings in, and the line of the diff that does it; `line` is on `side`."""

    leak: Leak
    way: WayOut
    flow: Flow
    line: int
    side: Side


def introduced(change: FunctionChange, pairs: PairTable) -> Iterator[Introduced]:
    """The leaks of the new function that the old one has not, one for each place it is taken at."""
    if change.old is None and not change.is_new:
        return
    new = _flow(change, pairs)
    if new is None:
        return
    found = [one for one in outcomes(new, change.new, pairs) if one.leaks]
    before = _before(change, pairs) if found else None
    if before is None:
        return
    kept = {(leak.resource.pair.object, leak.answer) for old in before for leak in old.leaks}
    for one in found:
        hoisted = _hoisted(change, new, one, before)
        for leak in (sure(new, one, before) or hoisted)[:1]:
            way = way_out(new, leak)
            place = _place(change, new, leak, way)
            if place is None or (not one.puts and not hoisted and place[1] is Side.NEW):
                continue
            if (leak.resource.pair.object, leak.answer) not in kept:
                yield Introduced(leak, way, new, *place)


def _hoisted(
    change: FunctionChange, flow: Flow, found: Outcome, before: tuple[Outcome, ...]
) -> list[Leak]:
    """The error exits with a reference that was taken further down before, where no error left with it."""
    resource = found.resource
    same = [old for old in before if old.resource.call == resource.call]
    if not same or flow.steps[resource.step].line not in change.source.added:
        return []
    if any(old.unknown or _errors(old) for old in same):
        return []
    return sorted(_errors(found), key=lambda leak: flow.steps[leak.path[-1]].line)


def _errors(found: Outcome) -> list[Leak]:
    return [leak for leak in found.leaks if leak.answer is Answer.ERROR]


def _flow(change: FunctionChange, pairs: PairTable) -> Flow | None:
    """The flow of a new function in which a getter of the table is named."""
    code = change.source.new.code
    text = "\n".join(code(number) for number in range(change.new.first, change.new.last + 1))
    return change.flow if any(f"{name}(" in text for name in pairs.getters) else None


def _before(change: FunctionChange, pairs: PairTable) -> tuple[Outcome, ...] | None:
    """What the old function did with its references; None where that is unknown."""
    if change.old is None:
        return ()
    old = change.old_flow
    return None if old is None else outcomes(old, change.old, pairs)


def _place(change: FunctionChange, flow: Flow, leak: Leak, way: WayOut) -> tuple[int, Side] | None:
    """The line to speak about: jump, exit, getter, a line between, or the putter that is gone."""
    source = change.source
    path = [flow.steps[number].line for number in leak.path]
    ends = (path[0], path[-1])
    if change.old is None and all(source.is_moved(source.added[line]) for line in ends):
        return None
    for line in (way.goto, path[-1], path[0], *reversed(path)):
        if line in source.added:
            return line, Side.NEW
    return _removed(change, leak)


def _removed(change: FunctionChange, leak: Leak) -> tuple[int, Side] | None:
    """The putter's line that is gone, where no added line of the function names the object."""
    source, old = change.source, change.old
    name = re.compile(rf"\b{re.escape(leak.resource.root)}\b")
    fresh = range(change.new.first, change.new.last + 1)
    if old is None or any(n in source.added and name.search(source.new.code(n)) for n in fresh):
        return None
    puts = leak.resource.pair.put
    inside = range(old.first, old.last + 1)
    gone = (n for n in inside if n in source.removed and any(p in source.old.code(n) for p in puts))
    line = next(gone, 0)
    return (line, Side.OLD) if line else None
