"""`reviewbot audit`: the rules over whole archives, and a report of what is in there.

Law: stdout is the report in short, stderr everything else; whatever ends an audit, `--resume` goes on with it.
Must not know how archives are read or findings judged.
"""

import gc
import sys
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path

import click
from msgspec import Struct

from reviewbot import __version__
from reviewbot.commands.audit_diff import diff
from reviewbot.commands.audit_progress import Progress
from reviewbot.commands.audit_sources import volumes_of
from reviewbot.commands.audit_summary import summary
from reviewbot.commands.options import config_option, templates_option, tree_options, words
from reviewbot.commands.wanted import DATE, day
from reviewbot.config import Config, load
from reviewbot.config.places import audits_folder, cache_folder, shipped_templates
from reviewbot.errors import ExitCode, UsageError
from reviewbot.model.printable import printable
from reviewbot.run.audit.accounting import account
from reviewbot.run.audit.audit import audit
from reviewbot.run.audit.index import Index
from reviewbot.run.audit.journal import FILE, Journal
from reviewbot.run.audit.request import Request, digest
from reviewbot.run.audit.terms import Terms, kit
from reviewbot.run.executors import PROCESSES, WORDS, crew
from reviewbot.sinks.audit.folder import FILES, USUAL, write_report
from reviewbot.sinks.audit.html import Look
from reviewbot.sinks.audit.links import LORE, Links
from reviewbot.sinks.audit.remembered import remember

EXAMPLE = """\b
SOURCE is any of
  a mirror          the name of one that `reviewbot mirror` keeps: kvmarm
  an archive        a public-inbox repository or inbox folder, v1 or v2
  mail at rest      an mbox (also .gz, .xz, .bz2), a maildir, a folder of mails

\b
Examples:
  reviewbot audit kvmarm --since 2025-01-01 --report kvmarm-2025
  reviewbot audit /srv/public-inbox/kvm /srv/public-inbox/linux-modules --rules export,module
  reviewbot audit kvmarm --tree ~/linux.git --report with-tree
  reviewbot audit kvmarm --resume
  reviewbot audit kvmarm --executor dask://scheduler:8786
  reviewbot audit diff kvmarm-2024 kvmarm-2025
"""
RUN = "run"
# Values made, less those let go, before garbage is looked for.
ALLOCATED = 100_000
# What workers import as they start.
MODULES = ("reviewbot.run.audit.indexing", "reviewbot.run.audit.reviewing")


class Ordered(Struct, frozen=True):
    """The report that is wanted: its folder and formats, how it looks, and whether it names authors."""

    folder: Path
    forms: tuple[str, ...]
    look: Look
    names: bool


class WithDefault(click.Group):
    """A group of which the first word is a source, unless it is the name of a verb."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does it, with the verb put in that nobody writes."""
        if not args or args[0] not in self.commands:
            args = [RUN, *args]
        return super().parse_args(ctx, args)


@click.group(cls=WithDefault, epilog=EXAMPLE)
def command() -> ExitCode:
    """Run the rules over whole archives, and report what is in there and how often each was right."""
    return ExitCode.OK


@command.command(RUN, epilog=EXAMPLE)
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option("--since", type=DATE, callback=day, metavar="DAY", help="No older patch.")
@click.option(
    "--until", type=DATE, callback=day, metavar="DAY", help="No patch of this day or later."
)
@click.option(
    "--rules",
    callback=words,
    multiple=True,
    metavar="RULES",
    help="Run only these rules or families (kvm, export…); comma-separated or repeated.",
)
@click.option(
    "--ignore", callback=words, multiple=True, metavar="RULES", help="Do not run these rules."
)
@tree_options
@click.option(
    "--report",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The folder of the report, and of the journal that --resume goes on with."
    "  [default: one below $XDG_STATE_HOME/reviewbot/audits]",
)
@click.option(
    "--format",
    "forms",
    callback=words,
    multiple=True,
    metavar="FORMATS",
    help=f"What the report is written as, of {', '.join(FILES)}; comma-separated or repeated."
    f"  [default: {', '.join(USUAL)}]",
)
@click.option(
    "--links",
    "base_url",
    default=LORE,
    show_default=True,
    metavar="URL",
    help="What stands before a Message-ID in the links of the report.",
)
@click.option("--names", is_flag=True, help="Show the names of authors, not only their domains.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Work with so many processes.  [default: one for each processor]",
)
@click.option(
    "--executor",
    "crew_name",
    default=PROCESSES,
    show_default=True,
    metavar="WHO",
    help=f"Who does the work: {WORDS}. Its workers must see the same files.",
)
@click.option("--resume", is_flag=True, help="Go on with the audit of that name that was cut off.")
@click.option(
    "--no-filter",
    "unfiltered",
    is_flag=True,
    help="Review every patch, not only those in which a rule may fire: the same findings, slowly.",
)
@config_option
@templates_option
def run(
    sources: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    rules: tuple[str, ...],
    ignore: tuple[str, ...],
    trees: tuple[Path, ...],
    source_dir: Path | None,
    base: str,
    report: Path | None,
    forms: tuple[str, ...],
    base_url: str,
    names: bool,
    jobs: int | None,
    crew_name: str,
    resume: bool,
    unfiltered: bool,
    config: Path | None,
    templates: tuple[Path, ...],
) -> ExitCode:
    """Run the rules over the archives SOURCE, and report what is in there and how often each rule was right.

    Every series is judged as `reviewbot review` would, with all its revisions; a defect counts once, and is
    followed: did somebody say it, did the next revision fix it, was it merged as it was (with --tree), is it
    still open. The report lies in the folder named, in short it goes to standard output.

    An index of the archives is kept in $XDG_CACHE_HOME/reviewbot/audit, so that the next audit reads only what
    came since. An audit that was cut off, by whatever, goes on with --resume and ends with the same report.

    `reviewbot audit diff OLD NEW` compares two reports.
    """
    configuration = load(config)
    terms = Terms(
        str(config.absolute()) if config else "",
        rules,
        ignore,
        tuple(str(each.absolute()) for each in templates),
        tuple(str(each.absolute()) for each in trees),
        str(source_dir.absolute()) if source_dir else "",
        base,
        not unfiltered,
    )
    request = _request(configuration, terms, sources, since, until)
    folder = report or audits_folder() / request.name
    look = Look((*templates, shipped_templates()), Links(base_url))
    ordered = Ordered(folder, tuple(forms) or USUAL, look, names)
    return _carried_out(request, ordered, (crew_name, jobs), resume)


def _request(
    config: Config,
    terms: Terms,
    sources: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
) -> Request:
    scratch = cache_folder() / "audit" / "unpacked"
    return Request(
        sources=sources,
        volumes=volumes_of(sources, config.settings.mirrors, scratch),
        terms=terms,
        since=int(since.timestamp()) if since else 0,
        until=int(until.timestamp()) - 1 if until else 0,
        kit=digest(config.table),
        program=__version__,
    )


def _carried_out(
    request: Request, ordered: Ordered, workers: tuple[str, int | None], resume: bool
) -> ExitCode:
    """Audit, write the report, and say in short what is in it."""
    folder = ordered.folder
    # The command line hardly looks for garbage, because its runs are short: this one is not.
    gc.set_threshold(ALLOCATED, 20, 20)
    chosen = kit(request.terms)
    with ExitStack() as stack:
        index = stack.enter_context(closing(Index(cache_folder() / "audit")))
        journal = stack.enter_context(closing(Journal(folder / FILE)))
        _begin(journal, request, folder, resume)
        with crew(*workers, MODULES) as hands, Progress() as progress:
            audit(request, index, journal, hands, progress)
        made = account(request, chosen, index, journal)
        tables = write_report(folder, made, journal, ordered.look, ordered.forms, ordered.names)
    remember(audits_folder(), made, tables, folder)
    summary(made, tables, sys.stdout)
    click.echo(f"\nThe report is in {printable(str(folder))}")
    return ExitCode.OK


def _begin(journal: Journal, request: Request, folder: Path, resume: bool) -> None:
    """Make the journal one of this request. Raises UsageError where it is one of another."""
    known = journal.request
    if resume and known is not None:
        if other := known.differences(request):
            raise UsageError(
                f"{folder}: the audit there was begun with other terms: {', '.join(other)}",
                "Say what was said then, or start a new one without --resume.",
            )
        return
    if resume:
        click.echo(f"reviewbot: there is no audit to go on with in {folder}: begun anew", err=True)
    journal.begin(request)


command.add_command(diff)
