"""Disowned: references that a new function gives back although it never takes them, nor anybody for it.

Law: the object must be one that the function found itself: the entry of a list that stays in it, or what file
scope holds; what a parameter, a field or a call hands over may carry a reference. Must not know rules.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.answers import Answer
from reviewbot.cmodel.balance import Balance
from reviewbot.cmodel.flow import Flow
from reviewbot.cmodel.gathered import givers, is_walked
from reviewbot.cmodel.outline import Function
from reviewbot.cmodel.references import holds, is_taken
from reviewbot.cmodel.roles import calls_in
from reviewbot.cmodel.source import FunctionChange
from reviewbot.cmodel.takes import root_of
from reviewbot.cmodel.twins import undoes
from reviewbot.cmodel.walk import Held, Walk

_PLAIN = re.compile(r"(?:[\w\s*]*?[\s*])??[A-Za-z_]\w* ?= ?&?([A-Za-z_]\w*)")
_TURNS = re.compile(r"(?:^|_)to(?:_|$)|2")
_UNDOES = re.compile(
    r"put|release|free|exit|remove|unregister|detach|destroy|close|stop|del|clear|drop|cleanup|unload|resume"
)


class Disowned(Struct, frozen=True):
    """The put, as written, what it is given, its function, and the line to speak about: the put's, or the
    first of the function that should take the reference by its name."""

    call: str
    given: str
    function: str
    line: int


def disowned(change: FunctionChange, balance: Balance) -> Iterator[Disowned]:
    """The puts of a new function that give back what nobody is seen to take."""
    if not change.is_new or _UNDOES.search(change.new.name):
        return
    for both in balance.both(change):
        walk, ledger = both.new, both.new.ledger
        if not walk.is_complete or ledger.takes or not ledger.puts:
            continue
        number = min(ledger.puts)
        given = ledger.given[number]
        if _is_found(walk, number, change) and not _may_be_taken(given, change, balance):
            line = walk.flow.steps[number].line
            yield Disowned(ledger.puts[number], given, change.new.name, line)


def _is_found(walk: Walk, number: int, change: FunctionChange) -> bool:
    """Whether the function has found the object itself, and keeps nothing of it where it puts it."""
    root = root_of(walk.ledger.given[number])
    if not any(variable.name == root for variable in change.new.locals):
        return False
    if is_walked(walk.flow, number, root):
        return True
    return _is_global(walk.flow, number, root, change) and _only_fails(walk)


def _is_global(flow: Flow, number: int, name: str, change: FunctionChange) -> bool:
    """Whether all that may have given the variable its value is a variable of file scope."""
    mine = {variable.name for variable in (*change.new.parameters, *change.new.locals)}
    found = [_PLAIN.fullmatch(flow.steps[at].text) for at in givers(flow, number, name)]
    names = [one[1] for one in found if one is not None]
    return bool(names) and len(names) == len(found) and mine.isdisjoint(names)


def _only_fails(walk: Walk) -> bool:
    """Whether the function puts only where it fails, and keeps what it has where it succeeds."""
    ends = [(end.held is Held.PUT, walk.answer(end)) for end in walk.ends]
    put = [answer for is_put, answer in ends if is_put]
    kept = any(answer is Answer.SUCCESS for is_put, answer in ends if not is_put)
    return bool(put) and kept and all(answer is Answer.ERROR for answer in put)


def _may_be_taken(given: str, change: FunctionChange, balance: Balance) -> bool:
    """Whether a call of the function, or a caller, may take the reference."""
    outline, words = change.source.new.outline, balance.pairs.words
    getters = balance.pairs.of(balance.of).getters
    if is_taken(root_of(given), change.new, outline, getters):
        return True
    return any(words.may_hold(call.name) for call in calls_in(change.new, outline))


def untaken_twin(change: FunctionChange, balance: Balance) -> Iterator[Disowned]:
    """The put of `foo_put()` where the new `foo_get()` does nothing that could take the reference."""
    outline, words = change.source.new.outline, balance.pairs.words
    if not change.is_new or not holds(change.new.name):
        return
    calls = [call.name for call in calls_in(change.new, outline)]
    if not all(
        words.only_looks(name) or words.ignores(name) or _TURNS.search(name) for name in calls
    ):
        return
    for other in outline.functions:
        if undoes(other.name, change.new.name) and _types(other) == _types(change.new):
            for call in calls_in(other, outline):
                if call.name in balance.pairs.of(balance.of).putters:
                    text = f"{call.name}({', '.join(call.args)})"
                    yield Disowned(text, call.args[0], other.name, change.new.first)


def _types(function: Function) -> tuple[str, ...]:
    return tuple(parameter.type for parameter in function.parameters)
