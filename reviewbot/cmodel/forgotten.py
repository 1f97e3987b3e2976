"""Forgotten references: kept in a field by one function of a file, and given back by none.

Law: only a file that is wholly seen is judged. Must not know rules.
"""

from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.additions import adds, adds_cleanup
from reviewbot.cmodel.change import FunctionChange, SourceChange
from reviewbot.cmodel.excuses import is_excused
from reviewbot.cmodel.keeps import Kept, given
from reviewbot.cmodel.outline import Outline
from reviewbot.cmodel.pairs import Pair, PairTable
from reviewbot.cmodel.publish import PRIVATE, opened, released
from reviewbot.cmodel.unanswered import kept_by_files, ungiven
from reviewbot.model.diff import Side, Sign


class Forgotten(Struct, frozen=True):
    """The line of a removed put or of a new release callback, the missing putter, and the get.

    `cleared` as in `Ungiven`. `sure` is False where the put was called superfluous, or where a call may do
    its work.
    """

    line: int
    side: Side
    put: str
    get: Kept
    sure: bool
    cleared: bool = False


def forgotten(change: SourceChange, pairs: PairTable) -> Iterator[Forgotten]:
    """Removed puts, and new release callbacks without one, that leave a get of the file unanswered."""
    dropped = change.removed_calls(pairs.putters)
    gone = {pair.object for call in dropped for pair in pairs.by_putter[call.name]}
    is_opened = change.mentions((PRIVATE,), Sign.ADDED)
    if not (gone or is_opened) or not (change.old.whole and change.new.whole):
        return
    text = "\n".join(line for stretch in change.new.stretches for line in stretch.lines)
    for pair in pairs.pairs:
        if pair.object in gone and not adds(change, pair.put):
            yield from _removed(pair, pairs, change)
        elif is_opened and any(getter.name in text for getter in pair.get):
            yield from _added(pair, pairs, change)


def _removed(pair: Pair, pairs: PairTable, change: SourceChange) -> Iterator[Forgotten]:
    sure = not (is_excused(change.patch) or adds_cleanup(change))
    puts = (put for put in given(pair, change.old.outline) if put.call.line in change.removed)
    for found in filter(None, (ungiven(put, pair, pairs.words, change) for put in puts)):
        put = found.put.call
        yield Forgotten(put.line, Side.OLD, put.name, found.get, sure, found.cleared)


def _added(pair: Pair, pairs: PairTable, change: SourceChange) -> Iterator[Forgotten]:
    """New release callbacks of files whose opening keeps a reference that nothing gives back."""
    outline = change.new.outline
    for function in change.functions:
        fops = released(function.new, outline) if function.is_new else ""
        kept = kept_by_files(fops, pair, outline) if fops and not adds(change, pair.put) else None
        unseen = _unseen(function, outline)
        if kept is None or kept.function.name == function.new.name:
            continue
        if not any(pairs.words.may_release(name) for name in unseen):
            sure = all(map(pairs.words.frees, unseen))
            yield Forgotten(function.new.first, Side.NEW, pair.put[0], kept, sure)


def _unseen(change: FunctionChange, outline: Outline) -> frozenset[str]:
    """The calls of a callback that are handed the private data, of functions out of sight."""
    data = {file.variable for file in opened(change.new, outline)}
    return frozenset(
        call.name
        for call in outline.calls_between(change.new.first, change.new.last)
        if not data.isdisjoint(call.args) and outline.function(call.name) is None
    )
