"""Ledger: what each step of a function does to the references of one object.

Law: a step of which one cannot say whether it puts the object is mixed, and no path goes on through it. Must
not know paths or rules.
"""

import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.bindings import Bindings
from reviewbot.cmodel.brackets import pieces
from reviewbot.cmodel.flow import Flow, Kind, Step
from reviewbot.cmodel.outline import Function
from reviewbot.cmodel.pairs import Pair, PairTable
from reviewbot.cmodel.puts import UNCLEAR, Put, Puts, given, loose
from reviewbot.cmodel.takes import Take, bare, root_of, takes
from reviewbot.cmodel.touches import Touches

_MOST_OBJECTS = 40
_NAME = re.compile(r"[A-Za-z_]\w*")


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

    @property
    def is_counted(self) -> bool:
        """Whether the object is a structure that lives by its count; usage counts and locks do not."""
        return self.pair.object.startswith("struct ") and bool(self.touches.words.keep)

    def names_at(self, number: int) -> frozenset[str]:
        """The names that the object has at a step."""
        return _at(number, self.names, self.later)

    @cached_property
    def roots(self) -> frozenset[str]:
        """The variables its names begin with."""
        return frozenset(map(root_of, self.names))

    def is_consumed(self, step: int) -> bool:
        """Whether the call at a step takes the reference over, so that the object lives on."""
        return self.puts[step].partition("(")[0] in self.pair.consume

    @property
    def text(self) -> str:
        """The object's name for people: that in the first call that takes or puts it."""
        if self.takes:
            return next(iter(self.takes.values())).text
        return min(self.names, key=len)


def ledgers(
    flow: Flow, function: Function, pairs: PairTable, harmless: frozenset[str] = frozenset()
) -> Iterator[Ledger]:
    """A ledger for each object of which the function takes or puts a reference.

    None for an object that a variable with a cleanup attribute may lead to. `harmless` are calls that surely
    neither keep nor give back what they are passed.
    """
    bindings = Bindings(flow, function, pairs)
    taken = tuple(takes(flow, function, pairs))
    puts = tuple(given(flow, pairs))
    objects: dict[tuple[str, frozenset[str]], Pair] = {}
    for take in taken:
        objects[take.pair.object, bindings.names(take.names)] = take.pair
    known = {name for _, names in objects for name in names}
    for _, text, pair in puts:
        if bare(text) not in known and "(" not in text and text:
            objects[pair.object, bindings.names(frozenset((bare(text),)))] = pair
    cleaned = frozenset(variable.name for variable in function.locals if variable.cleanup)
    unmatched = loose(flow, taken, puts) if pairs.are_locks else {}
    for (_, names), pair in list(objects.items())[:_MOST_OBJECTS]:
        if cleaned.isdisjoint(bindings.kin(names) if cleaned else ()):
            yield _ledger(bindings, names, pair, taken, unmatched, harmless)


def _ledger(
    bindings: Bindings,
    names: frozenset[str],
    pair: Pair,
    taken: tuple[Take, ...],
    unmatched: dict[int, frozenset[str]],
    harmless: frozenset[str],
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
    touches = Touches(names, kin, boxes, is_global, pairs.words, wholes, harmless)
    others = frozenset(name for take in taken for name in take.names)
    late = {name: bindings.since(name) for name in names - first}
    later = {name: steps for name, steps in late.items() if steps is not None}
    puts = Puts(pairs, pair, kin)
    found: dict[int, Put] = {}
    mixed, touched, resets = set(), set(), set()
    for number, step in enumerate(steps):
        here = names if not later else _at(number, names, later)
        put = puts.put(step, here, others - unmatched.get(number, frozenset()))
        if put is UNCLEAR:
            mixed.add(number)
        elif put is not None:
            found[number] = put
        elif number not in mine and touches.touches(step.text, step.kind):
            touched.add(number)
        if number not in mine and _resets(step, names, owners):
            resets.add(number)
    return Ledger(
        pair,
        names,
        kin,
        mine,
        {number: put.call for number, put in found.items()},
        {number: put.given for number, put in found.items()},
        frozenset(resets),
        frozenset(touched),
        frozenset(mixed),
        touches,
        later,
    )


def _at(number: int, names: frozenset[str], later: dict[str, frozenset[int]]) -> frozenset[str]:
    """Those of the names that hold at a step."""
    return frozenset(name for name in names if name not in later or number in later[name])


def _wholes(mine: dict[int, Take]) -> frozenset[str]:
    """The pointers to what an embedded object is part of: who has the whole has the part."""
    parts = (take.text.removeprefix("&") for take in mine.values() if take.text.startswith("&"))
    return frozenset(whole for part in parts if (whole := bare(part).rpartition("->")[0]))


def _resets(step: Step, names: frozenset[str], roots: set[str]) -> bool:
    """Whether a step lets one of the names' variables stand for something else."""
    text = step.text
    if step.kind is Kind.CHOICE:
        return bool(step.body) and not roots.isdisjoint(_NAME.findall(text))
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
