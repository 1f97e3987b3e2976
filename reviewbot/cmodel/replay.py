"""Replay: what the function did before the change on the path that it takes after it.

Law: the decisions of the path are those of the old function, in the same words; a branch that the change
adds is passed over, as is one of the old function that what is known decides, and where the two part there is
no answer. Must not know rules.
"""

from collections.abc import Collection
from itertools import pairwise

from msgspec import Struct

from reviewbot.cmodel.flow import Flow, Kind
from reviewbot.cmodel.walk import State, Walk

_MOST = 3000


class Decision(Struct, frozen=True):
    """A branch on a path: its text, which edge was taken, and whether the change adds it."""

    text: str
    place: int
    fresh: bool


def decisions(flow: Flow, path: tuple[State, ...], fresh: Collection[int]) -> tuple[Decision, ...]:
    """The decisions on a path of a flow, `fresh` being the steps that the change adds."""
    found = []
    for state, following in pairwise(path):
        step = flow.steps[state.step]
        if step.kind in (Kind.BRANCH, Kind.CHOICE):
            place = step.next.index(following.step)
            found.append(Decision(step.text, place, state.step in fresh))
    return tuple(found)


def replayed(before: Walk, taken: tuple[Decision, ...]) -> tuple[State, ...]:
    """The states at the exits which the old function reaches by these decisions; none where they part."""
    return tuple(path[-1] for path in retraced(before, taken))


def retraced(before: Walk, taken: tuple[Decision, ...]) -> tuple[tuple[State, ...], ...]:
    """The paths of the old function that these decisions are, each from entry to exit."""
    stepper = before.stepper
    flow = before.flow
    found: list[tuple[State, ...]] = []
    stack: list[tuple[tuple[State, ...], int]] = [((State(flow.entry),), 0)]
    for _ in range(_MOST):
        if not stack:
            return tuple(found)
        path, place = stack.pop()
        state = path[-1]
        step = flow.steps[state.step]
        if step.kind is Kind.EXIT:
            if all(decision.fresh for decision in taken[place:]):
                found.append(path)
            continue
        following = list(stepper.follow(state))
        if step.kind in (Kind.BRANCH, Kind.CHOICE):
            at = _next(taken, place, step.text)
            if at < len(taken) and taken[at].place < len(step.next):
                wanted, place = step.next[taken[at].place], at + 1
                following = [one for one in following if one.step == wanted]
            elif len({one.step for one in following}) > 1:
                continue
        stack += [((*path, one), place) for one in following]
    return ()


def _next(taken: tuple[Decision, ...], place: int, text: str) -> int:
    """The place of the decision of that text, if only added ones stand before it; else the number of all."""
    while place < len(taken) and taken[place].text != text:
        if not taken[place].fresh:
            return len(taken)
        place += 1
    return place
