"""Late puts: what a reference is read from when the object that holds it is gone already.

Law: a put is late only where a path leads from the call that ended the object to it and no statement on the
way may have given the pointer another value. Must not know rules.
"""

import re
from collections.abc import Collection, Iterator
from itertools import accumulate

from msgspec import Struct

from reviewbot.cmodel.afterwards import following, plain, straight
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.flow import Flow, Kind, Step
from reviewbot.cmodel.frees import Statement, dropped, freed, handed_back, statement
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.outline import Function

_MEMBER = re.compile(r"\w+\Z")
_INNER = re.compile(r"\b(\w+)\(([^()]*)\)")


class Late(Struct, frozen=True):
    """A put that reads from an object after its end.

    `path` is the pointer to the object, `end` the call after which it is gone, on line `ended`;
    `argument` is what is put on `line`. `sure` is False where only a callback may have freed the object.
    """

    path: str
    end: str
    put: str
    argument: str
    ended: int
    line: int
    sure: bool

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells one from another, whatever the lines."""
        return self.path, self.end, self.put, self.argument


class Seen(Struct, frozen=True):
    """One side of a function, and its flow where it can be read."""

    image: Image
    function: Function
    flow: Flow | None


def introduced(
    change: FunctionChange, putters: Collection[str], enders: Collection[str] = ()
) -> Iterator[Late]:
    """The late calls of `putters` that the change brings in.

    Objects end where they are freed; with `enders`, also where such a call puts a reference on them or
    a callback of theirs may free them.
    """
    source = change.source
    found = list(_late(Seen(source.new, change.new, change.flow), putters, enders))
    if not found:
        return
    before: set[tuple[str, str, str, str]] = set()
    if change.old is not None:
        old = Seen(source.old, change.old, change.old_flow)
        before = {late.key for late in _late(old, putters, enders)}
    for late in found:
        lines = [source.added[n] for n in (late.line, late.ended) if n in source.added]
        is_moved = change.old is None and all(map(source.is_moved, lines))
        if lines and late.key not in before and not is_moved:
            yield late


def place(change: FunctionChange, late: Late) -> int:
    """The added line to speak under: that of the put, else that of the end."""
    return late.line if late.line in change.source.added else late.ended


def _late(seen: Seen, putters: Collection[str], enders: Collection[str]) -> Iterator[Late]:
    for number, step in _statements(seen):
        call = statement(step.text)
        if call is None:
            continue
        path = freed(call) or dropped(call, enders)
        back = handed_back(call) if enders and not path and not _is_close(seen, call) else ""
        if path or back:
            steps = list(_steps(seen, number, step, path or back))
            if path or not _is_freed(steps, back):
                for put, argument, line in _reads(steps, path or back, putters):
                    yield Late(path or back, call.name, put, argument, step.line, line, bool(path))


def _is_close(seen: Seen, call: Statement) -> bool:
    """Whether the callback may be the other half of an open() in the function, and so frees nothing."""
    if not seen.function.whole:
        return True
    opened = f"{_MEMBER.sub('', call.name)}open("
    lines = range(seen.function.first, seen.function.last + 1)
    return any(opened in seen.image.code(line) for line in lines)


def _is_freed(steps: list[Step], path: str) -> bool:
    calls = (statement(step.text) for step in steps)
    return any(call is not None and freed(call) == path for call in calls)


def _reads(
    steps: list[Step], path: str, putters: Collection[str]
) -> Iterator[tuple[str, str, int]]:
    """The calls of `putters` on something read through the pointer: name, argument, line."""
    for step in steps:
        for name, argument in _INNER.findall(step.text):
            if name in putters and argument.lstrip("& ").startswith(f"{path}->"):
                yield name, argument, step.line


def _statements(seen: Seen) -> Iterator[tuple[int, Step]]:
    """The statements of the function, with their numbers in the flow where there is one."""
    if seen.flow is not None:
        steps = enumerate(seen.flow.steps)
        yield from ((number, step) for number, step in steps if step.kind is Kind.STATEMENT)
    else:
        lines = range(seen.function.first, seen.function.last + 1)
        found = (plain(seen.image, line) for line in lines)
        yield from ((0, step) for step in found if step is not None)


def _steps(seen: Seen, number: int, step: Step, path: str) -> Iterator[Step]:
    """What follows a statement for as long as the path surely points to the same object."""
    changed = _changed(path)
    root = re.compile(rf"\b{re.split(r'->|[.]', path)[0]}\b")

    def is_end(later: Step) -> bool:
        is_loop = later.kind is Kind.CHOICE and bool(later.body)
        return bool((root if is_loop else changed).search(later.text))

    if seen.flow is not None:
        yield from following(seen.flow, number, is_end)
        return
    for later in straight(seen.image, step.line, seen.function.last):
        yield later
        if is_end(later):
            return


def _changed(path: str) -> re.Pattern[str]:
    """What a statement looks like that may give the pointer, or one on the way to it, another value."""
    prefixes = accumulate(re.findall(r"(?:^|->|[.])\w+", path))
    either = f"(?:{'|'.join(map(re.escape, prefixes))})"
    return re.compile(
        rf"(?<![\w.>]){either} ?(?:[-+]?=(?!=)|\+\+|--)|(?:\+\+|--|&) ?{either}(?!\w|->|[.(])"
    )
