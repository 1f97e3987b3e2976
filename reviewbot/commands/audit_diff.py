"""`reviewbot audit diff`: what changed between two audits.

Law: reads the two reports and nothing else. Must not know how they are compared.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click

from reviewbot.commands.stream import opened, told
from reviewbot.errors import ExitCode
from reviewbot.sinks.audit.diff import Difference, compare
from reviewbot.sinks.audit.difference import as_json, as_markdown, as_text
from reviewbot.sinks.audit.folder import read_report

EXAMPLE = """\b
Examples:
  reviewbot audit diff kvmarm-before kvmarm-after
  reviewbot audit diff --format markdown --output changes.md before after
"""
FORMS: Mapping[str, Callable[[Difference], Iterator[str]]] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
}
FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


@click.command(epilog=EXAMPLE)
@click.argument("old", metavar="OLD", type=FOLDER)
@click.argument("new", metavar="NEW", type=FOLDER)
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(FORMS)),
    default="text",
    show_default=True,
    help="What comes out.",
)
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write here, not to stdout."
)
@click.option(
    "--fail-on-new", is_flag=True, help="End with 1 if NEW has findings that OLD has not."
)
def diff(old: Path, new: Path, form: str, output: Path | None, fail_on_new: bool) -> ExitCode:
    """Compare the reports of two audits, in the folders OLD and NEW.

    Says which findings are new, which are gone and why, whose fate changed, and how the precision of each rule
    changed.
    """
    difference = compare(read_report(old), read_report(new))
    with opened(output) as stream, told(output):
        for part in FORMS[form](difference):
            stream.write(part.encode())
    sys.stdout.flush()
    return ExitCode.FINDINGS if fail_on_new and difference.new else ExitCode.OK
