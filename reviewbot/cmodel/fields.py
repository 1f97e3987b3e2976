"""Fields that hold references: which the functions of a file release, take late, or overwrite.

Law: a field is the type of what it is reached through and its members, never its name alone; where the type is
not seen there is no field. Must not know diffs or rules.
"""

import re
from collections.abc import Collection, Iterator

from msgspec import Struct

from reviewbot.cmodel.borrowed import root, values
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.outline import Assignment, Call, Function, Outline
from reviewbot.cmodel.roles import callers, calls_in

# Type of the variable and the members behind it: `struct foo *`, `->dev.kvm`.
Field = tuple[str, str]

_PATH = re.compile(r"[A-Za-z_]\w*((?:->|\.)\w+)+")
_ALLOCATED = re.compile(r"\w*alloc\w* ?\(")


class Overwritten(Struct, frozen=True):
    """An assignment to a field that another function releases."""

    assignment: Assignment
    field: Field
    releaser: str


def field(text: str, function: Function) -> Field | None:
    """The field an lvalue names; None for a variable, or where its type is not seen."""
    bare = text.replace(" ", "")
    name = root(bare)
    type_ = function.type_of(name)
    if not type_ or not _PATH.fullmatch(bare):
        return None
    return type_, bare[len(name) :]


def uses(image: Image, names: Collection[str]) -> Iterator[tuple[Field, Call]]:
    """The fields the calls of `names` are passed, straight or by a local variable; with the call."""
    outline = image.outline
    for call in outline.calls_of(names):
        function = outline.function_at(call.line)
        if function is not None and call.args:
            for text in (call.args[0], *values(call.args[0], function, outline)):
                found = field(text, function)
                if found is not None:
                    yield found, call


def overwritten(
    image: Image, function: Function, putters: Collection[str]
) -> Iterator[Overwritten]:
    """The assignments to fields that another function releases, where nothing shows that they are empty.

    A mention of the field before, a release, a call of a releaser and an object made here all show it; so
    does a caller that mentions the field.
    """
    outline = image.outline
    released = {found: call.function for found, call in uses(image, putters)}
    if not released or not _called(function, outline).isdisjoint(putters):
        return
    for assignment in outline.assignments:
        found = field(assignment.target, function) if _holds(function, assignment.line) else None
        if found not in released or released[found] == function.name:
            continue
        if not _is_known_empty(assignment, found, image, function, set(released.values())):
            yield Overwritten(assignment, found, released[found])


def _is_known_empty(
    assignment: Assignment, found: Field, image: Image, function: Function, releasers: set[str]
) -> bool:
    outline = image.outline
    made = values(root(assignment.target), function, outline)
    if any(_ALLOCATED.match(value) for value in made):
        return True
    if not releasers.isdisjoint(_called(function, outline)):
        return True
    mention = re.compile(rf"{re.escape(found[1])}\b(?! ?=(?!=))")
    near = (outline.function(name) for name in callers(function, outline))
    before = range(function.first, assignment.line)
    around = (n for caller in near if caller for n in range(caller.first, caller.last + 1))
    return any(mention.search(image.code(number)) for number in (*before, *around))


def _called(function: Function, outline: Outline) -> set[str]:
    return {call.name for call in calls_in(function, outline)}


def _holds(function: Function, line: int) -> bool:
    return function.first <= line <= function.last
