"""`reviewbot mirror`: local copies of list archives, which are asked before the network is.

Law: progress goes to stderr and only to a terminal, results to stdout; a clone that was not made here is read
and never changed. Must not know git.
"""

import shutil
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click

from reviewbot.commands.cache import size
from reviewbot.commands.options import config_option, without_verb
from reviewbot.commands.tables import show
from reviewbot.config import load
from reviewbot.config.settings import Settings
from reviewbot.errors import ExitCode, ReviewbotError, UsageError
from reviewbot.model.printable import printable
from reviewbot.sources.mirror import shelf
from reviewbot.sources.mirror.account import account
from reviewbot.sources.mirror.shelf import Kind, Mirror
from reviewbot.sources.mirror.source import is_far, note
from reviewbot.sources.mirror.transport import agent
from reviewbot.sources.mirror.update import Manner, update
from reviewbot.sources.web.settings import agent as web_agent

ADD = """\b
Examples:
  reviewbot mirror add https://lore.kernel.org/kvm
  reviewbot mirror add https://lore.kernel.org/lkml --epoch 17
  reviewbot mirror add /srv/public-inbox/kvm
"""
UPDATE = "Example:  reviewbot mirror update kvm"
LIST = "Example:  reviewbot mirror list"
REMOVE = "Example:  reviewbot mirror remove kvm"

offline_option = click.option(
    "--offline",
    is_flag=True,
    envvar="REVIEWBOT_OFFLINE",
    help="Ask nothing of the network; clones are only read.  [env: REVIEWBOT_OFFLINE]",
)


@click.group(invoke_without_command=True, epilog=LIST)
@click.pass_context
def command(context: click.Context) -> ExitCode:
    """Keep local copies of list archives, asked before the network is (without a verb: list)."""
    return without_verb(context, list_mirrors)


@command.command(epilog=ADD)
@click.argument("source", metavar="URL|PATH")
@click.option("--name", default="", help="What to call it.  [default: as the address ends]")
@click.option(
    "--epoch",
    type=click.IntRange(0, 9999),
    default=0,
    metavar="N",
    help="The oldest epoch to fetch; large lists have one for each GB.  [default: 0, all]",
)
@offline_option
@config_option
def add(source: str, name: str, epoch: int, offline: bool, config: Path | None = None) -> ExitCode:
    """Mirror the archive at URL, or use the clone at PATH as it lies there.

    URL is the address of a list on a public-inbox server, or of one git repository of its mails. A folder at
    PATH is read in place and left alone: whoever made the clone fetches; `mirror update` then indexes.
    """
    settings = load(config).settings
    known = note(source, epoch)
    folder = settings.mirrors.place
    name = shelf.checked_name(name or shelf.fit_name(known.source))
    made = Mirror(name, folder / name, known)
    if (made.folder / shelf.NOTE).exists():
        made = shelf.named(settings.mirrors, name)
        if made.note.source != known.source:
            raise UsageError(
                f"there is a mirror {name} already, of {made.note.source}", "Give it a --name."
            )
    _refuse_network(made, offline)
    shelf.note_down(made)
    try:
        _update(made, _manner(settings))
    except ReviewbotError:
        if not made.epochs or known.kind is Kind.EXTERNAL:
            shelf.remove(made)
        raise
    return ExitCode.OK


@command.command("update", epilog=UPDATE)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--all-epochs", is_flag=True, help="Ask for older epochs too, not only once a day.")
@click.option("--full", is_flag=True, help="Go over all history again, not only what is new.")
@offline_option
@config_option
def update_mirrors(
    names: tuple[str, ...],
    all_epochs: bool,
    full: bool,
    offline: bool,
    config: Path | None = None,
) -> ExitCode:
    """Fetch and index what is new, in the mirrors NAME or in all."""
    settings = load(config).settings
    chosen = [shelf.named(settings.mirrors, name) for name in names]
    manner = _manner(settings, every_epoch=all_epochs, whole=full)
    failures: list[ReviewbotError] = []
    for mirror in chosen or shelf.mirrors(settings.mirrors):
        try:
            _refuse_network(mirror, offline)
            _update(mirror, manner)
        except ReviewbotError as failure:
            failures.append(failure)
    for earlier in failures[:-1]:
        click.echo(printable(f"reviewbot: {earlier}"), err=True)
    if failures:
        raise failures[-1]
    return ExitCode.OK


@command.command("list", epilog=LIST)
@config_option
def list_mirrors(config: Path | None = None) -> ExitCode:
    """List the mirrors: how many mails they hold, the date of the newest, where they come from."""
    found = shelf.mirrors(load(config).settings.mirrors)
    headings = ("mirror", "epochs", "mails", "newest", "size", "from")
    show(headings, _rows(found), sys.stdout)
    return ExitCode.OK


@command.command(epilog=REMOVE)
@click.argument("name", metavar="NAME")
@config_option
def remove(name: str, config: Path | None = None) -> ExitCode:
    """Remove the mirror NAME and its index; a clone that was not made here stays."""
    mirrors = load(config).settings.mirrors
    mirror = shelf.named(mirrors, name)
    if mirror.folder.parent != mirrors.place:
        raise UsageError(
            f"the mirror {name} is named in the configuration", "See mirrors.external."
        )
    with shelf.locked(mirror):
        freed = account(mirror).size
        shelf.remove(mirror)
    click.echo(f"removed {name}, {size(freed)}")
    return ExitCode.OK


def _rows(found: Iterable[Mirror]) -> Iterable[tuple[str, ...]]:
    for mirror in found:
        held = account(mirror)
        newest = datetime.fromtimestamp(held.newest, UTC).date().isoformat() if held.mails else "-"
        counts = (str(held.epochs), str(held.mails))
        yield mirror.name, *counts, newest, size(held.size), mirror.note.source


def _update(mirror: Mirror, manner: Manner) -> None:
    """Update a mirror and say what came of it."""
    try:
        count = update(mirror, manner)
    finally:
        _say("")
    mails = "1 new mail" if count == 1 else f"{count} new mails"
    click.echo(f"{mirror.name}: {mails}")


def _manner(settings: Settings, *, every_epoch: bool = False, whole: bool = False) -> Manner:
    network = settings.network
    named = web_agent(network) if network.user_agent else ""
    return Manner(agent(network.contact, named), _say, network.pause, every_epoch, whole)


def _refuse_network(mirror: Mirror, offline: bool) -> None:
    if offline and is_far(mirror.note):
        raise UsageError(f"mirror {mirror.name}: not fetched, --offline is asked for")


def _say(text: str) -> None:
    """Show how far it is, on one line of a terminal."""
    if sys.stderr.isatty():
        columns = shutil.get_terminal_size().columns
        sys.stderr.write(f"\r\x1b[K{printable(text)[: columns - 1]}")
        sys.stderr.flush()
