"""Owed: on which paths a function surely leaves with a reference that it should have given back.

The evidence is the function's own: at the step where such a path parts from those that put the object, the
reference was still the function's to put.

Law: what may give the object away after that step clears the path, unless the paths that put the object go
through the same step after they did. Must not know diffs or rules.
"""

from collections.abc import Iterable
from enum import Enum
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.answers import Answer
from reviewbot.cmodel.conditions import atom, subject
from reviewbot.cmodel.flow import Kind
from reviewbot.cmodel.known import SET
from reviewbot.cmodel.reachable import reached, reaching
from reviewbot.cmodel.takes import bare, is_null, root_of
from reviewbot.cmodel.walk import Held, State, Walk


class Proof(Enum):
    """What shows that a reference had to be given back.

    BEFORE: the old function gave it back on this path. SIBLING: another path gives it back. KEPT: the
    function fails before it has passed the object on, as it does on other paths. FILE: the open file whose
    release gives it back was not made. FAILED: it fails, and nobody else can have the object. ALONE: nothing
    ever gives it back, and nobody else can have it.
    """

    BEFORE = "before"
    SIBLING = "sibling"
    KEPT = "kept"
    FILE = "file"
    FAILED = "failed"
    ALONE = "alone"


class Owed(Struct, frozen=True, dict=True):
    """Judges the ends of one walk."""

    walk: Walk

    def is_leak(self, end: State) -> bool:
        """Whether the function surely forgets a reference at that end."""
        return self.proof(end) is not None

    def proof(self, end: State) -> Proof | None:
        """What shows that the function forgets a reference at that end; None where nothing does."""
        if end.count < 1 or end.doubt or end.held is not Held.TAKEN or self.returns_it(end):
            return None
        path = self.walk.path(end)
        start = self.taken_at(path)
        answer = self.walk.answer(end)
        apart = self.parting(path, start)
        if apart < 0:
            is_others = self.is_stored(path[start].step)
            if answer is Answer.ERROR and not is_others and self.is_unearned(path, start):
                inside = [state.step for state in path[start + 1 : -1]]
                is_passed_on = not self.holding.isdisjoint(self.walk.ledger.touched)
                is_kept = is_passed_on and not self.is_given(inside)
                return Proof.KEPT if is_kept else Proof.FAILED
            return Proof.ALONE if self.is_forgotten(start, path) else None
        if answer is Answer.UNCLEAR or not self.is_passed_by(path, start, apart, answer):
            return None
        return Proof.SIBLING

    def is_kept_elsewhere(self, end: State) -> bool:
        """Whether a path other than the one to this end passes the object on."""
        passed = {state.step for state in self.walk.path(end)}
        return not self.walk.ledger.touched.isdisjoint(self.holding - passed)

    def is_passed_by(self, path: tuple[State, ...], start: int, apart: int, answer: Answer) -> bool:
        """Whether the path parts from those that put an object which is still the function's own."""
        inside = [state.step for state in path[start + 1 : -1]]
        behind = [state.step for state in path[apart + 1 : -1]]
        if self.is_given(behind):
            return False
        if answer is not Answer.ERROR and (
            answer not in self.put_answers
            or not (
                self.is_own(path[start].step)
                or (answer is Answer.VOID and self.is_alone(path[start].step, inside))
            )
            or self.is_given(inside)
        ):
            return False
        steps, touches = self.walk.flow.steps, self.walk.ledger.touches
        if answer is not Answer.ERROR and any(touches.is_passed(steps[n].text) for n in behind):
            return False
        if self.decides_again(behind) or answer is not Answer.ERROR:
            return not self.is_given(inside)
        return not self.is_settled(path[apart].step, path[apart + 1].step, inside)

    def is_unearned(self, path: tuple[State, ...], start: int) -> bool:
        """Whether the function fails before anybody else can have the reference: nothing kept it, or the
        call that might have was the one that failed."""
        inside = [state.step for state in path[start + 1 : -1]]
        branches = [n for n in inside if self.walk.flow.steps[n].kind is Kind.BRANCH]
        if not self.is_given(inside):
            return True
        if not branches:
            return False
        last = len(inside) - 1 - inside[::-1].index(branches[-1])
        given = [n for n in inside[: last + 1] if self.is_given((n,))]
        if self.is_given(inside[last + 1 :]) or len(given) > 1:
            return False
        return given[0] == inside[last] or self.decides_on(inside[last], given[0])

    def decides_on(self, branch: int, call: int) -> bool:
        """Whether a branch tests the result of a call."""
        text = self.walk.flow.steps[call].text
        if self.walk.ledger.touches.may_release(text):
            return False
        found = SET.fullmatch(text)
        tested = subject(atom(self.walk.flow.steps[branch].text).key)
        return found is not None and found[1] == tested

    def returns_it(self, end: State) -> bool:
        """Whether the value returned names the object, and may be it; a pointer known to be NULL is not."""
        ledger = self.walk.ledger
        text = self.walk.flow.steps[end.step].text
        return end.step in ledger.mixed or (
            end.step in ledger.touched and not is_null(bare(text), dict(end.known))
        )

    def taken_at(self, path: tuple[State, ...]) -> int:
        """The place in the path of the call that took the reference which is held at its end."""
        takes = self.walk.ledger.takes
        held = [
            place
            for place, state in enumerate(path[:-1])
            if state.step in takes
            and path[place + 1].count > 0
            and path[place + 1].held is Held.TAKEN
        ]
        return held[-1] if held else 0

    def parting(self, path: tuple[State, ...], start: int) -> int:
        """The last place of the path from which a put can still be reached; -1 where there is none."""
        return max(
            (place for place in range(start + 1, len(path)) if path[place].step in self.puttable),
            default=-1,
        )

    def is_given(self, steps: Iterable[int]) -> bool:
        """Whether one of the steps may give the object away, and is not passed after a put as well."""
        touched = self.walk.ledger.touched
        return any(number in touched and number not in self.without for number in steps)

    def decides_again(self, behind: list[int]) -> bool:
        """Whether there is a further decision after the path has parted."""
        return any(self.walk.flow.steps[number].kind is Kind.BRANCH for number in behind)

    def is_settled(self, number: int, following: int, inside: list[int]) -> bool:
        """Whether the path parts on the success of a call that may have taken the object over."""
        step = self.walk.flow.steps[number]
        touched = self.walk.ledger.touched
        if step.kind is not Kind.BRANCH:
            return False
        condition = atom(step.text)
        name = subject(condition.key)
        for earlier in reversed(inside):
            found = SET.fullmatch(self.walk.flow.steps[earlier].text)
            if found and found[1] == name:
                holds = condition.value == (following == step.next[0])
                return earlier in touched and not holds
        return False

    def is_forgotten(self, start: int, path: tuple[State, ...]) -> bool:
        """Whether nothing in the function ever puts the object, which it keeps to itself in a local."""
        ledger, steps = self.walk.ledger, self.walk.flow.steps
        if ledger.puts or not self.is_own(path[start].step):
            return False
        if any(ledger.touches.leads_out(steps[number].text) for number in self.holding):
            return False
        return ledger.touched.isdisjoint(self.holding)

    def is_stored(self, number: int) -> bool:
        """Whether the step takes the object for a structure that others have, and may give it back."""
        take = self.walk.ledger.takes.get(number)
        if take is None or not take.is_result or take.is_own:
            return False
        return root_of(take.text) not in self.walk.ledger.touches.boxes

    def is_own(self, number: int) -> bool:
        """Whether the step takes the object for a local variable, from the result of a getter."""
        take = self.walk.ledger.takes.get(number)
        return take is not None and take.is_own

    def is_alone(self, number: int, inside: list[int]) -> bool:
        """Whether the step takes a reference on an object it is passed, which no step inside is passed on.

        It may be in a variable or be part of what a variable points to; what a member points to does not count,
        for it may be kept by keeping the whole, as a module is.
        """
        ledger, steps = self.walk.ledger, self.walk.flow.steps
        take = ledger.takes.get(number)
        if take is None or take.is_result or not ledger.is_counted or ledger.touches.is_global:
            return False
        if not (take.text.startswith("&") or take.text.isidentifier()):
            return False
        texts = [steps[n].text for n in inside]
        return ledger.touched.isdisjoint(inside) and not any(map(ledger.touches.is_passed, texts))

    @cached_property
    def puttable(self) -> frozenset[int]:
        """The steps from which a put of the same reference can be reached, the puts included."""
        ledger = self.walk.ledger
        loops = (number for number, take in ledger.takes.items() if take.is_loop)
        stops = ledger.takes.keys() | ledger.resets
        return reaching(self.walk.flow, (*ledger.puts, *loops), stops)

    @cached_property
    def without(self) -> frozenset[int]:
        """The steps that some path reaches without the reference: after a put, or having failed before it."""
        behind = reached(self.walk.flow, self.walk.ledger.takes)
        return frozenset(
            state.step
            for state in self.walk.seen
            if state.count <= 0
            and (state.held is Held.PUT or (state.step in behind and not self.is_member))
        )

    @property
    def is_member(self) -> bool:
        """Whether a structure has the reference, whose release may be what gives it back."""
        return any(name != root_of(name) for name in self.walk.ledger.names)

    @cached_property
    def holding(self) -> frozenset[int]:
        """The steps that some path reaches with the reference."""
        return frozenset(state.step for state in self.walk.seen if state.count > 0)

    @cached_property
    def put_answers(self) -> frozenset[Answer]:
        """How the paths end on which the reference was taken and given back."""
        return frozenset(
            self.walk.answer(end)
            for end in self.walk.ends
            if end.held is Held.PUT and end.count == 0
        )
