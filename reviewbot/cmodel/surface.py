"""The export surface of a series: which export lines it adds, and which it takes away.

Law: lines count over the whole series, so that what moves or changes its macro is never new. Exports for tests
only are no part of the surface. Must not know rules.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.exports import Exported, macro
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.outline import Export
from reviewbot.cmodel.uses import functions, is_kernel_source
from reviewbot.model.diff import Sign


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


class Surface(Struct, frozen=True):
    """Export lines of a series, in order of patch, file and line."""

    added: tuple[ExportLine, ...]
    removed: tuple[ExportLine, ...]

    @property
    def new(self) -> Iterator[ExportLine]:
        """Added lines of symbols of which no patch removes an export."""
        gone = {line.symbol for line in self.removed}
        return (line for line in self.added if line.symbol not in gone)

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


def _lines(
    source: SourceChange, order: int, image: Image, changed: Collection[int]
) -> Iterator[ExportLine]:
    for export in image.exports:
        line = ExportLine(source, order, export)
        if export.line in changed and _is_named(line.symbol) and line.kind is not Exported.TEST:
            yield line


def _is_named(symbol: str) -> bool:
    """Whether the argument names a symbol, be it through a macro; a name that is pasted together does not."""
    return bool(symbol) and "##" not in symbol
