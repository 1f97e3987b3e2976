"""`reviewbot ledger`: what was said where, as a table or for other programs.

Law: only reads. Must not know how it is kept.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click

from reviewbot.commands.damaged import tell_damaged
from reviewbot.commands.letterpage import NARROW, clock
from reviewbot.commands.stream import opened, told
from reviewbot.commands.tables import show as table
from reviewbot.config.places import state_folder
from reviewbot.errors import ExitCode
from reviewbot.model.printable import header
from reviewbot.sinks.outbox.entry import Query
from reviewbot.sinks.outbox.ledger import Line, as_csv, as_json, lines
from reviewbot.sinks.outbox.outbox import GONE, Outbox

EXAMPLE = """\b
Examples:
  reviewbot ledger --list kvm --since 2026-03-01
  reviewbot ledger --all --format csv --output said.csv
"""
HEADINGS = ("when", "stage", "list", "rule", "about", "answers")


@click.command(epilog=EXAMPLE)
@click.option(
    "--series", default="", metavar="SERIES", help="Of this Message-ID, or words of the subject."
)
@click.option("--rule", default="", metavar="RULE", help="Said by this rule, or a glob.")
@click.option(
    "--list", "mailing_list", default="", metavar="LIST", help="To a patch sent to this list."
)
@click.option("--since", type=click.DateTime(("%Y-%m-%d",)), metavar="DATE", help="Since this day.")
@click.option(
    "--all", "every", is_flag=True, help="Also what was not sent: held, approved, dropped."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "json", "csv")),
    default="table",
    show_default=True,
    help="A table for people, or the same and more for programs.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write here instead of stdout.",
)
def command(
    series: str,
    rule: str,
    mailing_list: str,
    since: datetime | None,
    every: bool,
    form: str,
    output: Path | None,
) -> ExitCode:
    """Print what was said where.

    One line for each claim of each letter that was sent, or may have been.
    """
    asked = Query(() if every else GONE, (), series, rule, mailing_list)
    with Outbox(state_folder()) as outbox:
        day = since.astimezone() if since else None
        found = [*lines(outbox, asked, day)]
        lost = tell_damaged(outbox, asked.stages)
    with opened(output) as stream:
        for piece in _pieces(found, form):
            with told(output):
                stream.write(piece.encode("utf-8", "backslashreplace"))
    return ExitCode.UNUSABLE if lost else ExitCode.OK


def _pieces(found: Sequence[Line], form: str) -> Iterator[str]:
    match form:
        case "json":
            yield as_json(found)
        case "csv":
            yield from as_csv(found)
        case _:
            written = io.StringIO()
            table(HEADINGS, map(_row, found), written)
            yield written.getvalue()


def _row(line: Line) -> tuple[str, ...]:
    where = ", ".join(name.partition(".")[0] for name in line.lists) or line.author
    subject = header(line.subject)
    return (
        clock(line.when),
        line.stage.value,
        header(where, NARROW),
        line.rule,
        line.symbol,
        subject,
    )
