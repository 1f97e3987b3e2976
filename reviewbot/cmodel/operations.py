"""What a change does to the `struct file_operations` of a file, as far as their owner goes.

Law: operations lack an owner only where all of their initializer is seen and no macro in it can set one.
Must not know rules, nor what can be a module.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.opened import is_held_otherwise, openers
from reviewbot.cmodel.outline import Initializer
from reviewbot.cmodel.visible import lines
from reviewbot.model.diff import Side, Sign

FOPS = "struct file_operations"
_OWNER = re.compile(r"\b(\w+)\s*+\.\s*+owner\s*+=(?!=)")
_SETS_OWNER = re.compile(r"(?:->|\.)\s*+owner\s*+=(?!=)")
_MACRO = re.compile(r"^\s*+(?!KVM_COMPAT)[A-Z][A-Z0-9_]{3,}+\s*+(?:\(.*|,)?\s*$")
_OWNER_WORD = re.compile(r"\bowner\b")
# A series that takes owners away in more files than this does so on purpose.
_SWEPT = 2
_NOT_OPENED = re.compile(r"debug|dbg|proc_|_proc|trace", re.IGNORECASE)


class Ownerless(Struct, frozen=True):
    """Operations without an owner, and the line that shows it: their first, or the removed owner's.

    `user` is the call that publishes them, empty where it is not seen. `closed` is True where nothing
    out of sight can set an owner.
    """

    fops: Initializer
    line: int
    side: Side
    user: str
    closed: bool


def ownerless(source: SourceChange) -> Iterator[Ownerless]:
    """The operations of a file that are published without an owner, or lose the one they had."""
    if not (source.mentions((FOPS,), Sign.ADDED) or source.mentions(("owner",), Sign.REMOVED)):
        return
    for fops, line, side in _lacking(source):
        user = openers(source.new.outline).get(fops.name, "")
        if user or (side is Side.OLD and not _is_held(fops, source)):
            # What is new is named nowhere yet but in the series.
            is_ours = fops.const or side is Side.NEW
            sure = is_ours and user != "cdev_init"
            yield Ownerless(fops, line, side, user, source.new.whole or sure)


def _is_held(fops: Initializer, source: SourceChange) -> bool:
    """Whether something shows, or suggests where the rest is not seen, that no owner was needed."""
    if is_held_otherwise(fops.name, source.new.outline):
        return True
    return not source.new.whole and bool(_NOT_OPENED.search(f"{source.path} {fops.name}"))


def _lacking(source: SourceChange) -> Iterator[tuple[Initializer, int, Side]]:
    lost = dict(_lost(source)) if source.mentions(("owner",), Sign.REMOVED) else {}
    for fops in source.new.outline.initializers:
        if fops.type != FOPS or fops.field("owner"):
            continue
        if fops.name in lost:
            yield fops, lost[fops.name], Side.OLD
        elif fops.whole and _is_new(fops, source):
            yield fops, fops.first, Side.NEW


def _lost(source: SourceChange) -> Iterator[tuple[str, int]]:
    """The operations whose owner is on a removed line, with the line; no other value may come instead."""
    added = (line.text for line in source.lines(Sign.ADDED))
    if not source.new.whole and any(_SETS_OWNER.search(text) for text in added):
        return
    for fops in source.old.outline.initializers:
        owner = fops.field("owner") if fops.type == FOPS else None
        line = source.removed.get(owner.line) if owner and owner.value != "NULL" else None
        if line is not None and not source.is_moved(line):
            yield fops.name, line.old


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


def is_swept(change: SeriesChange) -> bool:
    """Whether the series takes owners away on purpose: in several files, with words, or for another place.

    Such a series has been thought about: the core may set the owner, or hold the module otherwise.
    """
    removing = (s for s in change.sources if s.mentions(("owner",), Sign.REMOVED))
    losing = {source.path for source in removing if any(True for _ in _lost(source))}
    messages = (p.patch.message.body.partition("\ndiff --git")[0] for p in change.patches)
    added = (line.text for source in change.sources for line in source.lines(Sign.ADDED))
    return (
        len(losing) > _SWEPT
        or any(_OWNER_WORD.search(text) for text in messages)
        or any(_SETS_OWNER.search(text) for text in added)
    )
