"""The options of commands that take the name of a series: what is asked for, and from where.

Law: as in `options`, the same name means the same everywhere. Must not know how anything is fetched.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar, cast

import click
from msgspec import Struct

from reviewbot.errors import ExitCode

Command = TypeVar("Command", bound=Callable[..., Any])

FORMS = """\b
SOURCE is any of
  mail at rest      a path (mbox, maildir, folder or mail; .gz, .xz, .bz2), or - for stdin
  a Message-ID      20260302-foo-v2-1-0123456789ab@example.org, also <ID>, id:ID, mid:ID
  an address        https://lore.kernel.org/r/ID, /all/ID/, /kvm/ID/raw, /T/, /t.mbox.gz …
  a change-id       20260302-foo-0123456789ab
  a Patchwork page  https://patchwork.kernel.org/project/kvm/list/?series=NUMBER, /patch/…"""


class Wanted(Struct, frozen=True):
    """What was asked for beside the names: a search, a project's patches, commits; revisions; from where."""

    offline: bool = False
    every_revision: bool = False
    as_named: bool = False
    query: str = ""
    since: datetime | None = None
    until: datetime | None = None
    project: str = ""
    states: tuple[str, ...] = ()
    commits: str = ""

    @property
    def is_more(self) -> bool:
        """Whether something is asked for that has no name."""
        return bool(self.query or self.project or self.commits)


def day(
    _context: click.Context, _option: click.Parameter, value: datetime | None
) -> datetime | None:
    """The beginning of a day that was given, in UTC."""
    return value.replace(tzinfo=UTC) if value is not None else None


DATE = click.DateTime(("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"))
_OPTIONS = (
    click.option(
        "--query",
        default="",
        metavar="TEXT",
        help="The series a search of lore finds, in its words: 'dfhh:kvm_get_kvm AND l:kvm'. Only the first"
        " server is searched; mirrors are not.",
    ),
    click.option(
        "--patchwork",
        "project",
        default="",
        metavar="[SERVER/]PROJECT",
        help="The series in a project of Patchwork, newest first: kvm, kernel/kvm.",
    ),
    click.option(
        "--state",
        "states",
        multiple=True,
        metavar="STATE",
        help="Only those with a patch in this state (new, under-review…); may be repeated.",
    ),
    click.option(
        "--since",
        type=DATE,
        callback=day,
        metavar="DAY",
        help="No older mail in --query or --patchwork.",
    ),
    click.option(
        "--until", type=DATE, callback=day, metavar="DAY", help="No newer mail in --query."
    ),
    click.option(
        "--range",
        "commits",
        default="",
        metavar="BASE..TOPIC",
        help="Commits of the first --tree, or of this folder, as `git format-patch` sends them.",
    ),
    click.option(
        "--all-revisions",
        "every_revision",
        is_flag=True,
        help="Take older revisions of the series as well.",
    ),
    click.option(
        "--as-named", is_flag=True, help="Stay at the revision named, even if there is a newer one."
    ),
    click.option(
        "--offline",
        is_flag=True,
        envvar="REVIEWBOT_OFFLINE",
        help="Ask local mirrors and the cache, never the network.  [env: REVIEWBOT_OFFLINE]",
    ),
)


def _has_days(wanted: Wanted) -> bool:
    return bool(wanted.query or wanted.project)


def fetch_options(command: Command) -> Command:
    """SOURCE words, and the options that say what else is wanted; the command is given `words`, `wanted`."""
    return _with_options(command, needed=True)


def may_fetch_options(command: Command) -> Command:
    """As `fetch_options`, for a command that may also know by itself what it is about."""
    return _with_options(command, needed=False)


def _with_options(command: Command, *, needed: bool) -> Command:

    @wraps(command)
    def bundled(*args: Any, **options: Any) -> ExitCode:
        fields = {name: options.pop(name) for name in Wanted.__struct_fields__}
        wanted = Wanted(**fields)
        if needed and not (options["words"] or wanted.is_more):
            raise click.UsageError("Missing argument 'SOURCE...'.", click.get_current_context())
        if wanted.every_revision and wanted.as_named:
            raise click.UsageError("--all-revisions and --as-named exclude each other.")
        if (wanted.until and not wanted.query) or (wanted.since and not _has_days(wanted)):
            raise click.UsageError(
                "--since and --until belong to --query; --since to --patchwork too."
            )
        if wanted.states and not wanted.project:
            raise click.UsageError("--state belongs to --patchwork.")
        result: ExitCode = command(*args, wanted=wanted, **options)
        return result

    made: Any = click.argument("words", metavar="SOURCE...", nargs=-1)(bundled)
    for option in reversed(_OPTIONS):
        made = option(made)
    return cast(Command, made)
