"""Ways out: the condition on the path of a leak after which the putter can no longer be reached, in words.

Law: a call is said to fail only where its result is surely an error; otherwise the condition itself is told,
or nothing. Must not know rules.
"""

import re

from msgspec import Struct

from reviewbot.cmodel.conditions import atom, subject
from reviewbot.cmodel.flow import Flow, Kind
from reviewbot.cmodel.known import SET

_CALL = re.compile(r"([A-Za-z_]\w*(?:(?:->|\.)\w+)*) ?\(.*\)")
_RESULT = re.compile(r"r|rc|ret|err|error|res|rv|retval|result|status")
_ALLOCATES = re.compile(r"(?:\w+_)?k?[mzv]*alloc\w*|kstrdup\w*|kasprintf|kmemdup\w*")


class WayOut(Struct, frozen=True):
    """`condition` as it held, empty where that cannot be told in a few words; `failed` the call that failed.

    `goto` is the line of the jump that leads out, 0 where there is none.
    """

    condition: str = ""
    failed: str = ""
    goto: int = 0


def way_out(flow: Flow, path: tuple[int, ...], reach: frozenset[int]) -> WayOut:
    """What leads out on a path from a getter to an exit; in a function without a putter, the last condition.

    `reach` are the steps from which a put can be reached.
    """
    for place in range(len(path) - 2, 0, -1):
        step, following = flow.steps[path[place]], path[place + 1]
        others = set(step.next) - {following}
        if step.kind is not Kind.BRANCH or (reach and reach.isdisjoint(others)):
            continue
        if not reach and not others.isdisjoint(path[place + 1 :]):
            continue  # both its ways lead on to here
        is_first = following == step.next[0]
        condition = atom(step.text)
        failed = _failed(flow, path[:place], condition.key, condition.value == is_first)
        is_whole = is_first and not _is_shared(flow, following, path[0])
        told = step.text if is_whole and '"' not in step.text else ""
        return WayOut(told, failed, _jump(flow, path[place + 1 :]))
    return WayOut()


def _is_shared(flow: Flow, number: int, take: int) -> bool:
    """Whether more than one condition leads to a step, as the parts of an `||` do, other than the getter."""
    branches = (at for at, step in enumerate(flow.steps) if step.kind is Kind.BRANCH)
    return sum(number in flow.steps[at].next for at in branches if at != take) > 1


def _jump(flow: Flow, path: tuple[int, ...]) -> int:
    """The line of the first jump, no further branch being before it; 0 if there is none."""
    for step in (flow.steps[number] for number in path):
        if step.kind is not Kind.STATEMENT:
            return 0
        if step.text.startswith("goto "):
            return step.line
    return 0


def _failed(flow: Flow, path: tuple[int, ...], key: str, holds: bool) -> str:
    """The call whose failure a condition on its result shows; empty where it is not sure."""
    name = subject(key)
    is_error = holds and (name != key or _RESULT.fullmatch(name) is not None)
    called = _caller(flow, path, name)
    return called if is_error or (not holds and _ALLOCATES.fullmatch(called)) else ""


def _caller(flow: Flow, path: tuple[int, ...], name: str) -> str:
    """The call whose result a variable holds at the end of a path."""
    for number in reversed(path):
        found = SET.fullmatch(flow.steps[number].text)
        if found and found[1] == name:
            called = _CALL.fullmatch(found[2])
            return called[1] if called else ""
    return ""
