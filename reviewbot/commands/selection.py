"""Which letters a command is about: by the beginning of their ids, by series, rule or list, or all.

Law: nothing is chosen unasked; an id that fits two letters, or a letter that cannot be moved so, is said. Must
not know what is done with them.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

import click
from msgspec import Struct

from reviewbot.errors import UsageError
from reviewbot.model.letter import Stage
from reviewbot.sinks.outbox.entry import Entry, Query
from reviewbot.sinks.outbox.outbox import Outbox

Command = TypeVar("Command", bound=Callable[..., Any])
SHORTEST = 4

_OPTIONS = (
    click.argument("ids", metavar="[ID]...", nargs=-1),
    click.option(
        "--series",
        default="",
        metavar="SERIES",
        help="Of this Message-ID, or words of the subject.",
    ),
    click.option(
        "--rule", default="", metavar="RULE", help="In which this rule speaks, or a glob."
    ),
    click.option("--list", default="", metavar="LIST", help="To a patch sent to this list."),
    click.option("--all", "every", is_flag=True, help="All that can be."),
)


class Selection(Struct, frozen=True):
    """What was given on the command line; `every` is `--all`."""

    ids: tuple[str, ...] = ()
    series: str = ""
    rule: str = ""
    list: str = ""
    every: bool = False

    @property
    def given(self) -> bool:
        """Whether anything was."""
        return self != Selection()


def selection_options(command: Command) -> Command:
    """The argument and the options that choose letters; the command is given them as `selection`."""

    @wraps(command)
    def bundled(*args: Any, **options: Any) -> Any:
        fields = {name: options.pop(name) for name in Selection.__struct_fields__}
        return command(*args, selection=Selection(**fields), **options)

    made: Any = bundled
    for option in reversed(_OPTIONS):
        made = option(made)
    return cast(Command, made)


def chosen(outbox: Outbox, selection: Selection, stages: Sequence[Stage]) -> tuple[Entry, ...]:
    """The letters that are meant, all in one of `stages`, oldest first.

    Raises UsageError where there is none, where nothing was said of which, and for an id that is of none, of
    several, or of a letter that is in another stage.
    """
    if not selection.given:
        raise UsageError("which letters?", "Name them by id, --series, --rule or --list, or --all.")
    for one in outbox.unreadable() if selection.ids else ():
        if any(
            len(start) >= SHORTEST and one.id.startswith(start.lower()) for start in selection.ids
        ):
            raise UsageError(f"{one.short} cannot be read: {one.why}", "See `reviewbot queue`.")
    asked = Query(series=selection.series, rule=selection.rule, list=selection.list)
    found = list(outbox.letters(asked))
    if selection.ids:
        found = [_named(found, start, stages) for start in dict.fromkeys(selection.ids)]
    meant = [entry for entry in dict.fromkeys(found) if entry.stage in stages]
    if not meant:
        raise UsageError(f"no letter of these is {_or(stages)}", "See `reviewbot queue --all`.")
    return tuple(sorted(meant, key=lambda entry: (entry.held, entry.id)))


def _named(entries: Iterable[Entry], start: str, stages: Sequence[Stage]) -> Entry:
    """The one letter whose id begins so."""
    found = [entry for entry in entries if entry.id.startswith(start.lower())]
    if len(start) < SHORTEST:
        raise UsageError(f"{start}: an id has at least {SHORTEST} digits")
    if not found:
        raise UsageError(f"{start}: no such letter", "See `reviewbot queue --all`.")
    if len(found) > 1:
        raise UsageError(f"{start}: which? {', '.join(entry.id for entry in found)}")
    if found[0].stage not in stages:
        raise UsageError(f"{found[0].short} is {found[0].stage.value}, not {_or(stages)}")
    return found[0]


def _or(stages: Sequence[Stage]) -> str:
    return " or ".join(stage.value for stage in stages)
