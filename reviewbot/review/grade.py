"""Grade: findings become one of three words, for services that show a light for each patch.

Law: a pure function. Red is only what the mail channel is sure of; a draft is never more than yellow, so that
nobody is turned away by something a person has not looked at. Must not know services.
"""

from collections.abc import Collection, Iterable, Sequence
from enum import Enum

from reviewbot.model.finding import Channel, Severity, Verdict
from reviewbot.review.outcome import Outcome

_GRAVE = frozenset({Severity.BUG, Severity.BUILD})


class Grade(Enum):
    """Nothing to say, something to look at, something that is wrong."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"


def grade(verdicts: Iterable[Verdict]) -> Grade:
    """The grade of a patch with these verdicts."""
    grades = {_grade(verdict) for verdict in verdicts}
    return next((each for each in (Grade.FAIL, Grade.WARN) if each in grades), Grade.PASS)


def _grade(verdict: Verdict) -> Grade:
    grave = verdict.channel is Channel.MAIL and verdict.finding.severity in _GRAVE
    return Grade.FAIL if grave else Grade.WARN


def shown(outcome: Outcome, message_id: str, channels: Collection[Channel]) -> tuple[Verdict, ...]:
    """The verdicts on these channels about one mail of the series; about all of it for its cover letter."""
    cover = outcome.series.cover
    whole = cover is not None and cover.message_id == message_id
    return tuple(
        verdict
        for verdict in outcome.verdicts
        if verdict.channel in channels
        and (whole or verdict.finding.anchor.message_id == message_id)
    )


def counted(verdicts: Sequence[Verdict]) -> str:
    """How many there are in words: `2 comments, 1 draft`; `nothing to comment on`."""
    drafts = sum(verdict.channel is not Channel.MAIL for verdict in verdicts)
    sizes = ((len(verdicts) - drafts, "comment"), (drafts, "draft"))
    words = [f"{size} {noun}{'s' if size > 1 else ''}" for size, noun in sizes if size]
    return ", ".join(words) or "nothing to comment on"
