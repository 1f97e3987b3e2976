"""Live: which variables a later condition, exit or put of a function may still ask for.

Law: leaving out what is not live changes no answer; it only keeps a search of paths small. Must not know
resources.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from reviewbot.cmodel.flow import Flow, Kind, Step

_NAME = re.compile(r"[A-Za-z_]\w*")


def live(flow: Flow) -> tuple[frozenset[str], ...]:
    """For each step the identifiers that steps from it on may ask for."""
    asked = [_asked(step) for step in flow.steps]
    before: dict[int, list[int]] = {}
    for number, step in enumerate(flow.steps):
        for following in step.next:
            before.setdefault(following, []).append(number)
    numbers: dict[str, int] = {}
    for words in asked:
        for word in words:
            numbers.setdefault(word, len(numbers))
    bits = [sum(1 << numbers[word] for word in words) for words in asked]
    queue = list(range(len(bits)))
    while queue:
        number = queue.pop()
        for earlier in before.get(number, ()):
            both = bits[earlier] | bits[number]
            if both != bits[earlier]:
                bits[earlier] = both
                queue.append(earlier)
    names = tuple(numbers)
    seen: dict[int, frozenset[str]] = {}
    for mask in bits:
        if mask not in seen:
            seen[mask] = frozenset(name for place, name in enumerate(names) if mask >> place & 1)
    return tuple(seen[mask] for mask in bits)


def _asked(step: Step) -> frozenset[str]:
    """The identifiers whose value matters to a step."""
    if step.kind in (Kind.BRANCH, Kind.EXIT) or (step.kind is Kind.STATEMENT and "=" in step.text):
        return frozenset(_NAME.findall(step.text))
    return frozenset()


def pruned(known: Mapping[str, bool], words: frozenset[str]) -> tuple[tuple[str, bool], ...]:
    """What is known, in order, without that which is about nothing that is live."""
    return _pruned(tuple(known.items()), words) if known else ()


@lru_cache(maxsize=1 << 14)
def _pruned(
    known: tuple[tuple[str, bool], ...], words: frozenset[str]
) -> tuple[tuple[str, bool], ...]:
    # The paths of one function ask the same again and again.
    return tuple(sorted(one for one in known if not words.isdisjoint(_names(one[0]))))


@lru_cache(maxsize=1 << 12)
def _names(key: str) -> tuple[str, ...]:
    """The identifiers in a condition."""
    return tuple(_NAME.findall(key))
