"""Questioned: the exported symbols of a series whose users have to be looked for in the whole tree.

Those are the symbols it exports, and those of which a file loses its last use. To look for every name that a
series removes would take too long: of the others only those count that symbol_get() looked up, and those whose
export stands in a file of the series.

Law: all of them are known before the tree is asked, so that it is asked once. Must not know rules.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.exports import Exported, macro
from reviewbot.cmodel.outline import Export
from reviewbot.cmodel.surface import surface
from reviewbot.cmodel.uses import is_kernel_source, used
from reviewbot.model.diff import Line, Sign

# Few series export more, or take away the last uses of more; the users of each have to be read.
MOST_NEW = 40
MOST_LOST = 20

_KINDS = (Exported.SYMBOL, Exported.PER_CPU)
_WORD = re.compile(r"[A-Za-z_]\w+")
_LOOKUP = re.compile(r"\b(?:symbol_(?:get|request|put)|__symbol_get)\s*\(\s*\"?(\w+)")


class Removal(Struct, frozen=True):
    """A removed line that used a symbol; `looked_up` by symbol_get()."""

    source: SourceChange
    line: Line
    looked_up: bool


def questioned(change: SeriesChange) -> frozenset[str]:
    """The symbols that the series exports, or of which a file loses its last use."""
    lines = (line for line in surface(change).new if line.kind is not Exported.TRACEPOINT)
    new = dict.fromkeys(line.symbol for line in lines if line.symbol.isidentifier())
    return frozenset((*islice(new, MOST_NEW), *forsaken(change)))


def forsaken(change: SeriesChange) -> Mapping[str, list[Removal]]:
    """The symbols, perhaps exported, that some file of the series no longer uses, with its removed lines."""
    known = surface(change)
    gone = {line.symbol for line in (*known.removed, *known.added)}
    sources = [source for source in change.sources if is_kernel_source(source.path)]
    exported = {e.symbol for source in sources for e in source.new.exports if exports_symbol(e)}
    found: dict[str, list[Removal]] = {}
    for source in sources:
        for line in source.lines(Sign.REMOVED):
            looked_up = set(_LOOKUP.findall(line.text)) if "symbol_" in line.text else set()
            for word in dict.fromkeys(_WORD.findall(line.text)):
                if word not in gone and (word in looked_up or word in exported):
                    found.setdefault(word, []).append(Removal(source, line, word in looked_up))
    return dict(islice(_all_lost(found), MOST_LOST))


def _all_lost(found: Mapping[str, list[Removal]]) -> Iterator[tuple[str, list[Removal]]]:
    lost = ((word, _lost(word, removals)) for word, removals in found.items())
    return ((word, removals) for word, removals in lost if removals)


def _lost(symbol: str, removals: list[Removal]) -> list[Removal]:
    """The removals by which a file loses its last use of the symbol."""
    lost = {
        id(one.source): not used(one.source.new, {symbol})
        and (one.looked_up or bool(used(one.source.old, {symbol})))
        for one in removals
    }
    return [one for one in removals if lost[id(one.source)]]


def exports_symbol(export: Export) -> bool:
    """Whether an export is one of a function or a variable, by its name."""
    known = macro(export.macro)
    return known is not None and known.kind in _KINDS and not known.conditional
