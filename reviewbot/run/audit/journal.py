"""Journal: what an audit has found so far, slice by slice, in the folder of its report.

Law: a slice is in it whole or not at all; killed at any moment, the audit goes on behind the last whole slice
and ends with the same findings in the same order. Must not know how anything is found, nor how it is shown.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from reviewbot.model.sighting import Sighting
from reviewbot.review.outcome import RuleFailure
from reviewbot.run.audit.jobs import Near
from reviewbot.run.audit.request import Pinned, Request
from reviewbot.run.audit.trouble import Trouble
from reviewbot.sinks.findings_json import encoded
from reviewbot.sinks.outbox.base import Base

FILE = "journal.sqlite3"

_STEPS = (
    (
        "CREATE TABLE request (request BLOB NOT NULL, pinned BLOB) STRICT",
        "CREATE TABLE slice (number INTEGER PRIMARY KEY) STRICT",
        """CREATE TABLE sighting (slice INTEGER NOT NULL, sent INTEGER NOT NULL, message_id TEXT NOT NULL,
            rule TEXT NOT NULL, line INTEGER NOT NULL, data BLOB NOT NULL) STRICT""",
        "CREATE INDEX in_order ON sighting (sent, message_id, rule, line)",
        "CREATE TABLE failure (slice INTEGER NOT NULL, data BLOB NOT NULL) STRICT",
        """CREATE TABLE trouble (slice INTEGER NOT NULL, archive TEXT NOT NULL, place TEXT NOT NULL,
            kind TEXT NOT NULL, detail TEXT NOT NULL) STRICT""",
        "CREATE TABLE pending (number INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT",
        "CREATE TABLE tally (slice INTEGER NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL) STRICT",
    ),
)
_ORDER = "sent, message_id, rule, line, rowid"
_PORTION = 500


class Slice(Struct, frozen=True):
    """What came of the slice of that number; `pending` are clusters to be read again without some mails."""

    number: int
    sightings: tuple[Sighting, ...] = ()
    failures: tuple[RuleFailure, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    counts: Mapping[str, int] = {}
    pending: tuple[tuple[int, Near], ...] = ()


class Journal:
    """The journal of one audit; raises InputError, OutputError as its file has it."""

    def __init__(self, path: Path) -> None:
        self._base = Base(path, _STEPS)

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    @property
    def request(self) -> Request | None:
        """What the audit was asked for; None for a new journal."""
        found = self._base.rows("SELECT request FROM request")
        return msgspec.json.decode(found[0][0], type=Request) if found else None

    @property
    def pinned(self) -> Pinned | None:
        """What the audit is held to; None before the archives were read."""
        found = self._base.rows("SELECT pinned FROM request WHERE pinned IS NOT NULL")
        return msgspec.json.decode(found[0][0], type=Pinned) if found else None

    def begin(self, request: Request) -> None:
        """Start anew with a request: whatever is in the journal is forgotten."""
        with self._base.changing() as base:
            for table in ("request", "slice", "sighting", "failure", "trouble", "tally", "pending"):
                base.execute(f"DELETE FROM {table}")
            base.execute("INSERT INTO request VALUES (?, NULL)", (msgspec.json.encode(request),))

    def pin(self, pinned: Pinned) -> None:
        """Hold the audit to what the archives have now."""
        with self._base.changing() as base:
            base.execute("UPDATE request SET pinned = ?", (msgspec.json.encode(pinned),))

    def done(self) -> frozenset[int]:
        """The numbers of the slices that are in the journal."""
        return frozenset(number for (number,) in self._base.rows("SELECT number FROM slice"))

    def add(self, found: Slice) -> None:
        """Enter a slice."""
        with self._base.changing() as base:
            number = found.number
            base.execute("INSERT INTO slice VALUES (?)", (number,))
            base.execute("DELETE FROM pending WHERE number = ?", (number,))
            base.executemany(
                "INSERT INTO pending VALUES (?, ?)",
                [(own, _encoded_near(near)) for own, near in found.pending],
            )
            base.executemany(
                "INSERT INTO sighting VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (number, one.sent, _text(one.message_id), one.rule, one.line, _encoded(one))
                    for one in found.sightings
                ],
            )
            base.executemany(
                "INSERT INTO failure VALUES (?, ?)",
                [(number, _encoded(one)) for one in found.failures],
            )
            base.executemany(
                "INSERT INTO trouble VALUES (?, ?, ?, ?, ?)",
                [
                    (number, one.archive, _text(one.place), one.kind, _text(one.detail))
                    for one in found.troubles
                ],
            )
            base.executemany(
                "INSERT INTO tally VALUES (?, ?, ?)",
                [(number, name, count) for name, count in found.counts.items()],
            )

    def pending(self) -> list[tuple[int, Near]]:
        """The clusters that are to be read again, with the numbers their slices shall have."""
        rows = self._base.rows("SELECT number, data FROM pending ORDER BY number")
        return [(number, msgspec.json.decode(data, type=Near)) for number, data in rows]

    def __iter__(self) -> Iterator[Sighting]:
        """All sightings, by the time their patch was sent, portion by portion."""
        decode = msgspec.json.Decoder(Sighting).decode
        last: tuple[str | int, ...] = (-(1 << 62), "", "", 0, 0)
        query = f"""SELECT data, {_ORDER} FROM sighting WHERE ({_ORDER}) > (?, ?, ?, ?, ?)
            ORDER BY {_ORDER} LIMIT {_PORTION}"""
        while portion := self._base.rows(query, *last):
            last = portion[-1][1:]
            yield from (decode(data) for data, *_ in portion)

    def __len__(self) -> int:
        """How many sightings there are."""
        return int(self._base.rows("SELECT count(*) FROM sighting")[0][0])

    def failures(self) -> list[RuleFailure]:
        """Every crash of a rule, in the order of rule and message."""
        rows = self._base.rows("SELECT data FROM failure")
        found = [msgspec.json.decode(data, type=RuleFailure) for (data,) in rows]
        return sorted(found, key=lambda one: (one.rule, one.message_id, one.path))

    def troubles(self) -> list[Trouble]:
        """What could not be read or reviewed, by kind, archive and place."""
        rows = self._base.rows(
            "SELECT DISTINCT kind, archive, place, detail FROM trouble ORDER BY 1, 2, 3, 4"
        )
        return [Trouble(*row) for row in rows]

    def counts(self) -> Mapping[str, int]:
        """The sum of each count."""
        return dict(
            self._base.rows("SELECT name, sum(count) FROM tally GROUP BY name ORDER BY name")
        )


def _encoded(value: Struct) -> bytes:
    # JSON cannot carry a lone surrogate, which hostile mails have.
    return encoded(value).encode()


def _encoded_near(near: Near) -> bytes:
    return msgspec.json.encode(near)


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
