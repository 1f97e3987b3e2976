"""The pair table: which calls take a reference on what, and which calls give it back.

Law: the table is data from configuration; nothing here names a kernel function. Must not know rules.
Source of the shipped table: rule catalogue §1.0, compiled from Linux 6.12.

A *place* says where in a call a reference is: `result`, `arg1`, `arg2`…; with a member behind it what that
points to (`arg5->np`), with an ampersand before it the address of a member (`&arg1->dev`), with a star
before it what an argument points to (`*arg1`). `last` is the last argument.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.cmodel.words import ANY, CallWords

_PATH = r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*"
_PLACE = re.compile(
    rf"(?P<sign>[&*]?)(?:result|(?P<last>last)|arg(?P<number>[1-9]))(?:->(?P<member>{_PATH}))?"
)
_LVALUE = re.compile(rf"&?{_PATH}")
RESULT = "result"


class Failure(Enum):
    """How a getter says that it did not take the reference."""

    NEVER = "never"
    FALSE = "false"
    NULL = "null"
    ERR_PTR = "err-ptr"
    NULL_OR_ERR_PTR = "null-or-err-ptr"
    NEGATIVE = "negative"


class Getter(Struct, frozen=True, forbid_unknown_fields=True):
    """A call that takes a reference; as one of `Pair.loop`, a macro that holds one in each round.

    `carries` is the place of the reference afterwards. `returns` is the argument that the call gives as
    its result, if it is one (`arg1` of a `foo_get(foo)` whose result is `foo`, or NULL where it failed).
    """

    name: str
    fails: Failure = Failure.NEVER
    carries: str = RESULT
    returns: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no place."""
        _check(self.carries)
        if self.returns:
            _check(self.returns)

    def held(self, target: str, arguments: Sequence[str]) -> str:
        """The lvalue that has the reference after a call; empty where there is none to name."""
        return at(self.carries, target, arguments)


class Taker(Struct, frozen=True, forbid_unknown_fields=True):
    """A putter, or a call that takes a reference over, whose object is not its first argument."""

    name: str
    place: str = "arg1"

    def __post_init__(self) -> None:
        """Refuse what is no place."""
        _check(self.place)


class Member(Struct, frozen=True, forbid_unknown_fields=True):
    """A member, held by value, whose references are those of the whole: `dev`, a `struct device`."""

    member: str
    object: str


class Pair(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of object: its getters, its putters, the calls that consume a reference.

    `loop` are macros that hold a reference in each round, which leaving the loop early keeps. `takes` are
    the places of putters and consumers (also of getters that put what they start from) other than their
    first argument. `ignores` is what all putters do nothing with: NULL, an error pointer. `embeds` are
    members with a table entry of their own.
    """

    object: str
    get: tuple[Getter, ...]
    put: tuple[str, ...]
    consume: tuple[str, ...] = ()
    loop: tuple[Getter, ...] = ()
    takes: tuple[Taker, ...] = ()
    ignores: tuple[Failure, ...] = ()
    embeds: tuple[Member, ...] = ()

    def given(self, name: str, arguments: Sequence[str]) -> str:
        """The lvalue whose reference a putter or consumer of this pair takes, spaces removed."""
        place = next((taker.place for taker in self.takes if taker.name == name), "arg1")
        return bare(at(place, "", arguments))


class Learnt(Struct, frozen=True):
    """A call that is in the table because its body was read: where, and the known call in it."""

    name: str
    path: str
    through: str


class PairTable(Struct, frozen=True, dict=True):
    """All pairs, the words calls are judged by that no pair names, and what was learnt from source."""

    pairs: tuple[Pair, ...] = ()
    words: CallWords = CallWords()
    learnt: tuple[Learnt, ...] = ()
    locks: tuple[Pair, ...] = ()
    are_locks: bool = False

    def of(self, obj: str) -> "PairTable":
        """The pairs of one kind of object (`struct kvm`); made once."""
        if obj not in self._kinds:
            chosen = tuple(pair for pair in self.pairs if pair.object == obj)
            self._kinds[obj] = PairTable(chosen, self.words, self.learnt)
        return self._kinds[obj]

    @cached_property
    def _kinds(self) -> dict[str, "PairTable"]:
        return {}

    @cached_property
    def of_locks(self) -> "PairTable":
        """The locks as a table of their own: nothing keeps one, and any call may unlock.

        Not so what only takes a reference, and the kernel's library.
        """
        read = {learnt.name for learnt in self.learnt}
        counting = (name for name in self.getters if name not in read)
        pure = (*self.words.pure, *self.words.plain, *self.words.prepare, *counting)
        words = replace(self.words, release=(ANY,), keep=(), pure=pure)
        return PairTable(self.locks, words, are_locks=True)

    @cached_property
    def getters(self) -> tuple[str, ...]:
        """Names of all calls that take a reference."""
        return tuple(getter.name for pair in self.pairs for getter in pair.get)

    @cached_property
    def putters(self) -> tuple[str, ...]:
        """Names of all calls that give a reference back."""
        return tuple(name for pair in self.pairs for name in pair.put)

    @cached_property
    def by_getter(self) -> Mapping[str, tuple[Pair, Getter]]:
        """Pair and getter by the name of a call that takes a reference."""
        return {getter.name: (pair, getter) for pair in self.pairs for getter in pair.get}

    @cached_property
    def calls(self) -> frozenset[str]:
        """Names of all calls that take, give back or take over a reference."""
        consumed = (name for pair in self.pairs for name in pair.consume)
        return frozenset((*self.by_getter, *self.by_putter, *consumed))

    @cached_property
    def ends(self) -> frozenset[str]:
        """Names of all calls, and of loops, that may give back or take over a reference."""
        consumed = (name for pair in self.pairs for name in pair.consume)
        return frozenset((*self.putters, *consumed, *self.by_loop))

    @cached_property
    def by_loop(self) -> Mapping[str, tuple[Pair, Getter]]:
        """Pair and getter by the name of a macro that loops with a reference held."""
        return {getter.name: (pair, getter) for pair in self.pairs for getter in pair.loop}

    @cached_property
    def by_putter(self) -> Mapping[str, tuple[Pair, ...]]:
        """The pairs by the name of a call that gives their reference back.

        A putter of a member that is listed for the whole as well is the member's.
        """
        owners: dict[str, set[str]] = {}
        for pair in self.pairs:
            owners.setdefault(pair.object, set()).update(pair.put)
        found: dict[str, tuple[Pair, ...]] = {}
        for pair in self.pairs:
            inside = {name for member in pair.embeds for name in owners.get(member.object, ())}
            for name in pair.put:
                if name not in inside:
                    found[name] = (*found.get(name, ()), pair)
        return found

    def learnt_of(self, name: str) -> Learnt | None:
        """How the table came to a call; None for one of the configuration."""
        return next((learnt for learnt in self.learnt if learnt.name == name), None)

    def releases(self, pair: Pair, text: str, name: str, arguments: Sequence[str]) -> bool:
        """Whether the call gives back the reference of that kind on the object named by `text`.

        Also by a putter of what the object embeds, or of what embeds it. False for another object.
        """
        mine = bare(text)
        for other in self.by_putter.get(name, ()):
            given = other.given(name, arguments)
            if given and mine in (given if other == pair else "", *_kin(other, given, pair)):
                return True
        return False

    def releasers(self, pair: Pair) -> frozenset[str]:
        """The names of all calls for which `releases` may be true."""
        return self._releasers[pair.object]

    @cached_property
    def _releasers(self) -> Mapping[str, frozenset[str]]:
        return {pair.object: frozenset(self._releasing(pair)) for pair in self.pairs}

    def _releasing(self, pair: Pair) -> Iterator[str]:
        inside = {member.object for member in pair.embeds}
        for other in self.pairs:
            around = {member.object for member in other.embeds}
            if other.object == pair.object or other.object in inside or pair.object in around:
                yield from other.put


def _kin(other: Pair, given: str, pair: Pair) -> Iterator[str]:
    """What `given`, an object of `other`, is called as an object of `pair`."""
    for member in other.embeds:
        if member.object == pair.object:
            yield f"&{_member(given, member.member)}"
    for member in pair.embeds:
        for ending in (f"->{member.member}", f".{member.member}"):
            if member.object == other.object and given.startswith("&") and given.endswith(ending):
                whole = given[1 : -len(ending)]
                yield whole if ending[0] == "-" else f"&{whole}"


def bare(text: str) -> str:
    """An lvalue without spaces."""
    return "".join(text.split())


def at(place: str, target: str, arguments: Sequence[str]) -> str:
    """The text at a place of a call whose result goes to `target`; empty where it cannot be named."""
    found = _PLACE.fullmatch(place)
    if found is None:
        return ""
    number = int(found["number"] or 0)
    listed = arguments[-1:] if found["last"] else arguments[number - 1 : number]
    text = "".join(listed) if number or found["last"] else target
    if found["member"]:
        text = _member(bare(text), found["member"]) if _LVALUE.fullmatch(bare(text)) else ""
    if found["sign"] == "*":
        return text.lstrip("& ") if text.startswith("&") else ""
    return f"&{text}" if text and found["sign"] else text


def _member(text: str, member: str) -> str:
    return f"{text[1:]}.{member}" if text.startswith("&") else f"{text}->{member}"


def _check(place: str) -> None:
    if _PLACE.fullmatch(place) is None:
        raise ValueError(f"{place} is no place in a call, such as result, arg2 or arg1->kvm")
