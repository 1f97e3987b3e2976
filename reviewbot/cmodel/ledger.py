"""Ledger: what each step of a function does to the references of one object.

Law: a put counts only where its call is all of a statement or condition; what else may be one makes the step
mixed, and no path goes on through it. Must not know paths or rules.
"""

import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.bindings import Bindings
from reviewbot.cmodel.brackets import closing, pieces
from reviewbot.cmodel.flow import Flow, Kind, Step
from reviewbot.cmodel.outline import Function
from reviewbot.cmodel.pairs import Pair, PairTable
from reviewbot.cmodel.reachable import reaching
from reviewbot.cmodel.takes import PATH, Take, bare, root_of, takes
from reviewbot.cmodel.touches import Touches

_MOST_OBJECTS = 40
_NAME = re.compile(r"[A-Za-z_]\w*")
_PLAIN = re.compile(rf"!*(?:\(void\) ?)?(?:{PATH} ?= ?)?[A-Za-z_]\w* ?\(.*\)", re.DOTALL)
_BY_VALUE = re.compile(r"[?;{]|&&|\|\|")


class Ledger(Struct, frozen=True, dict=True):
    """One object of a function: its names and what the steps do to it, by their number.

    `puts` are the calls of putters, as written, `given` the lvalues they are passed. `resets` are the steps
    after which the names stand for another object, `touched` those that may give it away or back, `mixed`
    those of which one cannot say whether they put it. `later` are names that the object has only at some steps,
    behind the copy that gives it the name.
    """

    pair: Pair
    names: frozenset[str]
    kin: frozenset[str]
    takes: dict[int, Take]
    puts: dict[int, str]
    given: dict[int, str]
    resets: frozenset[int]
    touched: frozenset[int]
    mixed: frozenset[int]
    touches: Touches
    later: dict[str, frozenset[int]]

    def names_at(self, number: int) -> frozenset[str]:
        """The names that the object has at a step."""
        return frozenset(
            name for name in self.names if name not in self.later or number in self.later[name]
        )

    @cached_property
    def roots(self) -> frozenset[str]:
        """The variables its names begin with."""
        return frozenset(map(root_of, self.names))

    def is_consumed(self, step: int) -> bool:
        """Whether the call at a step takes the reference over, so that the object lives on."""
        return self.puts[step].partition("(")[0] in self.pair.consume

    def call(self, step: int) -> str:
        """The call of a putter at a step, without a result: `kvm_put_kvm(f->kvm)`."""
        return self.puts[step]

    @property
    def text(self) -> str:
        """The object's name for people: that in the first call that takes or puts it."""
        if self.takes:
            return next(iter(self.takes.values())).text
        return min(self.names, key=len)


def ledgers(flow: Flow, function: Function, pairs: PairTable) -> Iterator[Ledger]:
    """A ledger for each object of which the function takes or puts a reference.

    None for an object that a variable with a cleanup attribute may lead to.
    """
    bindings = Bindings(flow, function, pairs)
    taken = tuple(takes(flow, function, pairs))
    puts = tuple(_puts(flow, pairs))
    objects: dict[tuple[str, frozenset[str]], Pair] = {}
    for take in taken:
        objects[take.pair.object, bindings.names(take.names)] = take.pair
    known = {name for _, names in objects for name in names}
    for _, text, pair in puts:
        if bare(text) not in known and "(" not in text and text:
            objects[pair.object, bindings.names(frozenset((bare(text),)))] = pair
    cleaned = frozenset(variable.name for variable in function.locals if variable.cleanup)
    loose = _loose(flow, taken, puts) if pairs.are_locks else {}
    for (_, names), pair in list(objects.items())[:_MOST_OBJECTS]:
        if cleaned.isdisjoint(bindings.kin(names) if cleaned else ()):
            yield _ledger(bindings, names, pair, taken, loose)


Put = tuple[int, str, Pair]


def _puts(flow: Flow, pairs: PairTable) -> Iterator[Put]:
    """The calls of putters: step, lvalue, pair."""
    names = pairs.by_putter
    for number, step in enumerate(flow.steps):
        if "(" not in step.text:
            continue
        for name, arguments in _calls(step.text):
            for pair in names.get(name, ()):
                yield number, pair.given(name, arguments), pair


def _loose(flow: Flow, taken: tuple[Take, ...], puts: tuple[Put, ...]) -> dict[int, frozenset[str]]:
    """The locks that a step gives back and that a path to it has not taken: another name for a held one."""
    found: dict[int, frozenset[str]] = {}
    for number, text, _ in puts:
        name = bare(text)
        stops = {take.step for take in taken if name in take.names}
        if stops and flow.entry in reaching(flow, (number,), stops):
            found[number] = found.get(number, frozenset()) | {name}
    return found


def _calls(text: str) -> Iterator[tuple[str, list[str]]]:
    for found in re.finditer(r"([A-Za-z_]\w*) ?\(", text):
        end = closing(text, found.end() - 1)
        if end >= 0:
            yield found[1], pieces(text[found.end() : end])


def _ledger(
    bindings: Bindings,
    names: frozenset[str],
    pair: Pair,
    taken: tuple[Take, ...],
    loose: dict[int, frozenset[str]],
) -> Ledger:
    pairs, steps = bindings.pairs, bindings.flow.steps
    kin = bindings.kin(names) | bindings.compared(names)
    mine = {
        take.step: take
        for take in taken
        if take.pair.object == pair.object and not take.names.isdisjoint(names)
    }
    roots = {root_of(name) for name in names}
    first = {name for take in mine.values() for name in take.names} or names
    owners = {root_of(name) for name in first}
    is_global = not any(map(bindings.is_declared, roots))
    boxes = frozenset(root_of(name) for name in names if not name.isidentifier()) & bindings.made
    wholes = frozenset() if pairs.are_locks else _wholes(mine)
    touches = Touches(names, kin, boxes, is_global, pairs.words, wholes)
    others = frozenset(name for take in taken for name in take.names)
    late = {name: bindings.since(name) for name in names - first}
    later = {name: steps for name, steps in late.items() if steps is not None}
    calls: dict[int, str] = {}
    given: dict[int, str] = {}
    mixed, touched, resets = set(), set(), set()
    for number, step in enumerate(steps):
        here = frozenset(n for n in names if n not in later or number in later[n])
        entry = _Entry(pairs, pair, here, kin, others - loose.get(number, frozenset()))
        match entry.put(step):
            case "":
                if number not in mine and touches.touches(step.text, step.kind):
                    touched.add(number)
            case "?":
                mixed.add(number)
            case text:
                calls[number] = text
                given[number] = entry.name(step)
        if number not in mine and _resets(step, names, owners):
            resets.add(number)
    return Ledger(
        pair,
        names,
        kin,
        mine,
        calls,
        given,
        frozenset(resets),
        frozenset(touched),
        frozenset(mixed),
        touches,
        later,
    )


def _wholes(mine: dict[int, Take]) -> frozenset[str]:
    """The pointers to what an embedded object is part of: who has the whole has the part."""
    parts = (take.text.removeprefix("&") for take in mine.values() if take.text.startswith("&"))
    return frozenset(whole for part in parts if (whole := bare(part).rpartition("->")[0]))


class _Entry(Struct, frozen=True, dict=True):
    """Reads one step for one object; `taken` are the names of all objects taken before.

    A lock that is given back and not taken before under that name may be this one.
    """

    pairs: PairTable
    pair: Pair
    names: frozenset[str]
    kin: frozenset[str]
    taken: frozenset[str]

    def put(self, step: Step) -> str:
        """The call that puts the object; empty where none does, `?` where one cannot say."""
        if "(" not in step.text:
            return ""
        words = set(_NAME.findall(step.text))
        if words.isdisjoint(self._putters):
            return ""
        for name, arguments in _calls(step.text):
            if name not in self._putters:
                continue
            if self._given(name, arguments):
                return f"{name}({', '.join(arguments)})" if self._is_plain(step) else "?"
            if self.pairs.are_locks and bare(arguments[0]) not in self.taken:
                return "?"
            is_near = any(not words_of(one).isdisjoint(self.kin) for one in arguments[:1])
            if is_near and not self._is_another(arguments):
                return "?"
        return ""

    def name(self, step: Step) -> str:
        """The name by which the object is put."""
        found = (self._given(name, given) for name, given in _calls(step.text))
        return bare(next(filter(None, found), ""))

    @cached_property
    def _putters(self) -> frozenset[str]:
        return self.pairs.releasers(self.pair) | frozenset(self.pair.consume)

    def _given(self, name: str, arguments: list[str]) -> str:
        if name in self.pair.consume:
            text = self.pair.given(name, arguments)
            return text if bare(text) in self.names else ""
        for mine in sorted(self.names):
            for text in (mine, f"&{mine}"):
                if self.pairs.releases(self.pair, text, name, arguments):
                    return text
        return ""

    def _is_another(self, arguments: list[str]) -> bool:
        """Whether the first argument is a plain lvalue of another object: a member, or another variable."""
        text = bare(arguments[0]) if arguments else ""
        return bool(re.fullmatch(PATH, text)) and "->" in text and text not in self.names

    def _is_plain(self, step: Step) -> bool:
        is_whole = _PLAIN.fullmatch(step.text) is not None and not _BY_VALUE.search(step.text)
        return is_whole and step.kind in (Kind.STATEMENT, Kind.BRANCH)


def words_of(text: str) -> frozenset[str]:
    """The identifiers of a text."""
    return frozenset(_NAME.findall(text))


def _resets(step: Step, names: frozenset[str], roots: set[str]) -> bool:
    """Whether a step lets one of the names' variables stand for something else."""
    text = step.text
    if step.kind is Kind.CHOICE:
        return bool(step.body) and not words_of(text).isdisjoint(roots)
    if step.kind is not Kind.STATEMENT or "=" not in text:
        return False
    for root in roots:
        for found in re.finditer(rf"(?<![\w.>*]){root} ?=(?!=) ?(.*)", text, re.DOTALL):
            value = bare(pieces(found[1])[0]) if found[1] else ""
            if (
                value not in names
                and value not in ("NULL", "0")
                and not value.startswith("ERR_PTR(")
            ):
                return True
    return False
