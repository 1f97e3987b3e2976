"""Rechecks: conditions that are asked once more under a lock just taken, because they may have changed.

    if (f->ready)
            return 0;
    mutex_lock(&f->lock);
    if (f->ready)                        not known here: another task may have been first
            goto out;

Law: nothing but the taking of locks, and plain statements, stands between the two; and the second is reached
only from the first. Must not know references or rules.
"""

from collections.abc import Iterator

from reviewbot.cmodel.conditions import atom
from reviewbot.cmodel.flow import Flow, Kind
from reviewbot.cmodel.locks import acquires
from reviewbot.cmodel.reachable import reached

_MOST_STEPS = 12
# What only the function itself can change stays as it was.
_SHARED = ("->", "(", ".")


def rechecks(flow: Flow) -> frozenset[int]:
    """The branches whose condition says nothing of what it was before the lock was taken."""
    if not any(step.kind is Kind.STATEMENT and acquires(step.text) for step in flow.steps):
        return frozenset()
    return frozenset(_rechecks(flow))


def _rechecks(flow: Flow) -> Iterator[int]:
    for step in flow.steps:
        if step.kind is not Kind.BRANCH or len(set(step.next)) != 2:
            continue
        key = atom(step.text).key
        if not any(sign in key for sign in _SHARED):
            continue
        for place, following in enumerate(step.next):
            again = _under_lock(flow, following)
            if again < 0 or atom(flow.steps[again].text).key != key:
                continue
            other = step.next[1 - place]
            if again != other and again not in reached(flow, (other,)):
                yield again


def _under_lock(flow: Flow, number: int) -> int:
    """The branch that a straight way leads to on which a lock is taken; -1 where there is none."""
    is_locked = False
    for _ in range(_MOST_STEPS):
        step = flow.steps[number]
        if step.kind is Kind.BRANCH:
            return number if is_locked else -1
        if step.kind is not Kind.STATEMENT or len(step.next) != 1:
            return -1
        is_locked = is_locked or acquires(step.text)
        number = step.next[0]
    return -1
