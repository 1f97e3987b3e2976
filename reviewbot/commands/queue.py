"""`reviewbot queue`: what is held, and a person's word on it.

Law: nothing is sent from here; a letter is moved only where its stage and its content are still those that were
looked at. Must not know how letters are kept or sent.
"""

import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import click

from reviewbot.commands.damaged import damaged, parted, tell_damaged
from reviewbot.commands.editing import edit_letter
from reviewbot.commands.letterpage import against, history, lost_row, page, row
from reviewbot.commands.options import config_option, without_verb
from reviewbot.commands.queueing import person
from reviewbot.commands.selection import Selection, chosen, selection_options
from reviewbot.commands.tables import show as table
from reviewbot.config.places import state_folder
from reviewbot.errors import ExitCode, UsageError
from reviewbot.model.letter import Stage
from reviewbot.model.printable import header, printable
from reviewbot.sinks.outbox.entry import Entry, Query
from reviewbot.sinks.outbox.outbox import EDITABLE, Outbox

LIST = """\b
Examples:
  reviewbot queue
  reviewbot queue list --list kvm --rule 'kvm-*'
"""
SHOW = "Example:  reviewbot queue show 3f2a9c41"
EDIT = "Example:  EDITOR=vim reviewbot queue edit 3f2a9c41"
APPROVE = "Example:  reviewbot queue approve 3f2a9c41 && reviewbot post"
DROP = "Example:  reviewbot queue drop --rule extern-on-prototype --why 'not worth a mail'"
RESTORE = "Example:  reviewbot queue restore 3f2a9c41"
SETTLE = "Example:  reviewbot queue settle 3f2a9c41 --sent --why 'it is on lore'"
WHY = "Example:  reviewbot queue why 3f2a9c41"
# Imported where it is asked for: only `why` reads threads again.
CIVILITY = "reviewbot.commands.civility"
# Where letters lie while they are edited, and stay if they cannot be taken over.
EDITS = "edits"
# What a person still has to do with.
PENDING = tuple(stage for stage in Stage if stage not in (Stage.SENT, Stage.DROPPED))

# Where a letter may go that nobody can read, and from where: out of the way.
BLINDLY = {
    Stage.DROPPED: (Stage.HELD, Stage.APPROVED, Stage.UNDECIDED),
    Stage.SENT: (Stage.UNDECIDED,),
}

why_option = click.option("--why", default="", metavar="TEXT", help="The reason, kept with it.")


@click.group(invoke_without_command=True, epilog=LIST)
@click.pass_context
def command(context: click.Context) -> ExitCode:
    """Look through the letters that are held, and approve, edit or drop them (without a verb: list)."""
    return without_verb(context, list_letters)


@command.command("list", epilog=LIST)
@selection_options
def list_letters(selection: Selection) -> ExitCode:
    """List the letters that wait for somebody; with --all also those that were sent or dropped."""
    stages = () if selection.every or selection.ids else PENDING
    asked = Query(stages, selection.ids, selection.series, selection.rule, selection.list)
    with Outbox(state_folder()) as outbox:
        found = outbox.letters(asked)
        lost = damaged(outbox, stages, selection.ids)
    if found or lost:
        lines = (*map(row, found), *map(lost_row, lost))
        table(("letter", "stage", "since", "rules", "answers"), lines, sys.stdout)
    else:
        click.echo("no letters", err=True)
    return _ending(bool(lost))


@command.command(epilog=SHOW)
@selection_options
def show(selection: Selection) -> ExitCode:
    """Show letters as they would be sent, with their stage, what they say and how they came there.

    Without ID or option: those that are held.
    """
    with Outbox(state_folder()) as outbox:
        if selection.given:
            found = chosen(outbox, selection, tuple(Stage))
        else:
            found = outbox.letters(Query((Stage.HELD,)))
        pages = [page(one, outbox.moves(one.id), _now()) for one in found]
        lost = not selection.ids and tell_damaged(outbox, () if selection.given else (Stage.HELD,))
    click.echo("\n".join(pages), nl=False)
    return _ending(lost)


@command.command(epilog=EDIT)
@click.argument("letter", metavar="ID")
def edit(letter: str) -> ExitCode:
    """Change the words of a letter in $VISUAL or $EDITOR; it is held then.

    The headers are shown, and stay. The letter gets the Message-ID that its new words make.
    """
    with Outbox(state_folder()) as outbox:
        (entry,) = chosen(outbox, Selection((letter,)), EDITABLE)
        for line in edit_letter(outbox, entry, person(), state_folder() / EDITS):
            click.echo(printable(line), err=True)
    return ExitCode.OK


@command.command(epilog=APPROVE)
@selection_options
@click.option(
    "--digest",
    default="",
    metavar="DIGEST",
    help="Only if the letter is still the one whose content `show` named so.",
)
@why_option
def approve(selection: Selection, digest: str, why: str) -> ExitCode:
    """Say that letters may be sent; `reviewbot post` sends them.

    What is approved is what lies there at this moment. With --digest it is refused where the letter was edited
    since you looked.
    """
    return _moved(selection, (Stage.HELD,), Stage.APPROVED, why, digest.lower())


@command.command(epilog=DROP)
@selection_options
@why_option
def drop(selection: Selection, why: str) -> ExitCode:
    """Say that letters are not to be sent; the same is not held again."""
    return _moved(selection, (Stage.HELD, Stage.APPROVED), Stage.DROPPED, why)


@command.command(epilog=RESTORE)
@selection_options
@why_option
def restore(selection: Selection, why: str) -> ExitCode:
    """Hold letters again that were dropped or approved."""
    return _moved(selection, (Stage.DROPPED, Stage.APPROVED), Stage.HELD, why)


@command.command(epilog=SETTLE)
@selection_options
@click.option("--sent/--not-sent", "sent", required=True, help="Whether they arrived.")
@why_option
def settle(selection: Selection, sent: bool, why: str) -> ExitCode:
    """Say of letters that nobody knows about whether they arrived.

    A letter is undecided if the connection or the machine broke down while it was sent. One that is said not
    to have arrived is approved again.
    """
    return _moved(selection, (Stage.UNDECIDED,), Stage.SENT if sent else Stage.APPROVED, why)


@command.command("why", epilog=WHY)
@selection_options
@click.option(
    "--offline",
    is_flag=True,
    envvar="REVIEWBOT_OFFLINE",
    help="Read the threads again from local mirrors alone.  [env: REVIEWBOT_OFFLINE]",
)
@config_option
def explain(selection: Selection, offline: bool, config: Path | None) -> ExitCode:
    """Tell how letters came to be where they are, and what speaks against sending them now."""
    with Outbox(state_folder()) as outbox:
        found = chosen(outbox, selection, tuple(Stage))
        lost = not selection.ids and tell_damaged(outbox)
        with import_module(CIVILITY).civil_now(config, outbox, offline) as reasons:
            for entry in found:
                lines = [f"{entry.short}: {entry.stage.value}", *history(outbox.moves(entry.id))]
                if entry.stage in PENDING:
                    lines += against(reasons(entry, _now()))
                click.echo(printable("\n".join(lines)))
    return _ending(lost)


def _moved(
    selection: Selection, before: tuple[Stage, ...], after: Stage, why: str, digest: str = ""
) -> ExitCode:
    """Move the letters that are meant, and say so; what cannot be moved stays, and makes the run fail."""
    failed = False
    with Outbox(state_folder()) as outbox:
        lost, rest = parted(outbox, selection, BLINDLY.get(after, ()))
        for one in lost:
            if one.stage and outbox.move(one.id, one.stage, after, person(), _now(), header(why)):
                click.echo(printable(f"{one.short} {after.value}: it cannot be read"))
        found = chosen(outbox, rest, before) if rest.given or not lost else ()
        if digest and len(found) != 1:
            raise UsageError("--digest belongs to one letter")
        for entry in found:
            if refused := _refusal(outbox, entry, after, why, digest):
                click.echo(printable(f"reviewbot: {refused}"), err=True)
                failed = True
            else:
                subject = entry.letter.reply.subject
                click.echo(printable(f"{entry.short} {after.value}: {subject}"))
    return ExitCode.USAGE if failed else ExitCode.OK


def _refusal(outbox: Outbox, entry: Entry, after: Stage, why: str, digest: str) -> str:
    """Move a letter; why that cannot be, or an empty string."""
    if digest and digest != entry.digest:
        return f"{entry.short}: its content is {entry.digest} now, not {digest}; look at it again"
    try:
        shown = entry.digest
        moved = outbox.move(
            entry.id, entry.stage, after, person(), _now(), header(why), shown=shown
        )
    except UsageError as error:
        return str(error)
    if moved:
        return ""
    return f"{entry.short}: somebody else moved or edited it meanwhile, it stays as it is"


def _ending(lost: bool) -> ExitCode:
    """How to end where some letters were asked for that cannot be read, or none."""
    return ExitCode.UNUSABLE if lost else ExitCode.OK


def _now() -> datetime:
    return datetime.now(UTC).astimezone()
