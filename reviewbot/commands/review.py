"""`reviewbot review`: mail in, comments out.

Law: stdout is the product, stderr everything else. Must not know how anything is found or said.
"""

import sys
from pathlib import Path

import click

from reviewbot.commands.belt import outcomes, standing
from reviewbot.commands.ending import NEVER, exit_code, kept
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
from reviewbot.config import load
from reviewbot.errors import ExitCode, UsageError
from reviewbot.model.finding import Channel, Severity
from reviewbot.review.outcome import Outcome

EXAMPLE = """\b
Examples:
  reviewbot review series.mbox
  reviewbot review --format mail --output replies.mbox series.mbox
  git format-patch --stdout origin.. | reviewbot review -
  reviewbot review --tree ~/linux.git --base v6.12 series.mbox
"""
STDOUT = Path("-")
LOUD = tuple(c for c in Channel if c not in (Channel.SUPPRESSED, Channel.GATE))


@click.command(epilog=EXAMPLE)
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
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
@click.option("--stats", is_flag=True, help="Say on stderr where the time went and what fired.")
def command(
    sources: tuple[str, ...],
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
    stats: bool,
) -> ExitCode:
    """Review the patch series in SOURCE and say what deserves a comment.

    SOURCE is an mbox (plain, .gz, .xz or .bz2), a maildir, a folder of patches, a single mail, or - for
    standard input; all sources are read as one, so the patches of a series may be named one by one.

    With a source tree whole files are seen, not only the lines of the diff. It is only read, and nothing is
    ever fetched. A file is looked up by the blob id in the patch, then by its path at the base.
    """
    look = Look(form, _channels(channel, form), color, width)
    kit = load(config).kit(select, ignore, templates)
    watch = Watch()
    seen: list[Outcome] = []
    timed = watch.over(kit) if stats else kit
    output = None if output == STDOUT else output
    aside = output is not None or not sys.stdout.isatty()
    with standing(trees, source_dir, base) as tree_of:
        reviewed = kept(outcomes(sources, timed, watch, aside=aside, tree_of=tree_of), seen)
        write(reviewed, look, {rule.id: rule for rule in kit.rules}, output)
    if stats:
        report(seen, kit, watch)
    return exit_code(seen, look.channels, fail_on)


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
