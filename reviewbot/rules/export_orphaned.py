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

from collections.abc import Iterator

from reviewbot.cmodel.change import SeriesChange
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.outsiders import Outsiders
from reviewbot.cmodel.questioned import exports_symbol, forsaken
from reviewbot.cmodel.stretch import split, whole
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.model.tree import Tree
from reviewbot.rule import Needs, rule


@rule(
    severity=Severity.NIT,
    channel=Channel.DRAFT,
    needs=Needs.SERIES | Needs.TREE,
    triggers=(),
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """One hit for each such symbol, on the first removed line that used it."""
    outsiders = Outsiders(change)
    for symbol, removals in forsaken(change).items():
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


def _homes(tree: Tree, symbol: str, paths: tuple[str, ...]) -> set[str]:
    """The files that export the symbol in the end."""
    homes: set[str] = set()
    for path in paths:
        text = tree.file(path) or ""
        if "EXPORT" in text:
            image = Image(path, Side.NEW, whole(split(text)), True)
            homes |= {
                path
                for export in image.exports
                if export.symbol == symbol and exports_symbol(export)
            }
    return homes
