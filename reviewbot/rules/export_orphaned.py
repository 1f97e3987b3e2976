"""The series takes the last use of an exported symbol from modules, and keeps the export.

Why: an export that nobody needs stays for years: "The export of kvm_get_kvm_safe() can go away (I forgot to do
that in this series)" (S. Christopherson, ZWp_q1w01NCZi8KX@google.com); "The EXPORT_SYMBOL() statements in xor.S
can be removed" (E. Biggers, 20260228053730.GE65277@quark).
Fix: remove the export, in the same series or in one to come.
Quiet when: anything that may be modular and of another module still names the symbol, test modules under
tools/testing included; the series removes the export, or adds a use; the tree is not a whole kernel. Looked at
are only symbols that symbol_get() looked up, and those whose export stands in a file of the series: to look for
every name that a series removes would take too long.
"""

import re
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.exports import Exported, macro
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.outline import Export
from reviewbot.cmodel.outsiders import Outsiders
from reviewbot.cmodel.stretch import split, whole
from reviewbot.cmodel.surface import surface
from reviewbot.cmodel.uses import is_kernel_source, used
from reviewbot.model.diff import Line, Side, Sign
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.model.tree import Tree
from reviewbot.rule import Needs, rule

WORD = re.compile(r"[A-Za-z_]\w+")
LOOKUP = re.compile(r"\b(?:symbol_(?:get|request|put)|__symbol_get)\s*\(\s*\"?(\w+)")
KINDS = (Exported.SYMBOL, Exported.PER_CPU)
# Each costs a search through the whole tree.
MOST = 4


class Removal(Struct, frozen=True):
    """A removed line that used a symbol; `looked_up` by symbol_get()."""

    source: SourceChange
    line: Line
    looked_up: bool


@rule(
    severity=Severity.NIT,
    channel=Channel.DRAFT,
    needs=Needs.SERIES | Needs.TREE,
    triggers=(),
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """One hit for each such symbol, on the first removed line that used it."""
    outsiders = Outsiders(change)
    for symbol, removals in islice(_candidates(change), MOST):
        homes = _homes(change.after, symbol, outsiders.mentions(symbol) or ())
        home = outsiders.homes(homes)
        outside = [r for r in removals if outsiders.kbuild.part(r.source.path).is_outside(home)]
        if homes and outside and not _is_needed(outsiders, symbol, homes):
            first = outside[0]
            is_called = first.looked_up or f"{symbol}(" in first.line.text
            yield first.source.at(
                first.line.old,
                Side.OLD,
                symbol=symbol,
                name=f"{symbol}()" if is_called else symbol,
                path=first.source.path,
                verb="looks up" if first.looked_up else "uses",
            )


def _is_needed(outsiders: Outsiders, symbol: str, homes: set[str]) -> bool:
    """Whether a module may still use the export; also where that is not known."""
    found = outsiders.of_tree(symbol, homes)
    return found is None or any(outsiders.of_series(symbol, homes)) or any(found)


def _candidates(change: SeriesChange) -> Iterator[tuple[str, list[Removal]]]:
    """Symbols, perhaps exported, that some file of the series no longer uses."""
    known = surface(change)
    gone = {line.symbol for line in (*known.removed, *known.added)}
    sources = [source for source in change.sources if is_kernel_source(source.path)]
    exported = {e.symbol for source in sources for e in source.new.exports if _counts(e)}
    found: dict[str, list[Removal]] = {}
    for source in sources:
        for line in source.lines(Sign.REMOVED):
            looked_up = set(LOOKUP.findall(line.text)) if "symbol_" in line.text else set()
            for word in dict.fromkeys(WORD.findall(line.text)):
                if word not in gone and (word in looked_up or word in exported):
                    found.setdefault(word, []).append(Removal(source, line, word in looked_up))
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


def _homes(tree: Tree, symbol: str, paths: tuple[str, ...]) -> set[str]:
    """The files that export the symbol in the end."""
    homes: set[str] = set()
    for path in paths:
        text = tree.file(path) or ""
        if "EXPORT" in text:
            image = Image(path, Side.NEW, whole(split(text)), True)
            homes |= {
                path for export in image.exports if export.symbol == symbol and _counts(export)
            }
    return homes


def _counts(export: Export) -> bool:
    known = macro(export.macro)
    return known is not None and known.kind in KINDS and not known.conditional
