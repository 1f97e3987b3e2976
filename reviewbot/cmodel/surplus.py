"""Surplus: puts and uses after a put that a change brings in.

Law: what the old function did on the same path is never told, nor what stands on lines the change does not
touch. Must not know rules or words.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.balance import Balance, Both
from reviewbot.cmodel.called import times
from reviewbot.cmodel.flow import Step
from reviewbot.cmodel.gathered import gathered
from reviewbot.cmodel.pairs import Failure, PairTable
from reviewbot.cmodel.replay import decisions, replayed
from reviewbot.cmodel.source import FunctionChange
from reviewbot.cmodel.spent import Use, uses_after_put
from reviewbot.cmodel.twice import Twice, twice
from reviewbot.cmodel.walk import Held, State
from reviewbot.model.diff import Line, Side, Sign

_JUMP = re.compile(r"\s*(?:return|goto|break|continue)\b")


class AddedTwice(Struct, frozen=True):
    """A second put that a change brings in, and the line to speak about: an added one, or the removed jump
    (`return`, `goto`…) that kept the path from the second put."""

    twice: Twice
    line: int
    side: Side = Side.NEW
    jump: str = ""


class AddedUse(Struct, frozen=True):
    """A use after a put that a change brings in, and the added line to speak about."""

    use: Use
    line: int


def added_twice(change: FunctionChange, balance: Balance) -> Iterator[AddedTwice]:
    """The second puts of the new function that the old one has not, one for each object."""
    if times(change.after, balance.pairs.ends) < 2:
        return
    for both in balance.both(change):
        if not both.new.is_complete:
            continue
        found = next(_twice(change, both), None)
        if found is not None:
            yield found


def _twice(change: FunctionChange, both: Both) -> Iterator[AddedTwice]:
    added = change.source.added
    for found in twice(both.new):
        lines = [both.new.flow.steps[number].line for number in found.steps]
        line = next((n for n in (lines[0], lines[-1], *lines) if n in added), 0)
        gone = _jump(change, lines[0], lines[-1]) if not line else None
        if not line and gone is None:
            continue
        before = _before(both, found)
        was_there = any(state.count <= found.path[-1].count for state in before)
        if was_there or not (found.is_certain or _is_new(both, found, before)):
            continue
        if gone is None:
            yield AddedTwice(found, line)
        else:
            yield AddedTwice(found, gone.old, Side.OLD, gone.text.split()[0].strip(";"))


def _jump(change: FunctionChange, first: int, second: int) -> Line | None:
    """The first removed line between two of the new function that left the path there."""
    above = 0
    for hunk in change.source.file.hunks:
        for line in hunk.lines:
            if line.sign is not Sign.REMOVED:
                above = line.new
            elif first <= above < second and _JUMP.match(line.text):
                return None if change.source.is_moved(line) else line
    return None


def _before(both: Both, found: Twice) -> tuple[State, ...]:
    """Where the old function gets to that decides the same."""
    if both.old is None:
        return ()
    return replayed(both.old, decisions(both.new.flow, found.path, both.fresh))


def _is_new(both: Both, found: Twice, before: tuple[State, ...]) -> bool:
    """Whether the function takes the reference once and puts it once before the change, and twice now."""
    if _is_named_anew(both, found):
        return False
    takes = both.new.ledger.takes
    return any(state.step in takes for state in found.path) and any(
        state.held is Held.PUT and state.count == 0 for state in before
    )


def _is_named_anew(both: Both, found: Twice) -> bool:
    """Whether an added step on the path names the object other than to put or take it."""
    ledger, steps = both.new.ledger, both.new.flow.steps
    names = "|".join(map(re.escape, ledger.names))
    word = re.compile(rf"(?<![\w.>])(?:{names})(?!\w)")
    passed = {state.step for state in found.path} & both.fresh
    passed -= ledger.puts.keys() | ledger.takes.keys()
    return any(word.search(steps[number].text) for number in passed)


def added_uses(
    change: FunctionChange, balance: Balance, *, of_any: bool = False
) -> Iterator[AddedUse]:
    """The uses after a put of the new function that the old one has not, one for each object.

    With `of_any` also where the function puts a reference that it did not take.
    """
    for both in balance.both(change):
        if not both.new.is_complete:
            continue
        found = next(_used(change, both, balance.pairs, of_any), None)
        if found is not None and not _is_too_many(change, both, found):
            yield found


def _is_too_many(change: FunctionChange, both: Both, found: AddedUse) -> bool:
    """Whether the put before the use is the first of two, so that the use ends with it."""
    return any(one.twice.steps[0] == found.use.steps[0] for one in _twice(change, both))


def _used(change: FunctionChange, both: Both, pairs: PairTable, of_any: bool) -> Iterator[AddedUse]:
    added = change.source.added
    for use in uses_after_put(both.new):
        steps = both.new.flow.steps
        put, used = steps[use.steps[0]], steps[use.steps[-1]]
        line = next((step.line for step in (used, put) if step.line in added), 0)
        if not line or _was_used(both, put, used):
            continue
        path = [state.step for state in both.new.path(use.state)]
        taken = [place for place, number in enumerate(path) if number in both.new.ledger.takes]
        is_moved = _is_moved(both, used.text)
        if taken:
            up_to_put = path[taken[-1] : path.index(use.steps[0], taken[-1])]
            is_found = _is_found(change, both, up_to_put) or (
                is_moved and _is_put_earlier(change, both, put)
            )
        else:
            is_found = of_any or is_moved
        if is_found or _is_gathered(change, both, use.steps[0], pairs):
            yield AddedUse(use, line)


def _is_found(change: FunctionChange, both: Both, path: list[int]) -> bool:
    """Whether the reference is that which a getter returns to a local variable, or one it has to ask for
    where a local variable points, and nobody else is known to hold the object up to the put."""
    take = both.new.ledger.takes[path[0]]
    is_local = any(variable.name == take.text for variable in change.new.locals)
    is_asked = is_local and take.getter.fails is Failure.FALSE
    return (take.is_own or is_asked) and both.new.ledger.touched.isdisjoint(path)


def _is_gathered(change: FunctionChange, both: Both, put: int, pairs: PairTable) -> bool:
    """Whether the put gives back a reference that the function itself took, and kept in an array until then."""
    found = gathered(both.new.flow, change.new, pairs)
    return any(one.put == put and one.take is not None for one in found)


def _is_put_earlier(change: FunctionChange, both: Both, put: Step) -> bool:
    """Whether the change takes this very put away further down."""
    steps = both.old.flow.steps if both.old is not None else ()
    return any(s.text == put.text and s.line in change.source.removed for s in steps)


def _is_moved(both: Both, text: str) -> bool:
    """Whether the old function used the object at this step before it put it, and never behind."""
    if both.old is None:
        return False
    steps = both.old.flow.steps
    states = [state for state in both.old.seen if steps[state.step].text == text]
    return bool(states) and all(state.held is not Held.PUT for state in states)


def _was_used(both: Both, put: Step, used: Step) -> bool:
    """Whether the old function used the object by the same words after it had put it by the same."""
    if both.old is None:
        return False
    steps = both.old.flow.steps
    return any(
        (steps[use.steps[0]].text, steps[use.steps[-1]].text) == (put.text, used.text)
        for use in uses_after_put(both.old)
    )
