"""Surplus: puts and uses after a put that a change brings in.

Law: what the old function did on the same path is never told, nor what stands on lines the change does not
touch. Must not know rules or words.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.balance import Balance, Both
from reviewbot.cmodel.flow import Step
from reviewbot.cmodel.replay import decisions, replayed
from reviewbot.cmodel.source import FunctionChange
from reviewbot.cmodel.spent import Use, uses_after_put
from reviewbot.cmodel.twice import Twice, twice
from reviewbot.cmodel.walk import Held, State


class AddedTwice(Struct, frozen=True):
    """A second put that a change brings in, and the added line to speak about."""

    twice: Twice
    line: int


class AddedUse(Struct, frozen=True):
    """A use after a put that a change brings in, and the added line to speak about."""

    use: Use
    line: int


def added_twice(change: FunctionChange, balance: Balance) -> Iterator[AddedTwice]:
    """The second puts of the new function that the old one has not, one for each object."""
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
        if not line:
            continue
        before = _before(both, found)
        was_there = any(state.count <= found.path[-1].count for state in before)
        if not was_there and (found.is_certain or _is_new(both, found, before)):
            yield AddedTwice(found, line)


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
        found = next(_used(change, both, of_any), None)
        if found is not None:
            yield found


def _used(change: FunctionChange, both: Both, of_any: bool) -> Iterator[AddedUse]:
    added = change.source.added
    for use in uses_after_put(both.new):
        steps = both.new.flow.steps
        put, used = steps[use.steps[0]], steps[use.steps[-1]]
        line = next((step.line for step in (put, used) if step.line in added), 0)
        if not line or _was_used(both, put, used):
            continue
        path = [state.step for state in both.new.path(use.state)]
        taken = [place for place, number in enumerate(path) if number in both.new.ledger.takes]
        is_moved = _is_moved(both, used.text)
        if taken:
            up_to_put = path[taken[-1] : path.index(use.steps[0], taken[-1])]
            is_found = _is_found(both, up_to_put) or (
                is_moved and _is_put_earlier(change, both, put)
            )
        else:
            is_found = of_any or is_moved
        if is_found:
            yield AddedUse(use, line)


def _is_found(both: Both, path: list[int]) -> bool:
    """Whether the reference is that which a getter returns to a local variable, and nobody else is known
    to hold the object up to the put."""
    return both.new.ledger.takes[path[0]].is_own and both.new.ledger.touched.isdisjoint(path)


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
