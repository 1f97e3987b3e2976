"""Whether somebody takes a reference on a pointer that a function publishes, as far as one image shows.

Law: a reference is taken by a known getter, or by an unseen call that is handed the pointer and whose name
says that it holds; doubt counts as taken. Must not know what is pointed at, diffs or rules.
"""

import re
from collections.abc import Collection

from reviewbot.cmodel.borrowed import bare, root, values
from reviewbot.cmodel.outline import Function, Outline
from reviewbot.cmodel.roles import callers, calls_in

_HOLD = re.compile(r"(?:^|_)(?:get|hold|grab|pin|ref|take)(?:_(?:ref|kvm|vm|file|safe)\w*)?$")


def holds(name: str) -> bool:
    """Whether a function by its name takes a reference on what it is given."""
    return _HOLD.search(name) is not None


def is_taken(pointer: str, function: Function, outline: Outline, getters: Collection[str]) -> bool:
    """Whether the function, what it calls, or a visible caller may take a reference."""
    names = {pointer, root(pointer), *values(pointer, function, outline)}
    taking = {call.function for call in outline.calls_of(getters)}
    for call in calls_in(function, outline):
        given = {bare(argument) for argument in call.args}
        if call.name in getters or call.name in taking or (holds(call.name) and names & given):
            return True
    return not taking.isdisjoint(callers(function, outline))
