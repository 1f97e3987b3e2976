"""Sightings as a table for spreadsheets: comma-separated values in UTF-8.

Law: no cell is taken for a formula, whatever a stranger wrote: what could begin one gets an apostrophe before
it. A record is one line, and no cell holds a control character. Must not know pages.

Sources: RFC 4180; OWASP, CSV Injection (the characters that begin a formula).
"""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from reviewbot.model.printable import header
from reviewbot.model.sighting import Sighting
from reviewbot.sinks.audit.account import Account, Sightings
from reviewbot.sinks.audit.links import Links

# The full-width forms are what spreadsheets of East Asia take for the same.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# The most characters that a cell of a spreadsheet holds.
LONGEST = 32_767 - 1
COLUMNS = (
    *("sent", "rule", "severity", "channel", "reason", "fate", "standing", "archive", "lists"),
    *("subject", "author", "domain", "revision", "since", "superseded", "path", "line", "function"),
    *("symbol", "comment", "text", "message_id", "series_id", "thread", "proofs", "fingerprint"),
)


def write(
    _account: Account, sightings: Sightings, stream: BinaryIO, links: Links | None = None
) -> None:
    """A line of headings, then one for each sighting; `text` is the line of the mail it points at.

    `sent` is ISO 8601 in UTC, `proofs` are fate and mail, `thread` is the address of the thread.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for sighting in sightings:
        writer.writerow(_row(sighting, links or Links()))
        stream.write(_taken(buffer))
    stream.write(_taken(buffer))


def _taken(buffer: io.StringIO) -> bytes:
    """What has come together, which is then no longer there."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _row(sighting: Sighting, links: Links) -> Iterator[str | int]:
    marked = sighting.quote[sighting.marked : sighting.marked + 1]
    values: dict[str, str | int] = {
        "sent": day(sighting.sent),
        "severity": sighting.severity.value,
        "channel": sighting.channel.value,
        "fate": sighting.fate.value,
        "standing": sighting.standing.value,
        "lists": " ".join(sighting.lists),
        "superseded": "yes" if sighting.superseded else "no",
        "text": "".join(marked),
        "thread": links.mail(sighting.message_id),
        "proofs": "; ".join(f"{proof.fate.value} {proof.by}" for proof in sighting.proofs),
    }
    for column in COLUMNS:
        value = values[column] if column in values else getattr(sighting, column)
        yield safe(value) if isinstance(value, str) else value


def safe(text: str) -> str:
    """`text` as one line that no spreadsheet takes for more than text."""
    line = header(text, LONGEST)
    return f"'{line}" if line.startswith(_FORMULA) else line


def day(seconds: int) -> str:
    """A Unix time as ISO 8601 in UTC, empty where a mail has none or an impossible one."""
    try:
        return (
            datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""
        )
    except (OverflowError, ValueError, OSError):
        return ""
