"""What audits said of each rule, kept for whoever asks about a rule later.

Law: the newest audit of the same archives takes the place of the last; what cannot be read is as if nobody had
audited. Must not know who asks.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from reviewbot.errors import OutputError
from reviewbot.sinks.audit.account import Account
from reviewbot.sinks.audit.score import Score
from reviewbot.sinks.audit.tables import RuleCount, Tables

FILE = "scores.json"
_MOST = 50


class Verdicts(Struct, frozen=True):
    """What one audit says of one rule: how it came out, and mails that show it, by fate."""

    score: Score
    samples: Mapping[str, tuple[str, ...]] = {}


class Remembered(Struct, frozen=True):
    """One audit: its archives as they were named, how many mails, the folder of its report, and its rules."""

    sources: tuple[str, ...]
    mails: int
    report: str
    rules: Mapping[str, Verdicts]


def remember(folder: Path, account: Account, tables: Tables, report: Path) -> None:
    """Keep what an audit says of each of its rules in `folder`. Raises OutputError."""
    made = Remembered(
        account.sources,
        account.mails,
        str(report.absolute()),
        {row.id: _verdicts(row.id, tables.rules) for row in account.rules},
    )
    others = [one for one in remembered(folder) if one.sources != made.sources]
    part = folder / f".{FILE}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.encode([made, *others][:_MOST]))
        part.replace(folder / FILE)
    except OSError as error:
        raise OutputError(f"{folder / FILE}: cannot be written: {error.strerror}") from None


def remembered(folder: Path) -> tuple[Remembered, ...]:
    """The audits there were, the newest first."""
    try:
        data = (folder / FILE).read_bytes()
        return msgspec.json.decode(data, type=tuple[Remembered, ...])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return ()


def lines(audits: Sequence[Remembered], rule: str, most: int = 3) -> Iterator[str]:
    """What the newest audits say of a rule, for people; nothing where none has run it."""
    known = [(one, one.rules[rule]) for one in audits if rule in one.rules]
    for one, verdicts in known[:most]:
        score = verdicts.score
        yield f"{', '.join(one.sources)} ({one.mails:,} mails): {_words(score)}"
        for fate, mails in verdicts.samples.items():
            yield from (f"  {fate}: <{mail}>" for mail in mails)
        yield f"  {one.report}"


def _verdicts(rule: str, counts: Sequence[RuleCount]) -> Verdicts:
    count = next((one for one in counts if one.rule == rule), None)
    if count is None:
        return Verdicts(Score())
    samples = {
        fate.value: tuple(each.message_id for each in found)
        for fate, found in count.samples.items()
    }
    return Verdicts(count.score, samples)


def _words(score: Score) -> str:
    if not score.fires:
        return "never found"
    word = "finding" if score.fires == 1 else "findings"
    return (
        f"{score.fires:,} {word}: {score.confirmed:,} confirmed, {score.contradicted:,} contradicted,"
        f" {score.unknown:,} unknown"
    )
