"""Paths: a bounded search for the ways on which a reference is still held at an exit.

Law: a leak is only what is still held on a path of which every step was understood and every condition that
decides is either known or free; beyond the bound the answer is unknown. Must not know diffs or rules.
"""

from collections import deque
from collections.abc import Iterator, Mapping

from msgspec import Struct

from reviewbot.cmodel.answers import Answer, answered
from reviewbot.cmodel.conditions import atom, decided
from reviewbot.cmodel.flow import Flow, Kind, Step
from reviewbot.cmodel.known import after, after_loop, known_at, learnt
from reviewbot.cmodel.resources import Event, Reader, Resource

_MOST_STATES = 3000


class Leak(Struct, frozen=True):
    """A path on which a reference is still held: the steps from where it was taken to the exit."""

    resource: Resource
    path: tuple[int, ...]
    answer: Answer


class Outcome(Struct, frozen=True):
    """All that was found about one reference.

    `released` says how the paths end on which it is given back, `puts` whether the function gives it back
    anywhere behind the getter. `ends` is True where it may be taken over on some path, `unknown` where
    something was not understood or the bound was met.
    """

    resource: Resource
    leaks: tuple[Leak, ...] = ()
    released: frozenset[Answer] = frozenset()
    ends: bool = False
    unknown: bool = False
    puts: bool = False


Facts = tuple[tuple[str, bool], ...]
State = tuple[int, bool, Facts]


def outcome(flow: Flow, resource: Resource) -> Outcome:
    """Where the paths from a getter lead."""
    return _Search(flow, resource, Reader(resource)).run()


class _Search(Struct, frozen=True):
    """One search: the states seen, each with the one it was reached from, and what was found on the way.

    `ended` are the steps at which the reference may be taken over, `unclear` those not understood.
    """

    flow: Flow
    resource: Resource
    reader: Reader
    seen: dict[State, State | None] = {}
    released: set[Answer] = set()
    ended: set[int] = set()
    unclear: set[int] = set()
    leaks: list[Leak] = []

    def run(self) -> Outcome:
        known = known_at(self.flow, self.resource.step)
        if known is None:
            return Outcome(self.resource, unknown=True)
        step = self.flow.steps[self.resource.step]
        known = {**after(known, step.text), **dict(self.resource.known)}
        first: State = (self.resource.after, True, _frozen(known))
        self.seen[first] = None
        queue = deque((first,))
        while queue:
            if len(self.seen) > _MOST_STATES:
                return Outcome(self.resource, unknown=True)
            state = queue.popleft()
            for following in self.follow(state):
                if following not in self.seen:
                    self.seen[following] = state
                    queue.append(following)
        return Outcome(
            self.resource,
            tuple(self.leaks),
            frozenset(self.released),
            bool(self.ended),
            bool(self.unclear),
            bool(self.leaks) and self.puts(),
        )

    def puts(self) -> bool:
        """Whether a step that can be reached from the getter surely gives the reference back."""
        return self.resource.after in releasing(self.flow, self.resource)

    def follow(self, state: State) -> Iterator[State]:
        """The states after one; notes what ends here."""
        number, held, facts = state
        step = self.flow.steps[number]
        if step.kind is Kind.STOP:
            return
        if step.kind is Kind.UNKNOWN or (held and number == self.resource.step):
            self.unclear.add(number)
            return
        event = self.reader.event(step.text, step.kind) if held else Event.NONE
        if event is Event.ENDS:
            self.ended.add(number)
            return
        held = held and event is not Event.RELEASE
        known = dict(facts)
        if step.kind is Kind.EXIT:
            self.exit(state, step, known, held)
        elif step.kind is Kind.BRANCH:
            yield from self.branch(step, held, known)
        elif step.kind is Kind.CHOICE:
            yield from self.choice(step, held, known)
        else:
            left = _frozen(after(known, step.text))
            yield from ((following, held, left) for following in step.next)

    def exit(self, state: State, step: Step, known: dict[str, bool], held: bool) -> None:
        answer = answered(step.text, known, self.flow.returns)
        if held:
            self.leaks.append(self.leak(state, answer))
        else:
            self.released.add(answer)

    def branch(self, step: Step, held: bool, known: dict[str, bool]) -> Iterator[State]:
        is_open = decided(atom(step.text).key, known) is None
        for place, skipped in ((0, step.other), (1, step.body)):
            left = learnt(step, place, known)
            if left is None:
                continue
            if is_open and held and self.matters(skipped):
                self.ended.add(step.next[place])
            else:
                yield step.next[place], held, _frozen(left)

    def choice(self, step: Step, held: bool, known: dict[str, bool]) -> Iterator[State]:
        left = _frozen(after(known, step.text) if not step.body else after_loop(known, step.text))
        for place, following in enumerate(step.next):
            if step.body and place == 1 and held and self.matters(step.body):
                self.ended.add(following)
                continue
            yield following, held, left

    def matters(self, skipped: str) -> bool:
        """Whether code that a path does without may release the reference or take it over."""
        return bool(skipped) and self.reader.event(skipped, Kind.STATEMENT) is not Event.NONE

    def leak(self, state: State, answer: Answer) -> Leak:
        path = []
        at: State | None = state
        while at is not None:
            path.append(at[0])
            at = self.seen[at]
        path.append(self.resource.step)
        path.reverse()
        return Leak(self.resource, tuple(path), answer)


def _frozen(known: Mapping[str, bool]) -> Facts:
    return tuple(sorted(known.items()))


def releasing(flow: Flow, resource: Resource) -> frozenset[int]:
    """The steps from which a step can be reached that surely gives the reference back."""
    reader = Reader(resource)
    before: dict[int, list[int]] = {}
    for number, step in enumerate(flow.steps):
        for following in step.next:
            before.setdefault(following, []).append(number)
    queue = deque(
        number
        for number, step in enumerate(flow.steps)
        if reader.event(step.text, step.kind) is Event.RELEASE
    )
    found = set(queue)
    while queue:
        fresh = [number for number in before.get(queue.popleft(), ()) if number not in found]
        found.update(fresh)
        queue.extend(fresh)
    return frozenset(found)
