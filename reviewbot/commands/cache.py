"""`reviewbot cache`: what was fetched and is kept, how much of it, and how to be rid of it.

Law: reads and removes; nothing is fetched. Must not know where mails come from.
"""

import sys
from datetime import datetime
from pathlib import Path

import click

from reviewbot.commands.options import config_option, without_verb
from reviewbot.commands.tables import show as table
from reviewbot.config import load
from reviewbot.config.places import cache_folder
from reviewbot.errors import ExitCode
from reviewbot.sources.cache.settings import Keep
from reviewbot.sources.cache.store import Shelf, Store, Usage

SHOW = "Example:  reviewbot cache show"
CLEAR = "Example:  reviewbot cache clear --older-than 30"
PATH = "Example:  du -sh $(reviewbot cache path)"
_DAY = 86_400.0
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


@click.group(invoke_without_command=True, epilog=SHOW)
@click.pass_context
def command(context: click.Context) -> ExitCode:
    """Show and empty what was fetched and is kept (without a verb: show)."""
    return without_verb(context, show)


@command.command(epilog=SHOW)
@config_option
def show(config: Path | None = None) -> ExitCode:
    """Print the folder, what lies in it, and how much it may hold."""
    keep = load(config).settings.cache
    click.echo(cache_folder())
    used = [(shelf, _store(keep).usage(shelf)) for shelf in Shelf]
    rows = [
        (shelf.value, str(usage.entries), size(usage.size), _day(usage.oldest), _day(usage.newest))
        for shelf, usage in used
    ]
    table(("kept", "entries", "size", "oldest", "newest"), rows, sys.stdout)
    total = sum(usage.size for _, usage in used)
    click.echo(f"{size(total)} of at most {size(keep.max_bytes)}")
    return ExitCode.OK


@command.command(epilog=CLEAR)
@click.option("--threads", is_flag=True, help="Only threads and answers to searches, not mails.")
@click.option(
    "--older-than",
    type=click.FloatRange(min=0, min_open=True),
    metavar="DAYS",
    help="Only what was fetched more than DAYS ago.",
)
def clear(threads: bool, older_than: float | None) -> ExitCode:
    """Remove what is kept: all of it, unless an option says less."""
    shelves = [shelf for shelf in Shelf if not (threads and shelf is Shelf.MAILS)]
    gone: Usage = _store(Keep()).clear(shelves, (older_than or 0.0) * _DAY)
    entries = "1 entry" if gone.entries == 1 else f"{gone.entries} entries"
    click.echo(f"removed {entries}, {size(gone.size)}")
    return ExitCode.OK


@command.command(epilog=PATH)
def path() -> ExitCode:
    """Print the folder of the cache."""
    click.echo(cache_folder())
    return ExitCode.OK


def size(count: int) -> str:
    """A number of bytes as people say it: `17 bytes`, `1.5 kB`, `240 MB`; powers of 1000."""
    value = float(count)
    for unit in _UNITS:
        if value < 999.5 or unit == _UNITS[-1]:
            break
        value /= 1000
    return f"{value:.1f} {unit}" if value < 9.95 and unit != "bytes" else f"{value:.0f} {unit}"


def _day(seconds: float) -> str:
    return (
        datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M") if seconds else "-"
    )


def _store(keep: Keep) -> Store:
    return Store(cache_folder(), keep)
