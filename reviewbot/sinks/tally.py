"""Tally: a run in numbers.

Law: every finding, every skip and every failure is counted exactly once, whether it is shown or not.
Must not know words or formats.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from reviewbot.model.finding import Channel
from reviewbot.review.outcome import Outcome

SHOWN = (Channel.MAIL, Channel.DRAFT, Channel.REPORT, Channel.SUPPRESSED)


def _zeros() -> dict[str, int]:
    return {channel.value: 0 for channel in SHOWN}


class Tally(Struct, frozen=True):
    """Counts over some outcomes.

    `messages` are mails with a Message-ID of their own; copies and mails that two series share count once.
    `channels` are findings by channel; `suppressed` and `skipped` count by reason; `replies` are mails
    to send, `failures` rules that crashed.
    """

    messages: int = 0
    series: int = 0
    patches: int = 0
    problems: int = 0
    replies: int = 0
    failures: int = 0
    channels: Mapping[str, int] = field(default_factory=_zeros)
    suppressed: Mapping[str, int] = {}
    skipped: Mapping[str, int] = {}

    @property
    def found(self) -> int:
        """All findings, whatever became of them."""
        return sum(self.channels.values())

    def plus(self, outcome: Outcome, problems: int) -> "Tally":
        """The counts with one more outcome, which has so many problems (gates not among them)."""
        series = outcome.series
        reasons = (v.reason for v in outcome.verdicts if v.channel is Channel.SUPPRESSED)
        return Tally(
            messages=self.messages,
            series=self.series + 1,
            patches=self.patches + len(series.patches),
            problems=self.problems + problems,
            replies=self.replies + len(outcome.replies),
            failures=self.failures + len(outcome.failures),
            channels=_sum(self.channels, (v.channel.value for v in outcome.verdicts)),
            suppressed=_sum(self.suppressed, reasons),
            skipped=_sum(self.skipped, (skip.reason.value for skip in outcome.skipped)),
        )


def _sum(counts: Mapping[str, int], more: Iterable[str]) -> dict[str, int]:
    return {**counts, **(Counter(counts) + Counter(more))}
