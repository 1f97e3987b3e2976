"""What a change does to the `struct file_operations` of a file, as far as their owner goes.

Law: operations lack an owner only where all of their initializer is seen and no macro in it can set one.
Must not know rules, nor what can be a module.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.opened import openers
from reviewbot.cmodel.outline import Initializer
from reviewbot.cmodel.visible import lines
from reviewbot.model.diff import Side, Sign

FOPS = "struct file_operations"
_OWNER = re.compile(r"\b(\w+)\s*+\.\s*+owner\s*+=(?!=)")
_MACRO = re.compile(r"^\s*+(?!KVM_COMPAT)[A-Z][A-Z0-9_]{3,}+\s*+(?:\(.*|,)?\s*$")


class Ownerless(Struct, frozen=True):
    """Published operations without an owner, and the line that shows it: their first, or the removed owner's.

    `user` is the call that publishes them. `closed` is True where nothing out of sight can set an owner.
    """

    fops: Initializer
    line: int
    side: Side
    user: str
    closed: bool


def ownerless(source: SourceChange) -> Iterator[Ownerless]:
    """The published operations of a file that come without an owner, or lose it."""
    if not (source.mentions((FOPS,), Sign.ADDED) or source.mentions(("owner",), Sign.REMOVED)):
        return
    lacking = list(_lacking(source))
    users = openers(source.new.outline) if lacking else {}
    for fops, line, side in lacking:
        if user := users.get(fops.name, ""):
            closed = source.new.whole or (fops.const and user != "cdev_init")
            yield Ownerless(fops, line, side, user, closed)


def _lacking(source: SourceChange) -> Iterator[tuple[Initializer, int, Side]]:
    loses = source.mentions(("owner",), Sign.REMOVED)
    old = source.old.outline.initializers if loses else ()
    before = {i.name: i for i in old if i.type == FOPS}
    for fops in source.new.outline.initializers:
        if fops.type != FOPS or not fops.whole or fops.field("owner"):
            continue
        lost = before[fops.name].field("owner") if fops.name in before else None
        if lost is not None and lost.line in source.removed:
            yield fops, lost.line, Side.OLD
        elif _is_new(fops, source):
            yield fops, fops.first, Side.NEW


def _is_new(fops: Initializer, source: SourceChange) -> bool:
    """Whether every line is added, some field is not just moved, and no macro can set the owner."""
    inside = range(fops.first, fops.last + 1)
    if not all(number in source.added for number in inside):
        return False
    kept = all(source.is_moved(source.added[field.line]) for field in fops.fields)
    return not kept and not any(_MACRO.match(source.added[number].text) for number in inside)


def owned_later(change: SeriesChange) -> frozenset[str]:
    """The operations whose owner some line of the series sets at run time, by name."""
    matches = (_OWNER.search(line) for source in change.sources for _, line in lines(source.new))
    return frozenset(match[1] for match in matches if match)
