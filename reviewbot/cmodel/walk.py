"""Walk: a bounded search of the paths of a function, counting the references of one object.

Law: a path goes only where every condition that decides is either known or free, and ends at a step that was
not understood; beyond the bound there is no answer. Must not know diffs or rules.
"""

from collections import deque
from collections.abc import Iterator
from enum import IntEnum
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.answers import Answer, answered
from reviewbot.cmodel.conditions import atom, decided
from reviewbot.cmodel.flow import Flow, Kind, Step
from reviewbot.cmodel.known import after, after_loop, learnt
from reviewbot.cmodel.ledger import Ledger
from reviewbot.cmodel.live import pruned
from reviewbot.cmodel.reachable import reached
from reviewbot.cmodel.rechecks import rechecks
from reviewbot.cmodel.takes import is_null

_MOST_STATES = 4000
_MOST_HELD = 2


class Held(IntEnum):
    """What was last done to the reference on a path."""

    NOTHING = 0
    TAKEN = 1
    PUT = 2


class State(Struct, frozen=True):
    """Where a path stands: the step before it is done, how many references were taken less those put.

    `doubt` is True where the path has gone past code that may put the reference, on a condition that was
    not understood.
    """

    step: int
    count: int = 0
    held: Held = Held.NOTHING
    doubt: bool = False
    known: tuple[tuple[str, bool], ...] = ()


class Walk(Struct, frozen=True, dict=True):
    """All that was found: each state with the one it was reached from. `is_complete` within the bound."""

    stepper: "Stepper"
    seen: dict[State, State | None]
    is_complete: bool

    @property
    def flow(self) -> Flow:
        """The function's flow."""
        return self.stepper.flow

    @property
    def ledger(self) -> Ledger:
        """What its steps do."""
        return self.stepper.ledger

    @cached_property
    def ends(self) -> tuple[State, ...]:
        """The states at exits, in the order in which they were reached."""
        return tuple(s for s in self.seen if self.flow.steps[s.step].kind is Kind.EXIT)

    def path(self, state: State) -> tuple[State, ...]:
        """The states from the entry to this one."""
        found = [state]
        while (before := self.seen[found[-1]]) is not None:
            found.append(before)
        return tuple(reversed(found))

    def onward(self, state: State) -> tuple[State, ...]:
        """The states from the one after this to some exit; empty where none is reached."""
        before: dict[State, State] = {}
        queue = deque((state,))
        while queue and len(before) < _MOST_STATES:
            current = queue.popleft()
            if self.flow.steps[current.step].kind is Kind.EXIT:
                found = [current]
                while found[-1] in before and before[found[-1]] != state:
                    found.append(before[found[-1]])
                return tuple(reversed(found))
            for following in self.stepper.follow(current):
                if following not in before and following != state:
                    before[following] = current
                    queue.append(following)
        return ()

    def answer(self, end: State) -> Answer:
        """How the function ends there."""
        return answered(self.flow.steps[end.step].text, dict(end.known), self.flow.returns)


def walk(flow: Flow, ledger: Ledger, lives: tuple[frozenset[str], ...]) -> Walk:
    """The paths of a function, from its entry; `lives` as `live(flow)` gives it."""
    stepper = Stepper(flow, ledger, lives)
    first = State(flow.entry)
    seen: dict[State, State | None] = {first: None}
    queue = deque((first,))
    while queue:
        if len(seen) > _MOST_STATES:
            return Walk(stepper, seen, False)
        state = queue.popleft()
        for following in stepper.follow(state):
            if following not in seen:
                seen[following] = state
                queue.append(following)
    return Walk(stepper, seen, True)


class Stepper(Struct, frozen=True, dict=True):
    """Goes from one state to the next."""

    flow: Flow
    ledger: Ledger
    lives: tuple[frozenset[str], ...]

    def follow(self, state: State) -> Iterator[State]:
        """The states after one; none at an end, or where the path cannot be followed."""
        step = self.flow.steps[state.step]
        if step.kind in (Kind.EXIT, Kind.STOP, Kind.UNKNOWN) or state.step in self.ledger.mixed:
            return
        known = self.still_known(state)
        count, held = self.counted(state, known)
        if abs(count) > _MOST_HELD:
            return
        take = self.ledger.takes.get(state.step)
        if take is not None:
            left = after_loop(known, step.text) if take.is_loop else after(known, step.text)
            if take.is_result or take.is_loop:
                count, held = 0, Held.NOTHING
            for outcome in take.outcomes:
                if not self.is_possible(step, outcome.next, known):
                    continue
                facts = {**left, **dict(outcome.known)}
                more = State(
                    state.step, count + outcome.taken, Held.TAKEN if outcome.taken else held
                )
                yield self.at(outcome.next, more, state.doubt, facts)
            return
        so_far = State(state.step, count, held)
        for place, following, facts in self.edges(step, known):
            doubt = state.doubt or self.skips_put(state.step, place, known)
            yield self.at(following, so_far, doubt, facts)

    def still_known(self, state: State) -> dict[str, bool]:
        """What is known at a step; not its own condition, if a lock was just taken to ask again."""
        known = dict(state.known)
        if state.step in self._rechecks:
            known.pop(atom(self.flow.steps[state.step].text).key, None)
        return known

    @cached_property
    def _rechecks(self) -> frozenset[int]:
        return rechecks(self.flow)

    def counted(self, state: State, known: dict[str, bool]) -> tuple[int, Held]:
        """The count after what the step does other than take."""
        count, held = state.count, state.held
        put = self.ledger.puts.get(state.step)
        if put is not None and not is_null(self.ledger.given[state.step], known):
            count, held = count - 1, Held.PUT
        if state.step in self.ledger.resets:
            count, held = 0, Held.NOTHING
        return count, held

    def is_possible(self, step: Step, following: int, known: dict[str, bool]) -> bool:
        """Whether a getter that is a condition may lead there."""
        if step.kind is not Kind.BRANCH or step.next[0] == step.next[1]:
            return True
        return learnt(step, step.next.index(following), known) is not None

    def edges(
        self, step: Step, known: dict[str, bool]
    ) -> Iterator[tuple[int, int, dict[str, bool]]]:
        """Where a step leads: the place in `next`, the step there, and what is known then."""
        for place, following in enumerate(step.next):
            if step.kind is Kind.BRANCH:
                facts = learnt(step, place, known)
                if facts is None:
                    continue
            elif step.kind is Kind.CHOICE and step.body:
                facts = after_loop(known, step.text)
            else:
                facts = after(known, step.text)
            yield place, following, facts

    def skips_put(self, number: int, place: int, known: dict[str, bool]) -> bool:
        """Whether that edge leaves out code that puts the object, on a condition that is open.

        Of the body of a loop, as of an `if`, not what leaves the path.
        """
        step = self.flow.steps[number]
        if step.kind not in (Kind.BRANCH, Kind.CHOICE):
            return False
        skipped = step.other if place == 0 and step.kind is Kind.BRANCH else step.body
        if not skipped or (place == 0 and step.kind is Kind.CHOICE):
            return False
        if step.kind is Kind.BRANCH and decided(atom(step.text).key, known) is not None:
            return False
        is_loop = step.repeats or step.kind is Kind.CHOICE
        return any(
            text in skipped and (not is_loop or self._comes_back(text, number))
            for text in self._put_calls
        )

    @cached_property
    def _put_calls(self) -> dict[str, list[int]]:
        """The calls that put, or may, by their text."""
        found: dict[str, list[int]] = {}
        for number in (*self.ledger.puts, *self.ledger.mixed):
            found.setdefault(self.flow.steps[number].text, []).append(number)
        return found

    def _comes_back(self, text: str, number: int) -> bool:
        """Whether a put of that text leads on to a step."""
        return any(number in reached(self.flow, (put,)) for put in self._put_calls[text])

    def at(self, number: int, so_far: State, doubt: bool, known: dict[str, bool]) -> State:
        """The state at the next step."""
        words = self.lives[number] | self.ledger.roots
        return State(number, so_far.count, so_far.held, doubt, pruned(known, words))
