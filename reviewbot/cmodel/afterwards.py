"""Afterwards: what can follow a step of a flow, and what surely follows a line that is seen only in part.

Law: a step is given only where a path leads to it that nothing known contradicts; beyond the bound, or behind
what was not understood, nothing is given. Must not know resources or rules.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator

from reviewbot.cmodel.flow import Flow, Kind, Step
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.known import after, after_loop, known_at, learnt

_MOST_STATES = 2_000

# A statement of one line that neither leaves the line nor opens or closes a block.
_PLAIN = re.compile(
    r"\s*+(?!(?:return|goto|break|continue|case|default|else|do|while|for|switch|if)\b|\w+\s*:(?!:)|#)"
    r"([^;{}]*[^;{}\s])\s*;\s*"
)
_CLOSED = (";", "{", "}")


def following(flow: Flow, start: int, is_end: Callable[[Step], bool]) -> Iterator[Step]:
    """The steps that can follow step `start`, nearer ones first; none behind one that `is_end`."""
    known = known_at(flow, start)
    if known is None:
        return
    queue = deque([(start, known)])
    states: set[tuple[int, frozenset[tuple[str, bool]]]] = set()
    given: set[int] = set()
    while queue and len(states) < _MOST_STATES:
        number, known = queue.popleft()
        for target, left in _next(flow.steps[number], known):
            state = (target, frozenset(left.items()))
            if state in states:
                continue
            states.add(state)
            step = flow.steps[target]
            if step.kind is not Kind.UNKNOWN and target not in given:
                given.add(target)
                yield step
            if step.kind is not Kind.UNKNOWN and not is_end(step):
                queue.append((target, left))


def _next(step: Step, known: dict[str, bool]) -> Iterator[tuple[int, dict[str, bool]]]:
    """The numbers of the steps that may be next, with what is known there."""
    for place, target in enumerate(step.next):
        if step.kind is Kind.BRANCH:
            left = learnt(step, place, known)
        elif step.kind is Kind.CHOICE and step.body:
            left = after_loop(known, step.text)
        else:
            left = after(known, step.text)
        if left is not None:
            yield target, left


def straight(image: Image, line: int, last: int) -> Iterator[Step]:
    """The statements that surely follow the one on `line`, for a function that is not seen whole.

    It ends with the block, with a statement of several lines, with a line that is not seen and with
    anything that may lead elsewhere. None where the statement may hang on a condition above it.
    """
    above = next(filter(None, (image.code(n).strip() for n in range(line - 1, line - 4, -1))), "")
    if not above.endswith(_CLOSED):
        return
    for number in range(line + 1, last + 1):
        found = plain(image, number)
        if found is not None:
            yield found
        elif image.code(number).strip():
            return


def plain(image: Image, line: int) -> Step | None:
    """The line as a step, where it is one statement that leads to the next line."""
    found = _PLAIN.fullmatch(image.code(line))
    return Step(Kind.STATEMENT, " ".join(found[1].split()), line) if found else None
