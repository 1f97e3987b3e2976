"""How a run ends: the exit code, and what is said of rules that failed.

Law: a rule that failed is never hidden behind what the others found. Must not know formats.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

import click

from reviewbot.errors import ExitCode
from reviewbot.model.finding import Channel, Severity
from reviewbot.model.printable import printable
from reviewbot.review.outcome import Outcome, RuleFailure
from reviewbot.sinks import crashlog

NEVER = "never"


def kept(items: Iterable[Outcome], into: list[Outcome]) -> Iterator[Outcome]:
    """The outcomes, each put into a list as it passes."""
    for item in items:
        into.append(item)
        yield item


def exit_code(
    seen: Iterable[Outcome], channels: Collection[Channel], fail_on: str = NEVER
) -> ExitCode:
    """The exit code of a finished run that showed these channels.

    `fail_on` is a severity or `never`. Rules that failed are named on stderr, and a log is written.
    """
    outcomes = list(seen)
    failures = [failure for outcome in outcomes for failure in outcome.failures]
    if failures:
        _confess(failures)
        return ExitCode.INTERNAL
    if fail_on == NEVER:
        return ExitCode.OK
    severities = (
        verdict.finding.severity.rank
        for outcome in outcomes
        for verdict in outcome.verdicts
        if verdict.channel in channels and verdict.channel is not Channel.SUPPRESSED
    )
    limit = Severity(fail_on).rank
    return ExitCode.FINDINGS if any(rank >= limit for rank in severities) else ExitCode.OK


def _confess(failures: Sequence[RuleFailure]) -> None:
    """Say which rules failed, once each, and write the log to paste."""
    first = {failure.rule: failure for failure in reversed(failures)}
    for rule, failure in sorted(first.items()):
        click.echo(printable(f"reviewbot: rule {rule} failed: {failure.error}"), err=True)
    details = (f"{f.rule} on {f.path or f.message_id}: {f.error}\n{f.traceback}" for f in failures)
    log = crashlog.write(f"reviewing with {', '.join(sorted(first))}", "\n".join(details))
    click.echo(f"  A log to paste into a bug report is in {log}", err=True)
