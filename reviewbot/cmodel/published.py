"""Published objects: what a flow makes reachable for user space, step by step.

Law: an object is published with a file at the step that makes the file reachable, not where the file is
made; what the object leads to is only what the function visibly stores in it or reads from it. Must not know
diffs or rules.
"""

from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.borrowed import bare, root, values
from reviewbot.cmodel.flow import Flow
from reviewbot.cmodel.keeps import assignments
from reviewbot.cmodel.opened import ANON_INODE
from reviewbot.cmodel.order import called
from reviewbot.cmodel.outline import Function, Outline
from reviewbot.cmodel.publish import LIVE

_INSTALL = "fd_install"


class Publication(Struct, frozen=True):
    """A step that publishes: its number, the call's name, the lvalues of the file and its private data."""

    step: int
    call: str
    objects: tuple[str, ...]


def publications(flow: Flow, function: Function, outline: Outline) -> Iterator[Publication]:
    """The steps at which a file becomes reachable."""
    for call in called(flow, LIVE):
        if call.name == _INSTALL and len(call.args) == 2:
            file = bare(call.args[1])
            yield Publication(call.step, call.name, (file, *_data(file, function, outline)))
        elif len(call.args) > 2:
            yield Publication(call.step, call.name, (bare(call.args[2]),))


def _data(file: str, function: Function, outline: Outline) -> Iterator[str]:
    """The private data that files of the function are made with."""
    for call in outline.calls_between(function.first, function.last):
        if call.name in ANON_INODE and len(call.args) > 2 and call.target in ("", file):
            yield bare(call.args[2])


def leads_to(publication: Publication, pointer: str, function: Function, outline: Outline) -> bool:
    """Whether who has a published object can come to what the pointer points at, as far as is seen."""
    stored = assignments(function, outline)
    wanted = {pointer, root(pointer), *values(pointer, function, outline)}
    roots = {root(text) for text in publication.objects}
    for text in publication.objects:
        if text == pointer or pointer.startswith(f"{text}->"):
            return True
    return any(
        bare(a.value) in wanted and "->" in a.target and root(a.target) in roots for a in stored
    )
