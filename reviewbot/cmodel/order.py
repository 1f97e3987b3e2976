"""Order: which steps of a flow can come after which, and what a step calls.

Law: what can follow is what the edges allow, whatever is known on them; a call is found by its form in the
text of a step. Must not know resources or rules.
"""

import re
from collections.abc import Collection, Iterator

from msgspec import Struct

from reviewbot.cmodel.brackets import closing, pieces
from reviewbot.cmodel.flow import Flow

_HEAD = re.compile(r"(?<![\w.>])([A-Za-z_]\w*) ?\(")
_TARGET = re.compile(r"([A-Za-z_]\w*(?:(?:->|\.)\w+)*) ?=(?!=) ?\(*$")


class Called(Struct, frozen=True, gc=False):
    """A call in a step: the step's number, the name, the arguments, what the result is assigned to."""

    step: int
    name: str
    args: tuple[str, ...]
    target: str = ""


def called(flow: Flow, names: Collection[str]) -> Iterator[Called]:
    """The calls of `names` in a flow, in order of its steps."""
    for number, step in enumerate(flow.steps):
        if any(name in step.text for name in names):
            yield from (c for c in calls_in(number, step.text) if c.name in names)


def calls_in(number: int, text: str) -> Iterator[Called]:
    """The calls in the text of a step."""
    for found in _HEAD.finditer(text):
        end = closing(text, found.end() - 1)
        if end > 0:
            target = _TARGET.search(text[: found.start()])
            args = tuple(pieces(text[found.end() : end])) if text[found.end() : end].strip() else ()
            yield Called(number, found[1], args, target[1] if target else "")


def reached(flow: Flow, start: int) -> frozenset[int]:
    """The steps that can come after a step; the step itself only where it is in a loop."""
    seen: set[int] = set()
    left = list(flow.steps[start].next)
    while left:
        number = left.pop()
        if number not in seen:
            seen.add(number)
            left += flow.steps[number].next
    return frozenset(seen)
