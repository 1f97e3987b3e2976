"""Spent: uses of an object on a path on which the function has put the reference it took on it.

Law: a use is a member read or written through one of the object's names, or a call that is passed one; what
only compares or prints the pointer, or reckons with its address, is none, but who prints a member reads it.
Who locks or unlocks a member uses it. Must not know diffs or rules.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.flow import Kind
from reviewbot.cmodel.ledger import Ledger
from reviewbot.cmodel.touches import around
from reviewbot.cmodel.walk import Held, State, Walk

_MEMBER = re.compile(r"(?:->|\.)\w+(?:\.\w+)*->")
# What does not evaluate its operand.
_UNEVALUATED = frozenset(("sizeof", "typeof", "__typeof__", "offsetof"))


class Use(Struct, frozen=True):
    """A put and the first use after it: the steps between them, both included."""

    walk: Walk
    steps: tuple[int, ...]
    state: State


def uses_after_put(walk: Walk) -> Iterator[Use]:
    """The first use behind each put, one for each step that uses the object."""
    spent = [s for s in walk.seen if s.held is Held.PUT and s.count <= 0 and not s.doubt]
    using = {number for number in {state.step for state in spent} if uses(walk, number)}
    told: set[int] = set()
    for state in spent:
        if state.step not in using or state.step in told:
            continue
        path = walk.path(state)
        put = max(
            (place for place, earlier in enumerate(path[:-1]) if earlier.step in walk.ledger.puts),
            default=-1,
        )
        between = path[put + 1 : -1]
        if put < 0 or walk.ledger.is_consumed(path[put].step):
            continue
        if not any(uses(walk, earlier.step) for earlier in between):
            told.add(state.step)
            yield Use(walk, tuple(earlier.step for earlier in path[put:]), state)


def uses(walk: Walk, number: int) -> bool:
    """Whether the step reads or writes the object, or passes it to a call."""
    step, ledger = walk.flow.steps[number], walk.ledger
    if step.kind in (Kind.STOP, Kind.UNKNOWN) or number in ledger.puts or number in ledger.takes:
        return False
    if number in ledger.resets or number in ledger.mixed:
        return False
    return any(_uses(step.text, name, ledger) for name in ledger.names_at(number))


def _uses(text: str, name: str, ledger: Ledger) -> bool:
    words = ledger.touches.words
    for found in re.finditer(rf"(?<![\w.>]){re.escape(name)}(?!\w)", text):
        behind = text[found.end() :].lstrip()
        call = around(text, found.start())
        if call in _UNEVALUATED:
            continue
        is_ignored = call is not None and words.ignores(call)
        is_address = text[: found.start()].rstrip().endswith("&")
        if behind.startswith("->") or (behind.startswith(".") and "." in name):
            is_loaded = _MEMBER.match(behind) is not None
            if not is_address or is_loaded or (call is not None and not is_ignored):
                return True
        elif is_ignored:
            continue
        elif call is not None and behind[:1] in (",", ")") and not words.frees(call):
            return True
    return False
