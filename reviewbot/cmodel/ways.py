"""Ways out: the condition on the path of a leak after which the putter can no longer be reached, in words.

Law: a call is said to fail only where its result is surely an error; otherwise the condition itself is told,
or nothing. Must not know rules.
"""

import re

from msgspec import Struct

from reviewbot.cmodel.conditions import atom
from reviewbot.cmodel.flow import Flow, Kind
from reviewbot.cmodel.known import SET
from reviewbot.cmodel.paths import Leak, releasing

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


def way_out(flow: Flow, leak: Leak) -> WayOut:
    """What leads out on the path of a leak; in a function without a putter, the last condition."""
    reach = releasing(flow, leak.resource)
    for place in range(len(leak.path) - 2, 0, -1):
        step, following = flow.steps[leak.path[place]], leak.path[place + 1]
        others = set(step.next) - {following}
        if step.kind is not Kind.BRANCH or (reach and reach.isdisjoint(others)):
            continue
        is_first = following == step.next[0]
        condition = atom(step.text)
        failed = _failed(flow, leak.path[:place], condition.key, condition.value == is_first)
        told = step.text if is_first and '"' not in step.text else ""
        return WayOut(told, failed, _jump(flow, leak.path[place + 1 :]))
    return WayOut()


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
    name = key.removesuffix("<0").removeprefix("IS_ERR(").removesuffix(")")
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
