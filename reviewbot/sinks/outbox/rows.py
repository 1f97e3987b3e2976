"""Rows: letters, moves and objections as they are written down, and read back.

Law: what is read back is what was written; text that no JSON can carry is made whole first. Must not know when
anything is written.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

import msgspec

from reviewbot.errors import InputError
from reviewbot.model.letter import Letter, Move, Stage
from reviewbot.model.said import Departure, Objection, Said, Wish
from reviewbot.sinks.outbox.base import Row, Value
from reviewbot.sinks.outbox.entry import Entry

ENTRY = """
SELECT id, stage, content, held, changed, edited, not_before,
    (SELECT count(*) FROM move WHERE move.letter = letter.id AND after = 'sending')
FROM letter
"""
MOVE = "SELECT letter, before, after, who, at, why FROM move"
# When a letter went to the stage it is in now.
_SINCE = "(SELECT max(at) FROM move WHERE move.letter = letter.id AND move.after = letter.stage)"
SAID = f"""
SELECT lineage, fingerprint, rule, symbol, revision, parent, message_id, stage, {_SINCE}, answered
FROM letter JOIN claim ON claim.letter = letter.id
"""
OBJECTION_FIELDS = "wish, by, source, at, reason, lineage, author, fingerprint, rule, until"
OBJECTION = f"SELECT {OBJECTION_FIELDS} FROM objection"
ID_DIGITS = 32


def identity(letter: Letter) -> str:
    """The id of a letter: 32 hex digits over the mail it answers and what it says, or its words if that is
    not known."""
    said = sorted(claim.fingerprint for claim in letter.claims) or [letter.message_id]
    what = "\0".join((letter.posting.message_id, *said))
    return sha256(what.encode("utf-8", "surrogatepass")).hexdigest()[:ID_DIGITS]


def sound(letter: Letter) -> Letter:
    """The letter without lone surrogates, which can neither be written down nor sent."""
    try:
        msgspec.json.encode(letter)
    except UnicodeEncodeError:
        return msgspec.convert(_whole(msgspec.to_builtins(letter)), Letter)
    return letter


def text(letter: Letter) -> str:
    """A letter as JSON."""
    return msgspec.json.encode(letter).decode()


def letter(json: str) -> Letter:
    """A letter of JSON; raises InputError where it is none (any more)."""
    try:
        return msgspec.json.decode(json, type=Letter)
    except msgspec.MsgspecError as error:
        raise InputError(f"the outbox holds a letter that cannot be read: {error}") from error


def stamp(when: datetime) -> str:
    """A time as it is written down."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def entry(row: Row) -> Entry:
    """The entry of a row of `ENTRY`."""
    key, stage, content, held, changed, edited, not_before, tries = row
    return Entry(
        id=key,
        letter=letter(content),
        stage=Stage(stage),
        held=datetime.fromisoformat(held),
        changed=datetime.fromisoformat(changed),
        edited=bool(edited),
        not_before=_time(not_before),
        tries=tries,
    )


def move(row: Row) -> Move:
    """The move of a row of `MOVE`."""
    key, before, after, who, at, why = row
    earlier = Stage(before) if before is not None else None
    return Move(key, earlier, Stage(after), who, datetime.fromisoformat(at), why)


def said(row: Row) -> Said:
    """What a row of `SAID` says."""
    lineage, fingerprint, rule, symbol, revision, parent, message_id, stage, at, answered = row
    return Said(
        lineage=lineage,
        fingerprint=fingerprint,
        rule=rule,
        symbol=symbol,
        revision=revision,
        parent=parent,
        message_id=message_id,
        stage=Stage(stage),
        when=datetime.fromisoformat(at),
        answered=_time(answered),
    )


def departure(row: Row) -> Departure:
    """The departure of a row of five fields, in their order."""
    message_id, series, lineage, author, at = row
    return Departure(message_id, series, lineage, author, datetime.fromisoformat(at))


def objection(row: Row) -> Objection:
    """The objection of a row of `OBJECTION`."""
    wish, by, source, at, reason, lineage, author, fingerprint, rule, until = row
    return Objection(
        wish=Wish(wish),
        by=by,
        source=source,
        when=datetime.fromisoformat(at),
        reason=reason,
        lineage=lineage,
        author=author,
        fingerprint=fingerprint,
        rule=rule,
        until=_time(until),
    )


def objection_row(given: Objection) -> tuple[Value, ...]:
    """An objection as `OBJECTION_FIELDS`."""
    until = stamp(given.until) if given.until else None
    what = (given.lineage, given.author.lower(), given.fingerprint, given.rule)
    return given.wish.value, given.by, given.source, stamp(given.when), given.reason, *what, until


def objection_key(given: Objection) -> tuple[Value, ...]:
    """What makes an objection the same: source, wish, lineage, author, fingerprint, rule."""
    what = (given.lineage, given.author.lower(), given.fingerprint, given.rule)
    return given.source, given.wish.value, *what


def marks(values: Sequence[object]) -> str:
    """A placeholder for each value, in brackets."""
    return f"({', '.join('?' * len(values))})"


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None


def _whole(value: object) -> object:
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case dict():
            return {key: _whole(item) for key, item in value.items()}
        case list() | tuple():
            return [_whole(item) for item in value]
    return value
