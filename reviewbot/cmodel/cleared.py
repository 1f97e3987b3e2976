"""Cleared: where an lvalue is set to NULL and the very same lvalue is released with no other value in between.

Law: the release is reached only past the assignment, and nothing on the way may store in the lvalue; a label,
something unreadable or an unknown call ends the search. Must not know diffs or rules.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from msgspec import Struct

from reviewbot.cmodel.blocks import Kind, Statement, blocks, every
from reviewbot.cmodel.flow import Flow, Step
from reviewbot.cmodel.flow import Kind as StepKind
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.lvalues import LVALUE, arguments, assigns, calls, is_variable, may_store, root
from reviewbot.cmodel.outline import Function

# No function of Linux 6.12 clears more of what it releases; how many statements behind that are looked at.
_MOST_NULLS = 50
_FAR = 200

_NAME = re.compile(r"[A-Za-z_]\w*")
_NULL = re.compile(
    rf"({LVALUE}) ?= ?NULL|(?:WRITE_ONCE|rcu_assign_pointer|RCU_INIT_POINTER) ?\( ?({LVALUE}), ?NULL ?\)"
)
# Calls that free memory or drop a reference, whatever the pair table says; the others copy a value.
_RELEASE = re.compile(r"k?[vz]?free(?:_sensitive)?|\w+_(?:put|free|unref)|(?:put|free)_\w+")
_COPY = re.compile(r"put_(?:user|unaligned|cmsg|compat)\w*|\w*_put_(?:user|unaligned)\w*")
_MEMORY = re.compile(r"(?:^|_)k?[vz]?free(?:_|$)|kmem_cache_free")


class Cleared(Struct, frozen=True):
    """An lvalue set to NULL on one line and passed to `release` on another."""

    lvalue: str
    release: str
    line: int
    released: int

    @property
    def is_memory(self) -> bool:
        """Whether the release frees memory, by its name."""
        return bool(_MEMORY.search(self.release))


class _Search(Struct, frozen=True):
    """What is looked for: the release of one lvalue, by one of the names or whatever releases."""

    lvalue: str
    is_variable: bool
    names: Collection[str]

    def release(self, text: str) -> str:
        """The name of the call that releases the lvalue in a statement, or an empty string."""
        return dict(_released(text, self.names)).get(self.lvalue, "") if "(" in text else ""

    def is_given(self, text: str) -> bool:
        """Whether a variable has just been given away, so that clearing it is no loss."""
        given = rf"(?:[(,] ?|= ?){re.escape(self.lvalue)} ?(?:[,)]|$)"
        return self.is_variable and (not text or bool(re.search(given, text)))

    def ends(self, text: str, *, is_loop: bool = False) -> bool:
        """Whether the lvalue may have another value after a statement, or the head of a loop."""
        if assigns(text, self.lvalue) or (not self.is_variable and may_store(text)):
            return True
        return is_loop and root(self.lvalue) in _NAME.findall(text)

    def is_ended_by(self, step: Step) -> bool:
        """Whether the lvalue may have another value after a step of a flow."""
        is_loop = step.kind is StepKind.CHOICE and bool(step.body)
        return step.kind is StepKind.UNKNOWN or self.ends(step.text, is_loop=is_loop)


def cleared(
    image: Image, function: Function, flow: Flow | None, names: Collection[str]
) -> tuple[Cleared, ...]:
    """What the function clears before it releases it; `names` are calls that release an argument.

    Where there is a flow, ways over labels count too.
    """
    found = {(one.line, one.released): one for one in _in_blocks(image, function, names)}
    if flow is not None:
        found |= {(one.line, one.released): one for one in _on_paths(flow, function, names)}
    return tuple(found[key] for key in sorted(found))


def nulled(text: str) -> str:
    """The lvalue a statement sets to NULL, or an empty string."""
    found = _NULL.fullmatch(text)
    return (found[1] or found[2]) if found else ""


def _released(text: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """What a statement may release, and the name of the call."""
    for name in calls(text):
        given = arguments(text, name)
        if name in names or name == "kmem_cache_free":
            yield from ((one, name) for one in given)
        elif len(given) == 1 and _RELEASE.fullmatch(name) and not _COPY.fullmatch(name):
            yield given[0], name


def _in_blocks(image: Image, function: Function, names: Collection[str]) -> Iterator[Cleared]:
    read = blocks(image, function)
    texts = (one.text for top in read for one in top.walk() if "(" in one.text)
    released = {lvalue for text in texts for lvalue, _ in _released(text, names)}
    for block, place in islice(_nulls(read, released), _MOST_NULLS):
        statement, lvalue = block[place], nulled(block[place].text)
        search = _Search(lvalue, is_variable(lvalue, function), names)
        if place and search.is_given(block[place - 1].text):
            continue
        found = _followed(block[place + 1 : place + _FAR], search)
        if found is not None:
            yield Cleared(lvalue, search.release(found.text), statement.line, found.line)


def _nulls(
    read: Sequence[Statement], lvalues: Collection[str]
) -> Iterator[tuple[Sequence[Statement], int]]:
    """Where one of the lvalues is set to NULL: the block and the place in it."""
    for block in every(read):
        for place, statement in enumerate(block):
            if statement.kind is Kind.PLAIN and nulled(statement.text) in lvalues:
                yield block, place


def _followed(block: Sequence[Statement], search: _Search) -> Statement | None:
    """The first statement that releases the lvalue, with nothing before it that may store in it."""
    for statement in block:
        is_loop = statement.kind is Kind.LOOP
        if statement.kind in (Kind.LABEL, Kind.UNKNOWN):
            return None
        if search.release(statement.text):
            return statement
        if search.ends(statement.text, is_loop=is_loop):
            return None
        changes = any(
            search.ends(inner.text, is_loop=inner.kind is Kind.LOOP) for inner in statement.walk()
        )
        if statement.kind in (Kind.IF, Kind.BLOCK) or (is_loop and not changes):
            for inside in statement.blocks:
                if (found := _followed(inside, search)) is not None:
                    return found
        if changes or statement.kind is Kind.JUMP:
            return None
    return None


def _on_paths(flow: Flow, function: Function, names: Collection[str]) -> Iterator[Cleared]:
    places: dict[str, list[tuple[int, str]]] = {}
    for number, step in enumerate(flow.steps):
        for lvalue, name in _released(step.text, names) if "(" in step.text else ():
            places.setdefault(lvalue, []).append((number, name))
    nulls = ((n, nulled(s.text)) for n, s in enumerate(flow.steps) if s.kind is StepKind.STATEMENT)
    for number, lvalue in islice(((n, text) for n, text in nulls if text in places), _MOST_NULLS):
        search = _Search(lvalue, is_variable(lvalue, function), names)
        yield from _behind(flow, number, search, places[lvalue])


def _behind(
    flow: Flow, number: int, search: _Search, places: Sequence[tuple[int, str]]
) -> Iterator[Cleared]:
    """The releases that are only reached past one step, with nothing stored on any way between."""
    if any(search.is_given(step.text) for step in flow.steps if number in step.next):
        return
    behind = _reached(flow, flow.steps[number].next, number)
    behind_only = behind - _reached(flow, (flow.entry,), number)
    for place, name in places:
        if place in behind_only:
            between = behind & _leading(flow, place, number)
            if not any(search.is_ended_by(flow.steps[other]) for other in between):
                line = flow.steps[number].line
                yield Cleared(search.lvalue, name, line, flow.steps[place].line)


def _reached(flow: Flow, starts: Iterable[int], without: int) -> frozenset[int]:
    """The steps reached from some without passing one; that one is not among them."""
    return _closure([step.next for step in flow.steps], starts, without)


def _leading(flow: Flow, target: int, without: int) -> frozenset[int]:
    """The steps from which the target is reached without passing one, the target if it is on a circle."""
    before: list[list[int]] = [[] for _ in flow.steps]
    for number, step in enumerate(flow.steps):
        for following in step.next:
            before[following].append(number)
    return _closure(before, before[target], without)


def _closure(edges: Sequence[Sequence[int]], starts: Iterable[int], without: int) -> frozenset[int]:
    found: set[int] = set()
    open_ = [start for start in starts if start != without]
    while open_:
        number = open_.pop()
        if number not in found:
            found.add(number)
            open_ += [n for n in edges[number] if n != without and n not in found]
    return frozenset(found)
