"""The export surface of a series: which export lines it adds, and which it takes away.

Law: lines count over the whole series, so that what moves, changes its macro or its name is never new. Exports
for tests only are no part of the surface. Must not know rules.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.exports import Exported, macro
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.outline import Export
from reviewbot.cmodel.uses import functions, is_kernel_source
from reviewbot.model.diff import Sign

# How many names one sentence takes.
_MOST = 4
# Nobody gives new names to more symbols in one series.
_PAIRS = 200


class ExportLine(Struct, frozen=True):
    """An export a patch adds or removes; `order` is the 0-based place of the patch in the series."""

    source: SourceChange
    order: int
    export: Export

    @property
    def symbol(self) -> str:
        """The symbol exported."""
        return self.export.symbol

    @property
    def export_as(self) -> tuple[str, str, str]:
        """Symbol, macro and argument: the same wherever the line stands."""
        return self.symbol, self.export.macro, self.export.argument

    @property
    def kind(self) -> Exported:
        """What kind of symbol is exported; a plain symbol where the macro is not known."""
        known = macro(self.export.macro)
        return known.kind if known else Exported.SYMBOL

    @property
    def called(self) -> str:
        """The name under which code uses the symbol: a tracepoint `foo` is `trace_foo()`."""
        return f"trace_{self.symbol}" if self.kind is Exported.TRACEPOINT else self.symbol

    @property
    def is_below_a_function(self) -> bool:
        """Whether an added line stands right below a closing brace at column 0."""
        return self.source.new.code(self.export.line - 1).rstrip() == "}"


class Surface(Struct, frozen=True, dict=True):
    """Export lines of a series, in order of patch, file and line."""

    added: tuple[ExportLine, ...]
    removed: tuple[ExportLine, ...]

    @property
    def new(self) -> Iterator[ExportLine]:
        """Added lines of symbols of which no patch removes an export, and that are not just renamed."""
        gone = {line.symbol for line in self.removed}
        return (
            line for line in self.added if line.symbol not in gone and id(line) not in self._renamed
        )

    @property
    def additional(self) -> Iterator[ExportLine]:
        """New lines in a file of which the same patch takes no export away: in no way in its place."""
        losing = {id(line.source) for line in self.found}
        return (line for line in self.new if id(line.source) not in losing)

    @property
    def found(self) -> Iterator[ExportLine]:
        """Removed lines that the series found: not those of symbols an earlier patch exported."""
        since: dict[str, int] = {}
        for line in self.added:
            since.setdefault(line.symbol, line.order)
        return (one for one in self.removed if since.get(one.symbol, one.order) >= one.order)

    @property
    def left(self) -> Iterator[ExportLine]:
        """Added lines that the series leaves: not those that a later patch removes again."""
        until = {line.export_as: line.order for line in self.removed}
        return (one for one in self.added if until.get(one.export_as, 0) <= one.order)

    @cached_property
    def _renamed(self) -> frozenset[int]:
        """The ids of added lines that give an exported symbol another name: in order, one for one."""
        added, removed = self._by_source(self.added), self._by_source(self.removed)
        pairs = (
            pair for key in added for pair in zip(added[key], removed.get(key, ()), strict=False)
        )
        return frozenset(
            id(line)
            for line, gone in islice(pairs, _PAIRS)
            if line.export_as[1:] == gone.export_as[1:]
            and _is_reworded(line.source, gone.symbol, line.symbol)
        )

    def _by_source(self, lines: tuple[ExportLine, ...]) -> dict[int, list[ExportLine]]:
        """The lines of symbols that are only added, or only removed, by their file and patch."""
        both = {line.symbol for line in self.added} & {line.symbol for line in self.removed}
        found: dict[int, list[ExportLine]] = {}
        for line in (line for line in lines if line.symbol not in both):
            found.setdefault(id(line.source), []).append(line)
        return found


def surface(change: SeriesChange) -> Surface:
    """The export lines of every patch of a series."""
    added: list[ExportLine] = []
    removed: list[ExportLine] = []
    for order, patch in enumerate(change.patches):
        for source in patch.sources:
            if not is_kernel_source(source.path):
                continue
            if source.mentions(("EXPORT",), Sign.ADDED):
                added += _lines(source, order, source.new, source.added)
            if source.mentions(("EXPORT",), Sign.REMOVED):
                removed += _lines(source, order, source.old, source.removed)
    return Surface(tuple(added), tuple(removed))


def written(change: SeriesChange, lines: Iterable[ExportLine]) -> Mapping[str, str]:
    """Each symbol as people write it: with parentheses where it is seen to be a function."""
    places = tuple(lines)
    plain = [line for line in places if line.kind is Exported.SYMBOL]
    called = set(functions(change, {line.symbol for line in plain}))
    called |= {line.symbol for line in plain if line.is_below_a_function}
    symbols = dict.fromkeys(line.symbol for line in places)
    return {symbol: f"{symbol}()" if symbol in called else symbol for symbol in symbols}


def listed(names: Sequence[str]) -> str:
    """`a, b and c`; of more than four, the first ones and how many there are beside them."""
    *others, last = names if len(names) <= _MOST else (*names[:_MOST], f"{len(names) - _MOST} more")
    return f"{', '.join(others)} and {last}" if others else last


def _lines(
    source: SourceChange, order: int, image: Image, changed: Collection[int]
) -> Iterator[ExportLine]:
    for export in image.exports:
        line = ExportLine(source, order, export)
        if export.line in changed and _is_named(line.symbol) and line.kind is not Exported.TEST:
            yield line


def _is_reworded(source: SourceChange, old: str, new: str) -> bool:
    """Whether a removed line, exports aside, comes back with the one word in the place of the other."""
    word = re.compile(rf"\b{re.escape(old)}\b")
    added = {line.text for line in source.lines(Sign.ADDED)}
    removed = (line.text for line in source.lines(Sign.REMOVED) if old in line.text)
    return any(word.sub(new, text) in added for text in removed if "EXPORT" not in text)


def _is_named(symbol: str) -> bool:
    """Whether the argument names a symbol, be it through a macro; a name that is pasted together does not."""
    return bool(symbol) and "##" not in symbol
