"""The series makes a symbol available to modules that had none before.

Why: maintainers want the export surface visible; "I want anyone who tries to use a symbol that we decided
requires substantial arguments to be used to come to us and justify it" (C. Brauner, 2025-06).
Fix: nothing to fix; a line for the report, with the files of the series that use the symbol. Where it shows
none, those of the tree beyond the symbol's own module, as far as a tree is given; for a few symbols a series,
because each costs a search through the whole tree.
Quiet when: any patch of the series removes an export of the symbol (a move, another macro), or gives an
exported symbol its name; the export is for tests only, inside a `#define`, of a name pasted together or made by
a macro, in documentation, scripts, tools or a comment. An export that an earlier series took away looks new:
history is not seen.
"""

from collections.abc import Iterator
from itertools import islice

from reviewbot.cmodel.change import SeriesChange
from reviewbot.cmodel.outsiders import Outsiders
from reviewbot.cmodel.surface import ExportLine, listed, surface, written
from reviewbot.cmodel.tells_files import EXPORTS
from reviewbot.cmodel.uses import Use, uses
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

MOST = 4


@rule(
    severity=Severity.INFO,
    channel=Channel.REPORT,
    needs=Needs.SERIES,
    wants=Needs.TREE,
    triggers=("EXPORT",),
    signs=EXPORTS,
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """One hit on the first export line of each new symbol; twins in other files are its related places."""
    new: dict[str, list[ExportLine]] = {}
    for line in surface(change).new:
        if line.symbol.isidentifier():
            new.setdefault(line.symbol, []).append(line)
    if not new:
        return
    used = uses(change, {line.called for lines in new.values() for line in lines})
    names = written(change, (line for lines in new.values() for line in lines))
    outsiders = Outsiders(change)
    for symbol, (first, *twins) in new.items():
        homes = {line.source.path for line in (first, *twins)}
        users = [use for use in used.get(first.called, ()) if use.path not in homes]
        yield first.source.at(
            first.export.line,
            symbol=symbol,
            related=tuple(twin.source.anchor(twin.export.line) for twin in twins),
            confidence=None if first.export.known else Confidence.LOW,
            name=names[symbol],
            macro=first.export.macro,
            known=int(first.export.known),
            where=_where(change, first),
            users=_users(change, first.order, users)
            or _of_tree(outsiders, first, homes)
            or "with no user in this series",
        )


def _where(change: SeriesChange, line: ExportLine) -> str:
    path = line.source.path
    return f"{path}, patch {_position(change, line.order)}" if len(change.patches) > 1 else path


def _position(change: SeriesChange, order: int) -> int:
    return change.patches[order].patch.subject.position or order + 1


def _users(change: SeriesChange, home: int, users: list[Use]) -> str:
    """`used by a.c in this patch, b.c and c.c in patch 4`: each file with the first patch it shows up in."""
    first: dict[str, int] = {}
    for use in users:
        first.setdefault(use.path, use.order)
    if not first:
        return ""
    shown = dict(list(first.items())[:MOST])
    groups = [
        f"{listed([path for path in shown if shown[path] == order])} in "
        + ("this patch" if order == home else f"patch {_position(change, order)}")
        for order in dict.fromkeys(shown.values())
    ]
    if len(first) > MOST:
        groups.append(f"and {len(first) - MOST} more")
    return f"used by {', '.join(groups)}"


def _of_tree(outsiders: Outsiders, line: ExportLine, homes: set[str]) -> str:
    """`used by a.c in the tree`, as far as it can be told; empty where it cannot."""
    if not outsiders.can_tell or line.symbol not in outsiders.questioned:
        return ""
    found = outsiders.of_tree(line.symbol, homes)
    if found is None:
        return ""
    paths = [*islice(found, MOST + 1)]
    if not paths:
        return "with no user beyond its own module in this series or in the tree"
    more = " and others" if len(paths) > MOST else ""
    return f"used by {listed(paths[:MOST])}{more} in the tree"
