"""Rows: letters, moves and objections as they are written down, and read back.

Law: what is read back is what was written, or it is said that it cannot be read; text that no JSON can carry is
made whole first. Where a damaged time decides on what may be sent, it counts as later than all. Must not know
when anything is written.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

import msgspec

from reviewbot.errors import InputError
from reviewbot.model.letter import Letter, Move, Stage
from reviewbot.model.printable import header
from reviewbot.model.said import Departure, Objection, Said, Wish
from reviewbot.sinks.outbox.base import Row, Value
from reviewbot.sinks.outbox.entry import Entry, Unreadable

ENTRY = """
SELECT id, stage, content, held, changed, edited, not_before,
    (SELECT count(*) FROM move WHERE move.letter = letter.id AND after = 'sending'),
    (SELECT group_concat(at || ' ' || coalesce(before, after) || ' ' || after, ' ')
        FROM move WHERE move.letter = letter.id)
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
# What every time looks like that was written down.
TIME = "[1-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T*"
ID_DIGITS = 32
_WHY = 200
_STAGES = frozenset(stage.value for stage in Stage)
_WISHES = frozenset(wish.value for wish in Wish)
_LATEST = datetime(9000, 1, 1, tzinfo=UTC)


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


def stamp(when: datetime) -> str:
    """A time as it is written down."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def entry(row: Row) -> Entry:
    """The entry of a row of `ENTRY`. Raises InputError where the letter cannot be read (any more)."""
    found = readable(row)
    if isinstance(found, Unreadable):
        raise InputError(f"letter {found.short} cannot be read: {found.why}")
    return found


def readable(row: Row) -> Entry | Unreadable:
    """The entry of a row of `ENTRY`, or what keeps it from being read."""
    key, stage, content, held, changed, edited, not_before, tries, moves = row
    try:
        _check_moves(moves)
        return Entry(
            id=key,
            letter=msgspec.json.decode(content, type=Letter),
            stage=Stage(stage),
            held=_time(held),
            changed=_time(changed),
            edited=bool(edited),
            not_before=_time(not_before) if not_before is not None else None,
            tries=tries,
        )
    except (msgspec.MsgspecError, ValueError) as error:
        known = Stage(stage) if stage in _STAGES else None
        return Unreadable(key, known, header(str(error), _WHY))


def move(row: Row) -> Move:
    """The move of a row of `MOVE`."""
    key, before, after, who, at, why = row
    earlier = Stage(before) if before is not None else None
    return Move(key, earlier, Stage(after), who, _time(at), why)


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
        when=_latest(at),
        answered=_latest(answered) if answered is not None else None,
    )


def departure(row: Row) -> Departure:
    """The departure of a row of five fields, in their order."""
    message_id, series, lineage, author, at = row
    return Departure(message_id, series, lineage, author, _latest(at))


def objection(row: Row) -> Objection:
    """The objection of a row of `OBJECTION`; where its end cannot be read it has none."""
    wish, by, source, at, reason, lineage, author, fingerprint, rule, until = row
    if wish not in _WISHES:
        raise InputError(f"the outbox holds a wish that cannot be read: {header(wish, _WHY)}")
    return Objection(
        wish=Wish(wish),
        by=by,
        source=source,
        when=_latest(at),
        reason=reason,
        lineage=lineage,
        author=author,
        fingerprint=fingerprint,
        rule=rule,
        until=_latest(until) if until is not None else None,
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


def _check_moves(moves: str | None) -> None:
    """Raise ValueError where the history of a letter, `at before after` of each move, cannot be read."""
    words = (moves or "").split(" ")
    if len(words) % 3:
        raise ValueError("its history is damaged")
    for at, before, after in zip(*[iter(words)] * 3, strict=True):
        _time(at)
        if not _STAGES.issuperset((before, after)):
            raise ValueError(f"its history is damaged: from {before} to {after}")


def _time(text: str) -> datetime:
    """A time as `stamp` wrote it. Raises ValueError."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"a time without a zone: {text!r}")
    return found


def _latest(text: str | None) -> datetime:
    """A time, or one later than all where it cannot be read."""
    try:
        return _time(text or "")
    except ValueError:
        return _LATEST


def _whole(value: object) -> object:
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case dict():
            return {key: _whole(item) for key, item in value.items()}
        case list() | tuple():
            return [_whole(item) for item in value]
    return value
