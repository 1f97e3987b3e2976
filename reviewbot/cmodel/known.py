"""Known: what is certain on a path: the outcome of conditions, the value of a constant just assigned.

Law: what a statement may have changed is forgotten; nothing is known that some path to the place denies. Must
not know resources.
"""

import re
from collections import deque
from collections.abc import Mapping

from reviewbot.cmodel.brackets import pieces
from reviewbot.cmodel.conditions import assigned, atom, decided, forgotten
from reviewbot.cmodel.flow import Flow, Kind, Step

_MOST_ROUNDS = 20_000

_PATH = r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*"
SET = re.compile(rf"(?:[\w\s*]*?[\s*])??({_PATH}) ?=(?!=) ?(.+)")
_CHANGED = re.compile(
    rf"({_PATH})(?:\[[^\]]*\])? ?(?:[-+*/%|&^]|<<|>>)?=(?!=)|(?:\+\+|--) ?({_PATH})"
    rf"|({_PATH}) ?(?:\+\+|--)|(?<![&\w)]) ?& ?({_PATH})"
)


def after(known: Mapping[str, bool], text: str) -> dict[str, bool]:
    """What is known after a statement."""
    changed = [name for found in _CHANGED.finditer(text) for name in found.groups() if name]
    left = forgotten(known, iter(changed)) if changed and known else dict(known)
    if "=" not in text:
        return left
    for piece in pieces(text):
        found = SET.fullmatch(piece)
        if found and not re.search(rf"\b{re.escape(found[1])}\b", found[2]):
            before = {**left}
            assigned(before, found[1], found[2].strip())
            left = before
    return left


def after_loop(known: Mapping[str, bool], text: str) -> dict[str, bool]:
    """What is known after the head of a loop macro, which may set any of its arguments."""
    words = re.findall(r"[A-Za-z_]\w*", text)
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
    """What is known behind a branch that goes to `next[place]`; None where it surely does not."""
    condition = atom(step.text)
    value = condition.value == (place == 0)
    if decided(condition.key, known) is (not value):
        return None
    return {**after(known, step.text), condition.key: value}


def _over(step: Step, place: int, known: Mapping[str, bool]) -> dict[str, bool] | None:
    if step.kind is Kind.BRANCH:
        return learnt(step, place, known)
    is_loop = step.kind is Kind.CHOICE and step.body
    return after_loop(known, step.text) if is_loop else after(known, step.text)
