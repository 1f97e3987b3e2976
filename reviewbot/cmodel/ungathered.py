"""Ungathered: pointers that a change puts into an array without the reference that is put for each element.

Law: a removed getter counts where nothing added is passed the pointer; in a new function only the entry of a
list that stays in it counts, of which no call may take or give anything back. Must not know rules.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.additions import adds_call_on
from reviewbot.cmodel.flow import Flow
from reviewbot.cmodel.gathered import Gathered, array_of, gathered, is_walked
from reviewbot.cmodel.order import calls_in
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.references import holds
from reviewbot.cmodel.source import FunctionChange
from reviewbot.model.diff import Side


class Ungathered(Struct, frozen=True):
    """What is stored without a reference, and the line: the removed getter's, or the store's."""

    gathered: Gathered
    get: str
    line: int
    side: Side


def ungathered(change: FunctionChange, pairs: PairTable) -> Iterator[Ungathered]:
    """The first such pointer of a function; none where old or new cannot be read with certainty."""
    if "]" not in change.text or not any(name in change.text for name in pairs.putters):
        return
    flow = change.flow
    bare = [one for one in gathered(flow, change.new, pairs) if one.take is None] if flow else []
    if not bare or flow is None:
        return
    found = _added(flow, bare, pairs) if change.is_new else _removed(change, bare, pairs)
    one = next(found, None)
    if one is not None:
        yield one


def _removed(
    change: FunctionChange, bare: list[Gathered], pairs: PairTable
) -> Iterator[Ungathered]:
    old = change.old_flow
    if old is None or change.old is None:
        return
    for before in gathered(old, change.old, pairs):
        line = old.steps[before.take.step].line if before.take else 0
        if before.take is None or line not in change.source.removed:
            continue
        for one in bare:
            is_same = (one.array, one.pointer, one.call) == (
                before.array,
                before.pointer,
                before.call,
            )
            if is_same and not adds_call_on(change.source, change.new, (one.pointer,)):
                yield Ungathered(one, before.take.getter.name, line, Side.OLD)


def _added(flow: Flow, bare: list[Gathered], pairs: PairTable) -> Iterator[Ungathered]:
    for one in bare:
        if is_walked(flow, one.stored, one.pointer) and not _is_given(flow, one, pairs):
            line = flow.steps[one.stored].line
            yield Ungathered(one, one.pair.get[0].name, line, Side.NEW)


def _is_given(flow: Flow, one: Gathered, pairs: PairTable) -> bool:
    """Whether a call that is passed the entry may take a reference on it, or the list's away."""
    word = re.compile(rf"\b{one.pointer}\b")
    for number, step in enumerate(flow.steps):
        if not word.search(step.text) or array_of(flow, number, one.pointer) == one.array:
            continue
        for call in calls_in(number, step.text):
            if any(map(word.search, call.args)) and _may_give(call.name, pairs):
                return True
    return False


def _may_give(name: str, pairs: PairTable) -> bool:
    words = pairs.words
    return name in pairs.getters or holds(name) or words.may_hold(name) or words.may_release(name)
