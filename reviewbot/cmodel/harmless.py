"""Harmless: functions of a file that by their name might keep or give back an object, and by their body do not.

    static void release_locks_of(struct kvm *kvm)          gives back locks, and no VM
    {
            mutex_unlock(&kvm->lock);
            mutex_unlock(&lists_lock);
    }

Law: a function is harmless only where every body under its name is seen whole, stores no parameter, calls
through no pointer, and calls only what no word or pair of the table speaks of. Must not know paths or rules.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.flow import Flow, Kind
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.outline import Function, Outline
from reviewbot.cmodel.pairs import PairTable

_CALL = re.compile(r"([A-Za-z_]\w*) ?\(")
_NAME = re.compile(r"[A-Za-z_]\w*")
_MOST_LINES = 40


def harmless(flow: Flow, image: Image, pairs: PairTable) -> frozenset[str]:
    """The functions of the file that the flow calls and that do nothing to a count, whatever their name."""
    words = pairs.words
    suspects = (n for n in _called(flow) if words.may_release(n) or words.may_keep(n))
    return frozenset(name for name in suspects if _is_harmless(name, image.outline, pairs))


def _called(flow: Flow) -> frozenset[str]:
    steps = (step for step in flow.steps if step.kind in (Kind.STATEMENT, Kind.BRANCH))
    return frozenset(name for step in steps for name in _CALL.findall(step.text))


def _is_harmless(name: str, outline: Outline, pairs: PairTable) -> bool:
    if name in pairs.calls:
        return False
    bodies = tuple(outline.named(name))
    return bool(bodies) and all(_leaves_alone(body, outline, pairs) for body in bodies)


def _leaves_alone(body: Function, outline: Outline, pairs: PairTable) -> bool:
    """Whether a body neither stores what it is passed nor passes it to anything that may end its count."""
    if not body.whole or body.conditional or body.last - body.first > _MOST_LINES:
        return False
    calls = outline.calls_between(body.first, body.last)
    if not all(_is_quiet(call.name, pairs) for call in calls):
        return False
    names = {parameter.name for parameter in body.parameters}
    return not any(found in names for found in _stored(body, outline))


def _is_quiet(name: str, pairs: PairTable) -> bool:
    words = pairs.words
    is_plain = name.isidentifier() and name not in pairs.calls
    return is_plain and not (
        words.may_release(name) or words.may_keep(name) or words.may_hold(name)
    )


def _stored(body: Function, outline: Outline) -> Iterator[str]:
    """The names in what the body assigns."""
    for one in outline.assignments_between(body.first, body.last):
        yield from _NAME.findall(one.value)
