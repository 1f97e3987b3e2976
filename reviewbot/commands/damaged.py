"""Letters that cannot be read any more: said wherever letters are asked for, and put away by their ids.

Law: one of them never keeps a command from the others, and is never passed over in silence. Must not know what
is wrong with it.
"""

from collections.abc import Collection, Iterable

import click
from msgspec.structs import replace

from reviewbot.commands.selection import SHORTEST, Selection
from reviewbot.model.letter import Stage
from reviewbot.model.printable import printable
from reviewbot.sinks.outbox.entry import Query, Unreadable
from reviewbot.sinks.outbox.outbox import Outbox

_WAYS = {Stage.HELD: "drop", Stage.APPROVED: "drop", Stage.UNDECIDED: "settle --sent` or `drop"}


def damaged(
    outbox: Outbox, stages: Iterable[Stage] = (), ids: Collection[str] = ()
) -> tuple[Unreadable, ...]:
    """The letters in these stages (none: in any), of these ids (none: of any) that cannot be read."""
    found = outbox.unreadable(stages)
    return tuple(one for one in found if not ids or any(_begins(one, start) for start in ids))


def tell_damaged(outbox: Outbox, stages: Iterable[Stage] = (), ids: Collection[str] = ()) -> bool:
    """Say which letters `damaged` are, on stderr; whether there are any."""
    found = damaged(outbox, stages, ids)
    for one in found:
        stage = one.stage.value if one.stage else "in no known stage"
        verb = _WAYS.get(one.stage) if one.stage else None
        way = f"; see `reviewbot queue {verb} {one.short}`" if verb else ""
        click.echo(
            printable(f"reviewbot: {one.short} ({stage}) cannot be read: {one.why}{way}"), err=True
        )
    return bool(found)


def parted(
    outbox: Outbox, selection: Selection, stages: Collection[Stage]
) -> tuple[tuple[Unreadable, ...], Selection]:
    """The letters in these stages that cannot be read and whose ids were given; and the rest of what was."""
    lost = [one for one in outbox.unreadable(stages) if one.stage in stages]
    found: dict[str, Unreadable] = {}
    for start in selection.ids:
        meant = [one for one in lost if _begins(one, start)]
        if len(meant) == 1 and not outbox.letters(Query(ids=(start.lower(),))):
            found[start] = meant[0]
    rest = tuple(start for start in selection.ids if start not in found)
    return tuple(dict.fromkeys(found.values())), replace(selection, ids=rest)


def _begins(one: Unreadable, start: str) -> bool:
    return len(start) >= SHORTEST and one.id.startswith(start.lower())
