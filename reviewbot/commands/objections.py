"""`reviewbot objections`: who asked us to be silent, and how to be done with it.

Law: shows and forgets what is kept; nothing is added here. Must not know who may ask.
"""

import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import click

from reviewbot.commands.options import without_verb
from reviewbot.commands.tables import show as table
from reviewbot.config.places import state_folder
from reviewbot.errors import ExitCode, UsageError
from reviewbot.model.printable import header, printable
from reviewbot.model.said import Objection
from reviewbot.sinks.outbox.outbox import FILE, Outbox

LIST = "Example:  reviewbot objections"
WITHDRAW = "Example:  reviewbot objections withdraw 3f2a8b1c"
HEADINGS = ("id", "wish", "rule", "asked by", "since", "until", "about and why")
SHORT = 8
SHORTEST = 4
LIMIT = 200


@click.group(invoke_without_command=True, epilog=LIST)
@click.pass_context
def command(context: click.Context) -> ExitCode:
    """Show and withdraw what people asked for in their answers (without a verb: list)."""
    return without_verb(context, list_objections)


@command.command("list", epilog=LIST)
def list_objections() -> ExitCode:
    """List what holds now: what was asked for, by whom, until when."""
    found = _kept(state_folder())
    if found:
        table(HEADINGS, map(_row, found), sys.stdout)
    else:
        click.echo("nobody asked for anything")
    return ExitCode.OK


@command.command(epilog=WITHDRAW)
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
def withdraw(ids: tuple[str, ...]) -> ExitCode:
    """Forget the objections ID, as `list` names them, so that their findings are said again."""
    folder = state_folder()
    found = _kept(folder)
    meant = dict.fromkeys(_named(found, start) for start in ids)
    with Outbox(folder) as outbox:
        for one in meant:
            outbox.withdraw(one)
            click.echo(printable(f"withdrawn: {identity(one)} {one.wish.value} of {one.by}"))
    return ExitCode.OK


def identity(objection: Objection) -> str:
    """What people name an objection by: 8 hex digits over what makes it the one it is."""
    parts = (objection.source, objection.wish.value, *_about(objection), objection.rule)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:SHORT]


def _kept(folder: Path) -> tuple[Objection, ...]:
    """What holds now; no outbox is made to be asked."""
    if not (folder / FILE).exists():
        return ()
    with Outbox(folder) as outbox:
        return outbox.objections(datetime.now(UTC))


def _named(found: tuple[Objection, ...], start: str) -> Objection:
    meant = [one for one in found if identity(one).startswith(start.lower())]
    if len(start) < SHORTEST:
        raise UsageError(f"{start}: an id has at least {SHORTEST} digits")
    if not meant:
        raise UsageError(f"{start}: no such objection", "See `reviewbot objections`.")
    if len(meant) > 1:
        raise UsageError(f"{start}: which? {', '.join(map(identity, meant))}")
    return meant[0]


def _row(one: Objection) -> tuple[str, ...]:
    until = str(one.until.date()) if one.until else "-"
    about = " ".join(filter(None, _about(one)))
    why = header(f"{about}: {one.reason}" if one.reason else about, LIMIT)
    since = str(one.when.date())
    return identity(one), one.wish.value, one.rule or "-", one.by, since, until, why


def _about(one: Objection) -> tuple[str, str, str]:
    return one.lineage, one.author, one.fingerprint
