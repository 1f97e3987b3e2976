"""Module references in a file as a whole: which are taken in it, which are given back.

Law: two calls are about the same owner only where it is spelled alike and reached from the same type; the
balance is of the file, not of a path. Must not know rules.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.outline import Call, Outline
from reviewbot.model.diff import FileKind

GETTERS = ("try_module_get", "__module_get")
PUTTER = "module_put"
SELF = "THIS_MODULE"
_TAKES = re.compile(r"(?:^|_|>)(?:get|hold|grab|pin|ref|take|acquire|lock)(?:_|$)")


class Unmatched(Struct, frozen=True):
    """A put of an owner that the file does not take, or takes less often than before.

    `taken` is the removed call that took it, None where the file is new. `others` says whether another
    call of the file still takes such an owner.
    """

    put: Call
    taken: Call | None
    others: bool = False


def unmatched(source: SourceChange, change: SeriesChange) -> Iterator[Unmatched]:
    """What the patch leaves without its counterpart in a file that is seen whole.

    Nothing where the series takes a module reference anywhere: it may be the one.
    """
    mentioned = any(name in source.text for name in (*GETTERS, PUTTER))
    if not mentioned or not source.new.whole or _takes_elsewhere(change):
        return
    if source.file.kind is FileKind.ADDED:
        yield from _never_taken(source, change)
    else:
        yield from _no_longer_taken(source)


def _takes_elsewhere(change: SeriesChange) -> bool:
    return any(
        not source.is_moved(source.added[call.line])
        for source in change.sources
        if source.file.kind is not FileKind.ADDED
        for call in source.added_calls(GETTERS)
    )


def _never_taken(source: SourceChange, change: SeriesChange) -> Iterator[Unmatched]:
    """The first put of the own module in a new file, where nothing of the series takes it."""
    outline = source.new.outline
    put = next((c for c in outline.calls_of((PUTTER,)) if c.args == (SELF,)), None)
    texts = (other.text for other in change.sources)
    if put is not None and not any(name in text for text in texts for name in GETTERS):
        yield Unmatched(put, None)


def _no_longer_taken(source: SourceChange) -> Iterator[Unmatched]:
    """For each removed call that took an owner: a put of it that stays."""
    gone = [c for c in source.removed_calls(GETTERS) if not source.is_moved(source.removed[c.line])]
    if not gone or any(True for _ in source.removed_calls((PUTTER,))):
        return
    outline = source.new.outline
    taken = [key(call, outline) for call in outline.calls_of(GETTERS)]
    for call in gone:
        owner = key(call, source.old.outline)
        puts = [c for c in outline.calls_of((PUTTER,)) if owner and key(c, outline) == owner]
        if puts and not _is_replaced(call, source):
            partner = max(puts, key=lambda put: _shared(put.function, call.function))
            yield Unmatched(partner, call, owner in taken)


def _is_replaced(taken: Call, source: SourceChange) -> bool:
    """Whether the function has a new call whose name says that it takes something."""
    calls = (c for c in source.new.outline.calls if c.line in source.added)
    return any(c.function == taken.function and _TAKES.search(c.name) for c in calls)


def _shared(one: str, other: str) -> int:
    """How many words two names of functions have in common."""
    return len({*one.split("_")} & {*other.split("_")})


def key(call: Call, outline: Outline) -> str:
    """The owner a call is about: its spelling, with the type of the variable it is reached from."""
    owner = call.args[0] if call.args else ""
    name, arrow, rest = owner.partition("->")
    function = outline.function(call.function) if arrow else None
    kind = function.type_of(name) if function else ""
    return f"{kind or name}->{rest}" if arrow else owner
