"""`reviewbot check`: the result of a review, in the form of another program: b4's, or Patchwork's.

Law: exactly one place is named for the result; nothing is sent but with --send. Must not know the forms.
"""

from importlib import import_module
from pathlib import Path

import click

from reviewbot.commands.checking import FOR_PEOPLE, Task
from reviewbot.commands.ending import exit_code
from reviewbot.commands.options import (
    channel_words,
    config_option,
    templates_option,
    tree_options,
    words,
)
from reviewbot.commands.wanted import FORMS, Wanted, may_fetch_options
from reviewbot.config import load
from reviewbot.errors import ExitCode, UsageError
from reviewbot.model.finding import Channel
from reviewbot.review.outcome import Outcome

EXAMPLE = f"""{FORMS}

\b
Examples:
  reviewbot check --b4 < patch.eml
  reviewbot check --b4-dropbox
  reviewbot check --b4-dropbox --repository ~/linux 20260302-foo-v2-0-0123456789ab@example.org
  reviewbot check --patchwork kvm --state new
  reviewbot check --patchwork kvm --send 20260302-foo-v2-0-0123456789ab@example.org
"""
B4 = "reviewbot.commands.check_b4"
DROPBOX = "reviewbot.commands.check_dropbox"
PATCHWORK = "reviewbot.commands.check_patchwork"


@click.command(epilog=EXAMPLE)
@may_fetch_options
@click.option("--b4", is_flag=True, help="Print the JSON of b4's check commands about one mail.")
@click.option(
    "--b4-dropbox",
    "dropbox",
    is_flag=True,
    help="Leave comments where b4 review picks them up, for a person to edit and send.",
)
@click.option(
    "--repository",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path(),
    metavar="PATH",
    help="The git repository that has b4's review branches.  [default: the one of this folder]",
)
@click.option(
    "--branch",
    default="",
    metavar="NAME",
    help="The review branch, where it is not the one checked out.",
)
@click.option("--send", is_flag=True, help="Post the checks; without it they are only shown.")
@click.option(
    "--channel",
    callback=channel_words,
    multiple=True,
    metavar="CHANNELS",
    help="What b4 is told: mail, draft, report.  [default: mail, draft]",
)
@click.option(
    "--select", callback=words, multiple=True, metavar="RULES", help="Run only these rules."
)
@click.option(
    "--ignore", callback=words, multiple=True, metavar="RULES", help="Do not run these rules."
)
@tree_options
@config_option
@templates_option
def command(
    words: tuple[str, ...],
    wanted: Wanted,
    b4: bool,
    dropbox: bool,
    repository: Path,
    branch: str,
    send: bool,
    channel: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    trees: tuple[Path, ...],
    source_dir: Path | None,
    base: str,
    config: Path | None,
    templates: tuple[Path, ...],
) -> ExitCode:
    """Give the result of a review to b4 or to Patchwork.

    With --b4 one mail is read from standard input (or SOURCE), and a JSON array about it is printed, as
    b4.review-perpatch-check-cmd and b4.review-series-check-cmd want it. The network is not asked.

    With --b4-dropbox comments are left in .git/b4-review/ for b4 review. Without SOURCE it is the review branch
    that is checked out whose patches are looked at.

    With --patchwork a check is posted for each patch of SOURCE or, without one, of the project's series that
    --state and --since choose. One that is there already is not posted again.
    """
    if [b4, dropbox, bool(wanted.project)].count(True) != 1:
        raise UsageError(
            "where does the result go?", "Say one of --b4, --b4-dropbox, --patchwork PROJECT."
        )
    if send and not wanted.project:
        raise UsageError("--send belongs to --patchwork; nothing else is sent")
    if channel and wanted.project:
        raise UsageError("Patchwork is told of findings of the channel mail only")
    loaded = load(config)
    named = tuple(each for each in Channel if each.value in channel or "all" in channel)
    task = Task(
        words=words,
        wanted=wanted,
        config=loaded,
        kit=loaded.kit(select, ignore, templates),
        trees=trees,
        source_dir=source_dir,
        base=base,
        channels=tuple(each for each in named if each is not Channel.GATE) or FOR_PEOPLE,
        repository=repository,
        branch=branch,
        send=send,
    )
    if wanted.project:
        code: ExitCode = import_module(PATCHWORK).check(task)
        return code
    seen: tuple[Outcome, ...]
    seen = import_module(DROPBOX).dropbox(task) if dropbox else import_module(B4).matrix(task)
    return exit_code(seen, task.channels)
