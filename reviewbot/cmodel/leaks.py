"""Leaks: the references a change makes a function forget.

Law: a leak is told only where the function before the change, or its other paths, show that it has to give
the reference back, and never one that was there before. Must not know rules or words.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.answers import Answer
from reviewbot.cmodel.balance import Balance, Both
from reviewbot.cmodel.certain import is_certain
from reviewbot.cmodel.early import is_early
from reviewbot.cmodel.excuses import is_excused
from reviewbot.cmodel.owed import Owed, Proof
from reviewbot.cmodel.replay import Decision, decisions, replayed, retraced
from reviewbot.cmodel.source import FunctionChange
from reviewbot.cmodel.unopened import is_for_file
from reviewbot.cmodel.walk import Held, State, Walk
from reviewbot.cmodel.ways import WayOut, way_out
from reviewbot.model.diff import Side, Sign

_NAME = re.compile(r"[A-Za-z_]\w*")
_CALL = re.compile(r"([A-Za-z_]\w*) ?\(")


class Introduced(Struct, frozen=True):
    """A leak that a change brings in, and the line of the diff that does it; `line` is on `side`.

    `is_sure` is False where the author says why the put goes, or the series puts such an object elsewhere.
    """

    walk: Walk
    end: State
    path: tuple[int, ...]
    way: WayOut
    line: int
    side: Side
    proof: Proof
    is_sure: bool

    @property
    def words(self) -> str:
        """The path in words: where the reference is taken, what leads out, which exit."""
        steps, take = self.walk.flow.steps, self.walk.ledger.takes[self.path[0]]
        why = f"{self.way.failed}() fails" if self.way.failed else self.way.condition
        value = steps[self.end.step].text
        return ", ".join(
            part
            for part in (
                f"taken by {take.call}",
                f"out where {why}" if why else "",
                f"left by return {value}" if value else "left at the end of the function",
            )
            if part
        )

    @property
    def exit(self) -> int:
        """The line of the exit."""
        return self.walk.flow.steps[self.end.step].line


class Standing(Struct, frozen=True):
    """An object that the new function forgets on an exit as the old one did already."""

    walk: Walk


def leaks(change: FunctionChange, balance: Balance) -> Iterator[Introduced | Standing]:
    """For each object of the new function the earliest exit that a change makes forget it, or else that it
    was forgotten before."""
    for both in balance.both(change):
        if not both.new.is_complete or not both.new.ledger.takes:
            continue
        if not any(end.count >= 1 and end.held is Held.TAKEN for end in both.new.ends):
            continue
        owed = Owed(both.new)
        judged = _old_leaks(both, change)
        found = list(_of(change, both, owed, judged))
        if found:
            yield min(found, key=_rank)
        elif any(both.new.answer(end) in judged for end in both.new.ends if owed.is_leak(end)):
            yield Standing(both.new)


def _rank(found: Introduced) -> tuple[bool, bool, int]:
    """What is told before the rest: what the old function shows, then what is sure, then what comes first."""
    return found.proof is not Proof.BEFORE, not found.is_sure, found.exit


def introduced(change: FunctionChange, balance: Balance) -> Iterator[Introduced]:
    """The leaks of the new function that the old one has not."""
    return (found for found in leaks(change, balance) if isinstance(found, Introduced))


def _of(
    change: FunctionChange, both: Both, owed: Owed, judged: frozenset[Answer]
) -> Iterator[Introduced]:
    new, old = both.new, both.old
    for end in new.ends:
        if end.count < 1 or end.held is not Held.TAKEN or owed.returns_it(end):
            continue
        path = new.path(end)
        before: tuple[State, ...] = ()
        taken = decisions(new.flow, path, both.fresh)
        if old is not None and old.is_complete and not _leaves_anew(both, end, taken):
            before = replayed(old, taken)
        proof: Proof | None = Proof.BEFORE
        if not before:
            proof = None if new.answer(end) in judged else _proof(change, both, owed, end)
        elif not _is_undone(both, end, path, taken, before):
            proof = Proof.SIBLING if is_early(both, owed, end) else None
        if proof is None or (proof is not Proof.BEFORE and _is_put_within(change, owed, path)):
            continue
        found = _told(change, both, owed, end, path, proof)
        if found is not None:
            yield found


def _proof(change: FunctionChange, both: Both, owed: Owed, end: State) -> Proof | None:
    """What shows in the function itself, and in its file, that the reference had to be given back."""
    found = owed.proof(end) or (Proof.SIBLING if is_early(both, owed, end) else None)
    if found is Proof.KEPT and not (owed.is_kept_elsewhere(end) or _is_put_in_file(change, owed)):
        found = Proof.FAILED
    if found in (None, Proof.FAILED) and is_for_file(owed, end, change.source.new):
        return Proof.FILE
    return found


def _is_put_in_file(change: FunctionChange, owed: Owed) -> bool:
    """Whether some function of the file gives such references back."""
    names = frozenset(owed.walk.ledger.pair.put)
    return next(iter(change.source.new.outline.calls_of(names)), None) is not None


def _is_put_within(change: FunctionChange, owed: Owed, path: tuple[State, ...]) -> bool:
    """Whether a function of the file that puts such objects is passed something that leads to this one.

    Only where the path has parted from those that put it.
    """
    ledger, steps = owed.walk.ledger, owed.walk.flow.steps
    names = {*ledger.pair.put, *ledger.pair.consume}
    putting = {call.function for call in change.source.new.outline.calls_of(names)}
    start = owed.taken_at(path)
    behind = (state.step for state in path[max(start, owed.parting(path, start)) + 1 :])
    texts = (steps[number].text for number in behind if number not in owed.without)
    return any(
        name in putting and not ledger.kin.isdisjoint(_NAME.findall(text))
        for text in texts
        for name in _CALL.findall(text)
    )


def _leaves_anew(both: Both, end: State, taken: tuple[Decision, ...]) -> bool:
    """Whether an added branch leads to an added exit: the old function never went there."""
    return end.step in both.fresh and any(decision.fresh for decision in taken)


def _is_undone(
    both: Both,
    end: State,
    path: tuple[State, ...],
    taken: tuple[Decision, ...],
    before: tuple[State, ...],
) -> bool:
    """Whether the old function, deciding the same, left without the reference, and nothing stands in for it."""
    if any(old.count >= end.count for old in before):
        return False
    if any(s.step in both.fresh and s.step in both.new.ledger.touched for s in path):
        return False
    if _releases_anew(both, path, taken):
        return False
    if any(old.held is Held.PUT for old in before):
        return True
    answer = both.new.answer(end)
    is_hoisted = both.old is not None and bool(both.old.ledger.takes)
    return is_hoisted and answer is Answer.ERROR and not end.doubt


def _releases_anew(both: Both, path: tuple[State, ...], taken: tuple[Decision, ...]) -> bool:
    """Whether the new path has a call that may release anything, and which the old paths had not."""
    new, old = both.new, both.old
    if old is None:
        return False
    passed = retraced(old, taken)
    known = {old.flow.steps[state.step].text for states in passed for state in states}
    own = new.ledger.puts.keys() | new.ledger.takes.keys()
    texts = (new.flow.steps[state.step].text for state in path if state.step not in own)
    may_release = new.ledger.touches.words.may_release
    return any(
        may_release(name) for text in texts if text not in known for name in _CALL.findall(text)
    )


def _old_leaks(both: Both, change: FunctionChange) -> frozenset[Answer]:
    """How the ends are answered with which the old function forgot the object already."""
    if both.old is None:
        return frozenset()
    owed = Owed(both.old)
    return frozenset(
        both.old.answer(end)
        for end in both.old.ends
        if owed.is_leak(end) or is_for_file(owed, end, change.source.old)
    )


def _told(
    change: FunctionChange,
    both: Both,
    owed: Owed,
    end: State,
    path: tuple[State, ...],
    proof: Proof,
) -> Introduced | None:
    start = owed.taken_at(path)
    steps = tuple(state.step for state in path[start:])
    way = way_out(both.new.flow, steps, owed.puttable)
    place = _place(change, both, steps, way)
    if place is None:
        return None
    is_proven = is_certain(owed, end, change.new, change.source.new, proof)
    is_sure = is_proven and _is_sure(change, both, proof)
    return Introduced(both.new, end, steps, way, *place, proof, is_sure)


def _is_sure(change: FunctionChange, both: Both, proof: Proof) -> bool:
    """Whether nothing is said or done elsewhere that may stand in for a put that is gone."""
    if proof is not Proof.BEFORE:
        return True
    source, function = change.source, change.new
    names = both.new.ledger.pair.put
    for file in source.moves.files:
        for line in (line for hunk in file.hunks for line in hunk.lines):
            is_inside = file is source.file and function.first <= line.new <= function.last
            if line.sign is Sign.ADDED and not is_inside and any(n in line.text for n in names):
                return False
    return not is_excused(source.patch)


def _place(
    change: FunctionChange, both: Both, path: tuple[int, ...], way: WayOut
) -> tuple[int, Side] | None:
    """The line to speak about: jump, exit, getter, a line between, or the putter that is gone."""
    source = change.source
    lines = [both.new.flow.steps[number].line for number in path]
    ends = (lines[0], lines[-1])
    if change.old is None and all(
        n in source.added and source.is_moved(source.added[n]) for n in ends
    ):
        return None
    for line in (way.goto, lines[-1], lines[0], *reversed(lines)):
        if line in source.added:
            return line, Side.NEW
    gone = [both.old.flow.steps[n].line for n in both.old.ledger.puts] if both.old else []
    line = next((line for line in sorted(gone) if line in source.removed), 0)
    return (line, Side.OLD) if line else None
