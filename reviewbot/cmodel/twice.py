"""Twice: paths on which a function puts a reference that it has put already.

Law: a second put is told only where the function is not known to have more than one reference: of an object
that it has made or prepared itself, or through a call in between that may take one. It is certain only where
other paths reach that put with the reference in hand, or the function took it for itself. Of code that may put
it, on a condition that was not understood, only what lies before the first put leaves a doubt. Must not know
diffs or rules.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.answers import Answer
from reviewbot.cmodel.brackets import pieces
from reviewbot.cmodel.known import SET
from reviewbot.cmodel.takes import Take, bare, is_null, root_of
from reviewbot.cmodel.walk import Held, State, Walk

_CALL = re.compile(r"([A-Za-z_]\w*) ?\((.*)\)", re.DOTALL)

_LOOKS_UP = re.compile(r"find|lookup|search")


class Twice(Struct, frozen=True):
    """Two puts of one reference: the steps between them, both included, on a path from entry to exit.

    `is_certain` says whether the function itself shows that one is too many.
    """

    walk: Walk
    steps: tuple[int, ...]
    path: tuple[State, ...]
    is_certain: bool


def twice(walk: Walk) -> Iterator[Twice]:
    """The second puts of a function that have no getter between them and the first, one for each pair."""
    told: set[tuple[int, int]] = set()
    for state in walk.seen:
        if state.step not in walk.ledger.puts or state.held is not Held.PUT or state.count > 0:
            continue
        if is_null(walk.ledger.given[state.step], dict(state.known)):
            continue
        path = walk.path(state)
        first = max(n for n, earlier in enumerate(path[:-1]) if earlier.step in walk.ledger.puts)
        pair = (path[first].step, state.step)
        onward = walk.onward(state)
        if pair in told or pair[0] == pair[1] or path[first].doubt or not onward:
            continue
        told.add(pair)
        if not _may_have_more(walk, path, first):
            whole = (*path, *onward)
            steps = tuple(earlier.step for earlier in path[first:])
            yield Twice(walk, steps, whole, _is_certain(walk, whole, first, len(path) - 1))


def _is_certain(walk: Walk, path: tuple[State, ...], first: int, second: int) -> bool:
    """Whether other paths show that the function has one reference to put, or it has surely got but one."""
    take, start = _taken(walk, path[:first])
    if take is None:
        return False
    step = path[second].step
    others = [state for state in walk.seen if state.step == step and state.held is not Held.PUT]
    if any(state.count >= 1 for state in others):
        return True
    if walk.answer(path[-1]) is Answer.ERROR:
        return any(end.count >= 0 and end.held is not Held.NOTHING for end in walk.ends)
    return take.is_own and walk.ledger.touched.isdisjoint(s.step for s in path[start + 1 : second])


def _taken(walk: Walk, path: tuple[State, ...]) -> tuple[Take | None, int]:
    """The last call on a path that takes the reference, and its place."""
    takes = walk.ledger.takes
    places = [place for place, state in enumerate(path) if state.step in takes]
    return (takes[path[places[-1]].step], places[-1]) if places else (None, 0)


def _may_have_more(walk: Walk, path: tuple[State, ...], first: int) -> bool:
    """Whether the function may have had a reference before it took one, or get one unseen on the way."""
    take, start = _taken(walk, path[:first])
    if take is None:
        return False
    if not take.is_result and _has_another(walk, path[:start], take, path[-1].step):
        return True
    inside = (state.step for state in path[start + 1 : -1] if state.step not in walk.ledger.puts)
    steps, touches = walk.flow.steps, walk.ledger.touches
    return any(touches.may_hold(steps[number].text) for number in inside)


def _has_another(walk: Walk, before: tuple[State, ...], take: Take, second: int) -> bool:
    """Whether the function may have a reference already when it takes one: of an object that it has made
    or prepared itself, or because it gets to the second put without having taken any."""
    if any(s.step == second and s.held is Held.NOTHING and s.count == 0 for s in walk.seen):
        return True
    words = walk.ledger.touches.words
    mine = bare(take.text)
    whole = root_of(mine) if take.text.startswith("&") else mine
    for text in (walk.flow.steps[state.step].text for state in before):
        made = SET.fullmatch(text)
        called = _CALL.fullmatch(made[2] if made else text)
        if called is None:
            continue
        is_maker = words.makes(called[1]) or words.may_keep(called[1])
        if made and made[1] == whole and is_maker and not _LOOKS_UP.search(called[1]):
            return True
        first = bare(pieces(called[2])[0]) if called[2] else ""
        if words.may_keep(called[1]) and first in (mine, whole):
            return True
    return False
