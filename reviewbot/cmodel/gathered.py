"""Gathered: references that a function collects in an array of its own and gives back from there.

Law: the elements of an array are one kind of thing; a variable holds an element only where all that may have
given it its value reads one. Must not know diffs or rules.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.flow import Flow, Kind
from reviewbot.cmodel.outline import Function
from reviewbot.cmodel.pairs import Pair, PairTable
from reviewbot.cmodel.puts import given
from reviewbot.cmodel.takes import Take, bare, takes

_STORE = re.compile(r"([A-Za-z_]\w*) ?\[[^=]*\] ?=(?!=) ?(?:.*?\()?([A-Za-z_]\w*)\)?")
_LOAD = re.compile(r"(?:[\w\s*]*?[\s*])??([A-Za-z_]\w*) ?=(?!=) ?([A-Za-z_]\w*) ?\[[^=]*\]")
_ELEMENT = re.compile(r"([A-Za-z_]\w*) ?\[.*\]")
# Who takes an entry out of a list while walking it uses the `_safe` form (include/linux/list.h).
_WALKED = re.compile(r"h?list_for_each_entry(?:_reverse|_rcu)? ?\(([A-Za-z_]\w*),.*")


class Gathered(Struct, frozen=True):
    """A local array, the variable that is stored in it at some step, and a call that puts an element.

    `take` is the step that takes the reference on what is stored; None where there is none.
    """

    pair: Pair
    array: str
    pointer: str
    stored: int
    put: int
    call: str
    take: Take | None


def gathered(flow: Flow, function: Function, pairs: PairTable) -> Iterator[Gathered]:
    """What the function stores in arrays whose elements it puts, one for each step that stores."""
    steps = flow.steps
    mine = {variable.name for variable in function.locals}
    stores = [
        (number, found[1], found[2])
        for number, step in enumerate(steps)
        if step.kind is Kind.STATEMENT and "]" in step.text
        if (found := _STORE.fullmatch(step.text)) and found[1] in mine
    ]
    arrays = {array for _, array, _ in stores}
    if not arrays:
        return
    taken = tuple(takes(flow, function, pairs))
    for put, text, pair in given(flow, pairs):
        array = array_of(flow, put, text)
        if array in arrays:
            for number, target, pointer in stores:
                if target == array:
                    take = _take(flow, number, pointer, pair, taken)
                    call = steps[put].text
                    yield Gathered(pair, array, pointer, number, put, call, take)


def array_of(flow: Flow, put: int, text: str) -> str:
    """The array of which a put is passed an element; empty where it may be something else."""
    element = _ELEMENT.fullmatch(text)
    if element:
        return element[1]
    name = bare(text)
    if not name.isidentifier():
        return ""
    found = {_loaded(flow.steps[number].text, name) for number in givers(flow, put, name)}
    return found.pop() if len(found) == 1 else ""


def _loaded(text: str, name: str) -> str:
    load = _LOAD.fullmatch(text)
    return load[2] if load and load[1] == name else ""


def givers(flow: Flow, number: int, name: str) -> Iterator[int]:
    """The steps whose value the variable may have at a step; the entry where it may have none."""
    sets = re.compile(rf"(?<![\w.>*]){name} ?=(?!=)|& ?{name}\b(?! ?->)")
    word = re.compile(rf"\b{name}\b")
    before: dict[int, list[int]] = {}
    for at, step in enumerate(flow.steps):
        for following in step.next:
            before.setdefault(following, []).append(at)
    queue, seen = [number], {number}
    while queue:
        for at in before.get(queue.pop(), ()):
            step = flow.steps[at]
            is_loop = step.kind is Kind.CHOICE and bool(step.body)
            if sets.search(step.text) or (is_loop and word.search(step.text)):
                yield at
            elif at not in seen:
                seen.add(at)
                queue.append(at)
    if flow.entry in seen:
        yield flow.entry


def _take(
    flow: Flow, stored: int, pointer: str, pair: Pair, taken: tuple[Take, ...]
) -> Take | None:
    """The getter that is called on the pointer that is stored, in the same round or at all."""
    text = flow.steps[stored].text
    for take in taken:
        is_same = take.pair.object == pair.object and pointer in take.names
        if is_same or (take.step == stored and f"{take.getter.name}(" in text):
            return take
    return None


def is_walked(flow: Flow, number: int, pointer: str) -> bool:
    """Whether the variable at a step is the entry of a list that the function walks and leaves as it is."""
    steps = [flow.steps[at] for at in givers(flow, number, pointer)]
    heads = [_WALKED.fullmatch(step.text) for step in steps if step.kind is Kind.CHOICE]
    found = [head for head in heads if head is not None and head[1] == pointer]
    return bool(steps) and len(found) == len(steps)
