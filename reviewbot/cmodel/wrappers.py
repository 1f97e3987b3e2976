"""Wrappers: functions that hand a reference to their caller, or give one back for it, told from their body.

Law: only what holds on every path; a function that stores the object, hands it on, or deals in several objects
is none. Must not know rules, nor where the function stands.
"""

import re

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.cmodel.answers import Answer
from reviewbot.cmodel.bindings import Bindings
from reviewbot.cmodel.brackets import closing, pieces
from reviewbot.cmodel.conditions import decided, unwrapped
from reviewbot.cmodel.flow import Flow, Kind, Step
from reviewbot.cmodel.ledger import ledgers
from reviewbot.cmodel.live import live
from reviewbot.cmodel.outline import Function, Variable
from reviewbot.cmodel.pairs import RESULT, Failure, Getter, Member, Pair, PairTable, Taker
from reviewbot.cmodel.takes import bare, root_of
from reviewbot.cmodel.walk import State, Walk, walk

# Words in the name of a function whose caller has to know that it deals in references.
_TAKES = frozenset(("get", "tryget", "grab", "hold", "ref", "pin", "acquire", "inc"))
_GIVES = frozenset(("put", "drop", "unref", "unpin", "release", "unhold", "ungrab", "dec", "deref"))

_MADE_UP = "returned_reference"
_CALL = re.compile(r"([A-Za-z_]\w*) ?\(.*\)", re.DOTALL)
_CALLED = re.compile(r"([A-Za-z_]\w*) ?\(")
_NAME = re.compile(r"[A-Za-z_]\w*")
_STRUCT = re.compile(r"(?:const )?(struct \w+) ?\*(?: ?const)?")
_MOST_STEPS = 120


class Wrapper(Struct, frozen=True):
    """A function and what it does for its caller: `getter` or `putter` is set.

    `object` is the kind of object whose reference it is; `embeds` says where the reference of `through`, the
    known call in the body, is in such an object, if it is not the object itself. `base` is that call's pair.
    """

    object: str
    base: Pair
    through: str
    getter: Getter | None = None
    putter: Taker | None = None
    embeds: Member | None = None


def wrapper(flow: Flow, function: Function, pairs: PairTable) -> Wrapper | None:
    """What the function is for its callers; None for no wrapper, or one that is not certain."""
    if function.conditional or flow.has_unknown or len(flow.steps) > _MOST_STEPS:
        return None
    flow, function = _unfolded(flow, function, pairs)
    lives = live(flow)
    walks = [walk(flow, ledger, lives) for ledger in ledgers(flow, function, pairs)]
    if not walks or not all(map(_is_clear, walks)):
        return None
    moved = [one for one in walks if any(end.count for end in one.ends)]
    if len(moved) != 1:
        return None
    found = _Reading(moved[0], function, pairs)
    return found.getter() if moved[0].ledger.takes else found.putter()


def _unfolded(flow: Flow, function: Function, pairs: PairTable) -> tuple[Flow, Function]:
    """The flow with each `return getter(…)` as an assignment and a return of what was assigned."""
    steps = list(flow.steps)
    for number, step in enumerate(flow.steps):
        called = _CALL.fullmatch(step.text) if step.kind is Kind.EXIT else None
        if called and called[1] in pairs.by_getter:
            text = f"{_MADE_UP} = {step.text}"
            steps[number] = Step(Kind.STATEMENT, text, step.line, (len(steps),))
            steps.append(replace(step, text=_MADE_UP))
    if len(steps) == len(flow.steps):
        return flow, function
    made_up = Variable(flow.returns, _MADE_UP)
    return replace(flow, steps=tuple(steps)), replace(function, locals=(*function.locals, made_up))


def _is_clear(found: Walk) -> bool:
    """Whether all paths were followed to their end."""
    return found.is_complete and bool(found.ends) and not found.ledger.mixed


class _Place(Struct, frozen=True):
    """Where in a call of the function the object is, and what kind of object that is."""

    text: str
    object: str
    embeds: Member | None = None


class _Reading(Struct, frozen=True):
    """The one object of which a function takes or puts a reference."""

    walk: Walk
    function: Function
    pairs: PairTable

    def getter(self) -> Wrapper | None:
        """The function as a getter."""
        ends = [end for end in self.walk.ends if end.count or not self.is_null(end)]
        good = [end for end in ends if end.count]
        if any(end.doubt or end.count not in (0, 1) for end in ends) or self.is_handed_on():
            return None
        failure = _together({self.failure(end) for end in ends if not end.count})
        if failure is None or not all(self.is_success(end, failure) for end in good):
            return None
        ledger, values = self.walk.ledger, {self.value(end) for end in good}
        place = self.place() if self.number else self.result(values)
        take = next(iter(ledger.takes.values()))
        is_pointer = self.walk.flow.returns.endswith("*")
        if place is None or (self.number and not _is_named(self.function.name, _TAKES)):
            return None
        if self.number and is_pointer and values != {self.root}:
            return None
        returns = f"arg{self.number}" if self.number and is_pointer else ""
        made = Getter(self.function.name, failure, place.text, returns)
        name = take.getter.name
        return Wrapper(place.object, ledger.pair, name, made, None, place.embeds)

    def putter(self) -> Wrapper | None:
        """The function as a putter."""
        ends, ledger = self.walk.ends, self.walk.ledger
        place = self.place() if self.number else None
        if place is None or not _is_named(self.function.name, _GIVES):
            return None
        if any(end.doubt or end.count != -1 for end in ends if not self.is_null(end)):
            return None
        made = Taker(self.function.name, place.text)
        return Wrapper(place.object, ledger.pair, self.put[0], None, made, place.embeds)

    @property
    def text(self) -> str:
        """The reference as it is written in the first call that takes or puts it."""
        ledger = self.walk.ledger
        return ledger.text if ledger.takes else self.put[1]

    @property
    def put(self) -> tuple[str, str]:
        """The putter in the body, and what it puts."""
        ledger = self.walk.ledger
        for number in sorted(ledger.puts):
            text = self.walk.flow.steps[number].text
            for found in _CALLED.finditer(text):
                if found[1] in ledger.pair.put:
                    arguments = pieces(text[found.end() : closing(text, found.end() - 1)])
                    return found[1], ledger.pair.given(found[1], arguments)
        return "", ""

    @property
    def root(self) -> str:
        """The variable of the object."""
        return root_of(self.text)

    @property
    def number(self) -> int:
        """The place of that variable among the parameters, from 1; 0 for none of them."""
        names = [parameter.name for parameter in self.function.parameters]
        return names.index(self.root) + 1 if self.root in names else 0

    @property
    def aliases(self) -> frozenset[str]:
        """The names of the variable of the object."""
        found = Bindings(self.walk.flow, self.function, self.pairs)
        return found.names(frozenset((self.root,)))

    def is_own(self, name: str) -> bool:
        """Whether a name is that of a variable of the function."""
        return bool(self.function.type_of(name))

    def value(self, end: State) -> str:
        """What the function returns there."""
        return bare(unwrapped(self.walk.flow.steps[end.step].text))

    def is_null(self, end: State) -> bool:
        """Whether the function was called without an object."""
        return bool(self.number) and dict(end.known).get(self.root) is False

    def is_handed_on(self) -> bool:
        """Whether a step may give the object away, or what it is part of, while the function holds it."""
        steps, ledger = self.walk.flow.steps, self.walk.ledger
        others = (self.aliases | ledger.names) - {bare(self.text.lstrip("&"))}
        if not all(map(self.is_own, others)):
            return True
        touches = replace(ledger.touches, names=ledger.names | self.aliases)
        held = {state.step for state in self.walk.seen if state.count} - ledger.takes.keys()
        return bool(ledger.puts) or any(
            touches.touches(steps[number].text, steps[number].kind)
            for number in held
            if steps[number].kind is not Kind.EXIT
        )

    def failure(self, end: State) -> Failure | None:
        """How that end says that nothing was taken; None where it does not."""
        value, known, returns = self.value(end), dict(end.known), self.walk.flow.returns
        is_zero = decided(value, known) is False or value in ("NULL", "0", "false")
        if returns.endswith("*"):
            is_error = self.walk.answer(end) is Answer.ERROR
            return Failure.NULL if is_zero else Failure.ERR_PTR if is_error else None
        if value and is_zero:
            return Failure.FALSE
        return Failure.NEGATIVE if self.walk.answer(end) is Answer.ERROR else None

    def is_success(self, end: State, failure: Failure) -> bool:
        """Whether that end says that the reference was taken."""
        value, known = self.value(end), dict(end.known)
        if self.walk.flow.returns.endswith("*"):
            return bool(_NAME.fullmatch(value))
        if failure is Failure.FALSE:
            return decided(value, known) is True or value in ("1", "true")
        return self.walk.answer(end) in (Answer.SUCCESS, Answer.VOID)

    def place(self) -> _Place | None:
        """Where a caller finds the object that is reached from a parameter."""
        ledger, argument = self.walk.ledger, f"arg{self.number}"
        text, root = bare(self.text), self.root
        if ledger.resets:
            return None
        if text == root:
            return None if self.text.startswith("&") else _Place(argument, ledger.pair.object)
        if not text.startswith(f"{root}->"):
            return None
        member = text.removeprefix(f"{root}->")
        if not self.text.startswith("&"):
            return _Place(f"{argument}->{member}", ledger.pair.object)
        if "->" in member:
            return _Place(f"&{argument}->{member}", ledger.pair.object)
        return self.whole(argument, member)

    def result(self, values: set[str]) -> _Place | None:
        """The object as what the function returns."""
        ledger, text = self.walk.ledger, bare(self.text)
        if not self.function.type_of(self.root) or len(values) != 1:
            return None
        (value,) = values
        if value in ledger.names and text.isidentifier() and not self.text.startswith("&"):
            return _Place(RESULT, ledger.pair.object)
        member = text.removeprefix(f"{self.root}->")
        is_part = self.text.startswith("&") and member != text and "->" not in member
        return self.whole(RESULT, member) if is_part and value in self.aliases else None

    def whole(self, text: str, member: str) -> _Place | None:
        """The object that holds the reference in one of its members, as a kind of its own.

        Two members may count for two purposes. What the table says of the type and this member is kept.
        """
        found = _STRUCT.fullmatch(self.function.type_of(self.root))
        if found is None:
            return None
        embeds = Member(member, self.walk.ledger.pair.object)
        known = (pair for pair in self.pairs.pairs if embeds in pair.embeds)
        is_known = any(pair.object == found[1] for pair in known)
        return _Place(text, found[1] if is_known else f"{member} of {found[1]}", embeds)


def _is_named(name: str, words: frozenset[str]) -> bool:
    return not words.isdisjoint(name.lower().split("_"))


def _together(failures: set[Failure | None]) -> Failure | None:
    """All ways to fail as one; None where one is not clear or they do not go together."""
    if not failures:
        return Failure.NEVER
    if failures == {Failure.NULL, Failure.ERR_PTR}:
        return Failure.NULL_OR_ERR_PTR
    return next(iter(failures)) if len(failures) == 1 else None
