"""Known: what is certain on a path: the outcome of conditions, the value of a constant just assigned.

Law: what a statement may have changed is forgotten; nothing is known that some path to the place denies. Must
not know resources.
"""

import re
from collections import deque
from collections.abc import Mapping
from functools import lru_cache

from reviewbot.cmodel.brackets import pieces
from reviewbot.cmodel.conditions import assigned, atom, decided, forgotten
from reviewbot.cmodel.flow import Flow, Kind, Step

_MOST_ROUNDS = 20_000
_MOST_TEXTS = 1 << 13

_PATH = r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*"
_NAME = re.compile(r"[A-Za-z_]\w*")
_ASSEMBLER = re.compile(r"(?:asm|__asm|__asm__|asm_inline)\b")
# An address passed on may be written to, but is the same condition when it is passed again.
_INTO = re.compile(r"&(?!&)")
# Different literals look the same once masked.
_LITERAL = re.compile(r"[\"']")
SET = re.compile(rf"(?:[\w\s*]*?[\s*])??({_PATH}) ?=(?!=) ?(.+)")
_SIGNS = ("=", "++", "--", "&")
_CHANGED = re.compile(
    rf"({_PATH})(?:\[[^\]]*\])? ?(?:[-+*/%|&^]|<<|>>)?=(?!=)|(?:\+\+|--) ?({_PATH})"
    rf"|({_PATH}) ?(?:\+\+|--)|(?<![&\w)]) ?& ?({_PATH})"
)


def after(known: Mapping[str, bool], text: str) -> dict[str, bool]:
    """What is known after a statement; assembler may have changed every name in it."""
    if _ASSEMBLER.match(text):
        return forgotten(known, iter(_NAME.findall(text)))
    changed = _changed(text) if known else ()
    left = forgotten(known, iter(changed)) if changed else dict(known)
    if "=" in text:
        for target, value in _set(text):
            assigned(left, target, value)
    return left


# A walk comes to the same statement again and again, with other things known.
@lru_cache(maxsize=_MOST_TEXTS)
def _changed(text: str) -> tuple[str, ...]:
    """The names that a statement may change; a look at its signs spares most of them the search."""
    if not any(sign in text for sign in _SIGNS):
        return ()
    return tuple(name for found in _CHANGED.finditer(text) for name in found.groups() if name)


@lru_cache(maxsize=_MOST_TEXTS)
def _is_effect(text: str) -> bool:
    """Whether a condition changes something; an address it passes on is none of that."""
    return _CHANGED.search(_INTO.sub("", text)) is not None


@lru_cache(maxsize=_MOST_TEXTS)
def _set(text: str) -> tuple[tuple[str, str], ...]:
    """The lvalues a statement sets to something that does not name them, with what they are set to."""
    found = filter(None, map(SET.fullmatch, pieces(text)))
    return tuple((one[1], one[2].strip()) for one in found if not _names(one[2], one[1]))


def _names(text: str, path: str) -> bool:
    """Whether the path stands in the text."""
    return path in text and re.search(rf"\b{re.escape(path)}\b", text) is not None


def after_loop(known: Mapping[str, bool], text: str) -> dict[str, bool]:
    """What is known after the head of a loop macro, which may set any of its arguments."""
    words = _NAME.findall(text)
    return forgotten(known, iter(words)) if words else dict(known)


def known_at(flow: Flow, target: int) -> dict[str, bool] | None:
    """What is known at a step on every path to it; None beyond the bound."""
    known: dict[int, dict[str, bool]] = {flow.entry: {}}
    queue = deque((flow.entry,))
    for _ in range(_MOST_ROUNDS):
        if not queue:
            return known.get(target, {})
        number = queue.popleft()
        step = flow.steps[number]
        for place, following in enumerate(step.next):
            left = _over(step, place, known[number])
            if left is None:
                continue
            before = known.get(following)
            both = left if before is None else {k: v for k, v in before.items() if left.get(k) is v}
            if both != before:
                known[following] = both
                queue.append(following)
    return None


def learnt(step: Step, place: int, known: Mapping[str, bool]) -> dict[str, bool] | None:
    """What is known behind a branch that goes to `next[place]`; None where it surely does not.

    The condition of a loop that held for one round may not hold for the next, whatever the body does.
    """
    condition = atom(step.text)
    key, again = condition.key, f"{condition.key}@{step.line}"
    value = condition.value == (place == 0)
    if step.repeats and again in known:
        known = {one: held for one, held in known.items() if one not in (key, again)}
    if decided(key, known) is (not value):
        return None
    left = after(known, step.text)
    if _LITERAL.search(key) or _is_effect(step.text):
        return left
    left[key] = value
    if step.repeats and place == 0:
        left[again] = True
    return left


def _over(step: Step, place: int, known: Mapping[str, bool]) -> dict[str, bool] | None:
    if step.kind is Kind.BRANCH:
        return learnt(step, place, known)
    is_loop = step.kind is Kind.CHOICE and step.body
    return after_loop(known, step.text) if is_loop else after(known, step.text)
