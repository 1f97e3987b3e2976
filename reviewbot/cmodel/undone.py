"""Undone: references that a change no longer takes although the puts that belong to them stay.

Law: the old function, deciding the same, must have taken and given back; nothing that the change adds may
take the reference in its place. Must not know rules.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.balance import Balance, Both
from reviewbot.cmodel.replay import decisions, replayed
from reviewbot.cmodel.source import FunctionChange
from reviewbot.cmodel.takes import Take
from reviewbot.cmodel.walk import Held, State


class Undone(Struct, frozen=True):
    """A getter that a change removes, `line` of the old file, and a put that is left on a path."""

    both: Both
    take: Take
    line: int
    end: State
    put: int


def undone(change: FunctionChange, balance: Balance) -> Iterator[Undone]:
    """The getters of the old function that the new one misses."""
    for both in balance.both(change):
        found = next(_of(change, both), None)
        if found is not None:
            yield found


def _of(change: FunctionChange, both: Both) -> Iterator[Undone]:
    new = both.new
    if not new.is_complete or not any(map(_is_short, new.ends)):
        return
    old = both.old
    if old is None or not old.is_complete:
        return
    steps, removed = old.flow.steps, change.source.removed
    gone = [take for take in old.ledger.takes.values() if steps[take.step].line in removed]
    if not gone or len(new.ledger.takes) >= len(old.ledger.takes) or _is_replaced(both):
        return
    if _is_taken_elsewhere(change, gone[0]):
        return
    for end in new.ends:
        if not _is_short(end):
            continue
        path = new.path(end)
        before = replayed(old, decisions(new.flow, path, both.fresh))
        is_more = before and all(state.count > end.count for state in before)
        if is_more and any(state.held is Held.PUT and state.count >= 0 for state in before):
            put = next(s.step for s in reversed(path) if s.step in new.ledger.puts)
            yield Undone(both, gone[0], steps[gone[0].step].line, end, put)


def _is_short(end: State) -> bool:
    """Whether the function surely puts more there than it takes."""
    return end.count < 0 and end.held is Held.PUT and not end.doubt


def _is_taken_elsewhere(change: FunctionChange, take: Take) -> bool:
    """Whether the patch adds a getter of such objects to another function of the file: the caller's, say."""
    names = frozenset(getter.name for getter in take.pair.get)
    inside = range(change.new.first, change.new.last + 1)
    return any(call.line not in inside for call in change.source.added_calls(names))


def _is_replaced(both: Both) -> bool:
    """Whether an added line of the function names the object, or something it is reached through."""
    names = both.new.ledger.roots | both.new.ledger.kin
    word = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    return any(word.search(both.new.flow.steps[number].text) for number in both.fresh)
