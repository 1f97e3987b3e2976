"""Ledger: what was said where, one line for each claim of each letter, for people and for programs.

Law: a field that is published keeps its name and meaning within `reviewbot-ledger/1`; new ones may join. Text
of strangers is safe to look at, and no cell begins a formula. Must not know who asks.

Sources: RFC 8259 (JSON), RFC 4180 (CSV); for formulas the OWASP page on CSV injection.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from fnmatch import fnmatchcase

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from reviewbot.model.letter import Claim, Move, Stage
from reviewbot.model.printable import escaped, header
from reviewbot.sinks.outbox.entry import Entry, Query
from reviewbot.sinks.outbox.outbox import Outbox

SCHEMA = "reviewbot-ledger/1"
_FORMULA = ("=", "+", "-", "@")
_NOTHING = Claim("", "")


class Line(Struct, frozen=True):
    """One claim of one letter.

    `when` is when it came to its `stage`, `approved_by` who said that it may go, `why` what was said of its
    last move. `patch` is the Message-ID of the mail it answers, `message_id` its own; `lists` are the lists
    that mail went to, `to` whom the letter is for.
    """

    when: datetime
    stage: Stage
    lists: tuple[str, ...]
    series: str
    lineage: str
    revision: int
    subject: str
    author: str
    to: tuple[str, ...]
    rule: str
    symbol: str
    fingerprint: str
    patch: str
    message_id: str
    letter: str
    approved_by: str
    why: str
    edited: bool


class Ledger(Struct, frozen=True):
    """All lines, and what they are."""

    schema: str
    lines: tuple[Line, ...]


def lines(outbox: Outbox, query: Query, since: datetime | None = None) -> Iterator[Line]:
    """What letters say, those that moved last before `since` left out; oldest first."""
    entries = (entry for entry in outbox.letters(query) if since is None or entry.changed >= since)
    for entry in sorted(entries, key=lambda entry: (entry.changed, entry.id)):
        moves = outbox.moves(entry.id)
        for claim in entry.letter.claims or (_NOTHING,):
            if not query.rule or fnmatchcase(claim.rule, query.rule):
                yield _line(entry, claim, moves)


def as_json(found: Iterable[Line]) -> str:
    """The lines as one JSON object: `schema`, and `lines`."""
    encoded = msgspec.json.encode(Ledger(SCHEMA, tuple(found)))
    return escaped(msgspec.json.format(encoded, indent=2).decode()) + "\n"


def as_csv(found: Iterable[Line]) -> Iterator[str]:
    """The lines as CSV with a row of names; lists are joined by blanks."""
    yield _cells(Line.__struct_fields__)
    for line in found:
        yield _cells(_cell(value) for value in asdict(line).values())


def _line(entry: Entry, claim: Claim, moves: tuple[Move, ...]) -> Line:
    letter, posting = entry.letter, entry.letter.posting
    return Line(
        when=entry.changed,
        stage=entry.stage,
        lists=posting.list_ids,
        series=posting.series,
        lineage=posting.lineage,
        revision=posting.revision,
        subject=posting.subject,
        author=posting.author.email,
        to=tuple(one.email for one in (*letter.reply.to, *letter.reply.cc)),
        rule=claim.rule,
        symbol=claim.symbol,
        fingerprint=claim.fingerprint,
        patch=posting.message_id,
        message_id=letter.message_id,
        letter=entry.id,
        approved_by=_approver(moves),
        why=moves[-1].why if moves else "",
        edited=entry.edited,
    )


def _approver(moves: Iterable[Move]) -> str:
    """Who said that it may go, unless it was held again since."""
    approver = ""
    for move in moves:
        if move.after is Stage.HELD:
            approver = ""
        elif move.after is Stage.APPROVED and move.before in (Stage.HELD, Stage.UNDECIDED):
            approver = move.who
    return approver


def _cell(value: object) -> str:
    match value:
        case Stage():
            return value.value
        case bool():
            return "yes" if value else "no"
        case tuple():
            text = " ".join(map(str, value))
        case datetime():
            text = value.isoformat(timespec="seconds")
        case _:
            text = str(value)
    text = header(text)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cells(cells: Iterable[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerow(list(cells))
    return stream.getvalue()
