"""Mails read through the real parser, and verdicts on lines of them, for tests of what is said."""

from datetime import UTC, datetime
from pathlib import Path

from reviewbot.model.diff import Side, Sign
from reviewbot.model.finding import Anchor, Channel, Confidence, Finding, Severity, Verdict
from reviewbot.model.message import RawMessage
from reviewbot.model.series import Patch, Series
from reviewbot.parse.mail import message
from reviewbot.parse.mbox import split
from reviewbot.parse.thread import series
from reviewbot.review.render import Words

ROOT = Path(__file__).resolve().parents[2]
MAILS = ROOT / "tests" / "mails"
WORDS = Words((ROOT / "templates",))
WHEN = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)


def read(name: str) -> Series:
    """The one series of `tests/mails/<name>.mbox`."""
    return parsed((MAILS / f"{name}.mbox").read_bytes())


def parsed(mbox: bytes) -> Series:
    (one,) = series(message(RawMessage(data)) for data in split(mbox))
    return one


def anchor(patch: Patch, start: str) -> Anchor:
    """The line of the diff or the trailer of a patch whose text, sign aside, begins with `start`."""
    for file in patch.files:
        for line in (line for hunk in file.hunks for line in hunk.lines):
            if line.text.strip().startswith(start):
                side = Side.OLD if line.sign is Sign.REMOVED else Side.NEW
                number = line.old if side is Side.OLD else line.new
                return Anchor(patch.message_id, file.path, side, number, line.mail, line.text)
    for trailer in patch.trailers:
        text = f"{trailer.key}: {trailer.value}"
        if text.startswith(start):
            return Anchor(patch.message_id, "", Side.NEW, 0, trailer.mail, text)
    raise AssertionError(f"no line begins with {start!r}")


def verdict(
    patch: Patch,
    start: str,
    rule: str,
    comment: str,
    *,
    related: tuple[str, ...] = (),
    severity: Severity = Severity.BUG,
    channel: Channel = Channel.MAIL,
    function: str = "",
    symbol: str = "",
) -> Verdict:
    """A verdict on the line that begins with `start`."""
    finding = Finding(
        rule=rule,
        severity=severity,
        confidence=Confidence.HIGH,
        channel=channel,
        anchor=anchor(patch, start),
        related=tuple(anchor(patch, other) for other in related),
        function=function,
        symbol=symbol,
    )
    return Verdict(finding, channel, "", comment)
