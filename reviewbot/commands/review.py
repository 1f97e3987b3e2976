"""`reviewbot review`: mail in, comments out.

Law: stdout is the product, stderr everything else. Must not know how anything is found or said.
"""

import sys
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path

import click

from reviewbot.commands.belt import MemoryOf, no_memory, outcomes, standing
from reviewbot.commands.ending import NEVER, exit_code, kept
from reviewbot.commands.fetching import fetching
from reviewbot.commands.options import (
    channel_words,
    color_option,
    config_option,
    templates_option,
    tree_options,
    width_option,
    words,
)
from reviewbot.commands.output import FORMATS, Look, write
from reviewbot.commands.stats import Watch, report
from reviewbot.commands.wanted import FORMS, Wanted, fetch_options
from reviewbot.config import load
from reviewbot.config.places import state_folder
from reviewbot.errors import ExitCode, UsageError
from reviewbot.model.finding import Channel, Severity
from reviewbot.review.kit import Kit
from reviewbot.review.outcome import Outcome

EXAMPLE = f"""{FORMS}

\b
Examples:
  reviewbot review series.mbox
  reviewbot review https://lore.kernel.org/r/20260302-foo-v2-1-0123456789ab@example.org
  reviewbot review --format mail --output replies.mbox series.mbox
  reviewbot review --query 'dfhh:kvm_get_kvm AND l:kvm.vger.kernel.org' --since 2026-03-01
  reviewbot review --tree ~/linux.git --range origin/master..topic
  reviewbot review --tree ~/linux.git --base v6.12 series.mbox
  reviewbot review --queue series.mbox && reviewbot queue
"""
STDOUT = Path("-")
# Imported where it is asked for: a review without an outbox does not wait for SQLite.
QUEUEING = "reviewbot.commands.queueing"
REMEMBERING = "reviewbot.commands.remembering"
LOUD = tuple(c for c in Channel if c not in (Channel.SUPPRESSED, Channel.GATE))


@click.command(epilog=EXAMPLE)
@fetch_options
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(FORMATS)),
    default="text",
    show_default=True,
    help="What comes out: text for people, reply mails as an mbox, or findings for machines.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write here instead of stdout (-); for mails a folder may be named.",
)
@click.option(
    "--select",
    callback=words,
    multiple=True,
    metavar="RULES",
    help="Run only these rules or families (kvm, export…); comma-separated or repeated.",
)
@click.option(
    "--ignore", callback=words, multiple=True, metavar="RULES", help="Do not run these rules."
)
@click.option(
    "--channel",
    callback=channel_words,
    multiple=True,
    metavar="CHANNELS",
    help="Show only these: mail, draft, report, suppressed, all.  [default: all but suppressed]",
)
@click.option(
    "--fail-on",
    type=click.Choice((NEVER, *(severity.value for severity in Severity))),
    default=NEVER,
    show_default=True,
    help="End with 1 if a finding of this severity or a worse one is shown.",
)
@tree_options
@config_option
@templates_option
@color_option
@width_option
@click.option(
    "--queue",
    is_flag=True,
    help="Hold the reply mails in the outbox instead of printing; see `reviewbot queue`.",
)
@click.option(
    "--history",
    is_flag=True,
    help="Heed what was said of earlier revisions, and who asked for silence; --queue always does.",
)
@click.option("--stats", is_flag=True, help="Say on stderr where the time went and what fired.")
def command(
    words: tuple[str, ...],
    wanted: Wanted,
    form: str,
    output: Path | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    channel: tuple[str, ...],
    fail_on: str,
    trees: tuple[Path, ...],
    source_dir: Path | None,
    base: str,
    config: Path | None,
    templates: tuple[Path, ...],
    color: str,
    width: int | None,
    queue: bool,
    history: bool,
    stats: bool,
) -> ExitCode:
    """Review the patch series in SOURCE and say what deserves a comment.

    SOURCE is a file, or what maintainers call a series: see below. Of a series that is fetched the newest
    revision is taken, and what was sent outside its thread is looked for. One mail on standard input stands
    for its series. All sources are read as one, so the patches of a series may be named one by one.

    With a source tree whole files are seen, not only the lines of the diff. It is only read, and nothing is
    ever fetched into it. A file is looked up by the blob id in the patch, then by its path at the base.
    """
    _check_queue(queue, form, output)
    look = Look(form, _channels(channel, form), color, width)
    configuration = load(config)
    kit = configuration.kit(select, ignore, templates)
    watch = Watch()
    seen: list[Outcome] = []
    timed = watch.over(kit) if stats else kit
    output = None if output == STDOUT else output
    aside = output is not None or not sys.stdout.isatty()
    with (
        standing(trees, source_dir, base) as tree_of,
        fetching(configuration.settings, wanted, trees) as fetcher,
        _memory(kit, history or queue) as memory_of,
    ):
        sources = fetcher.sources(words)
        found = outcomes(sources, timed, watch, aside=aside, tree_of=tree_of, memory_of=memory_of)
        reviewed = kept(found, seen)
        if queue:
            import_module(QUEUEING).hold(reviewed, state_folder())
        else:
            write(reviewed, look, {rule.id: rule for rule in kit.rules}, output)
    if stats:
        report(seen, kit, watch)
    return exit_code(seen, look.channels, fail_on)


def _memory(kit: Kit, wanted: bool) -> AbstractContextManager[MemoryOf]:
    """What was said before, open in a `with` block; nothing is imported for it unless it is wanted."""
    if not wanted:
        return nullcontext(no_memory)
    remembering = import_module(REMEMBERING).remembering
    opened: AbstractContextManager[MemoryOf] = remembering(state_folder(), kit.manners.own)
    return opened


def _check_queue(queue: bool, form: str, output: Path | None) -> None:
    if queue and (form not in ("text", "mail") or output is not None):
        raise UsageError(
            "with --queue nothing is printed, so neither --format nor --output has a meaning"
        )


def _channels(named: tuple[str, ...], form: str) -> tuple[Channel, ...]:
    if form == "mail":
        if set(named) - {Channel.MAIL.value}:
            raise UsageError(
                "mails hold findings of the channel mail only",
                "Show the others with --format text, or set another channel in the configuration.",
            )
        return (Channel.MAIL,)
    if "all" in named:
        return tuple(Channel)
    return tuple(Channel(word) for word in named) or LOUD
