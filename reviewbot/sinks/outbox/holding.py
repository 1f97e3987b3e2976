"""Holding: whether a letter is put into the outbox, beside what lies there about the same mail.

Law: nothing is said twice of one mail, whichever stage the first time is in. A letter that says more takes the
place of one that is only held and as it was written. Must not know who asks.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from reviewbot.model.letter import Letter, Move, Stage
from reviewbot.sinks.outbox.entry import SHORT, Holding
from reviewbot.sinks.outbox.naming import named
from reviewbot.sinks.outbox.rows import identity, sound, stamp, text

# What a letter that a person has not dropped stands in.
LIVING = tuple(stage for stage in Stage if stage is not Stage.DROPPED)
# What has been on its way since before there was a salt keeps the Message-ID without one.
_SAME = "SELECT id, stage FROM letter WHERE id = ? OR message_id IN (?, ?)"
_REPLACE = "UPDATE letter SET stage = 'dropped', changed = ?, replaced = ? WHERE id = ?"
_NEIGHBOURS = """
SELECT id, stage, edited, fingerprint FROM letter JOIN claim ON claim.letter = letter.id
WHERE parent = ? AND replaced IS NULL
"""


class Neighbour(Struct, frozen=True):
    """Another letter about the same mail, and what it says."""

    id: str
    stage: Stage
    edited: bool
    said: frozenset[str]

    def __str__(self) -> str:
        return f"{self.id[:SHORT]} ({self.stage.value})"


def held(base: sqlite3.Connection, letter: Letter, who: str, when: datetime, why: str) -> Holding:
    """Put a letter in, or say why not; within a transaction."""
    given = sound(letter)
    key = identity(given)
    letter = named(base, given, given.reply.body)
    if found := base.execute(_SAME, (key, given.message_id, letter.message_id)).fetchone():
        return Holding(found[0], False, f"it is there, {found[1]}")
    mine = {claim.fingerprint for claim in letter.claims}
    shared = [one for one in neighbours(base, letter.posting.message_id) if one.said & mine]
    if objection := _objection(mine, shared):
        return Holding(key, False, objection)
    _insert(base, key, letter, stamp(when))
    note(base, Move(key, None, Stage.HELD, who, when, why))
    for old in shared:
        base.execute(_REPLACE, (stamp(when), key, old.id))
        reason = f"{key[:SHORT]} says this and more"
        note(base, Move(old.id, old.stage, Stage.DROPPED, who, when, reason))
    return Holding(key, True)


def neighbours(base: sqlite3.Connection, parent: str) -> tuple[Neighbour, ...]:
    """The letters about one mail, those aside whose place another took."""
    said: dict[tuple[str, str, int], set[str]] = {}
    for *letter, fingerprint in base.execute(_NEIGHBOURS, (parent,)):
        said.setdefault((letter[0], letter[1], letter[2]), set()).add(fingerprint)
    return tuple(
        Neighbour(key, Stage(stage), bool(edited), frozenset(fingerprints))
        for (key, stage, edited), fingerprints in said.items()
    )


def note(base: sqlite3.Connection, move: Move) -> None:
    """Write down that a letter was moved."""
    before = move.before.value if move.before else None
    base.execute(
        "INSERT INTO move SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5, ?6"
        " FROM move WHERE letter = ?1",
        (move.letter, before, move.after.value, move.who, stamp(move.when), move.why),
    )


def _objection(mine: set[str], shared: Sequence[Neighbour]) -> str:
    """Why a letter must not be put in, or an empty string."""
    known = frozenset[str]().union(*(one.said for one in shared))
    if shared and mine <= known:
        return f"all it says is in {', '.join(map(str, shared))}"
    if fixed := [*map(str, _fixed(shared))]:
        return f"part of what it says is in {', '.join(fixed)}"
    return ""


def _fixed(shared: Sequence[Neighbour]) -> Iterator[Neighbour]:
    """Those that are not to be replaced: a person or a server has seen them."""
    return (one for one in shared if one.stage is not Stage.HELD or one.edited)


def _insert(base: sqlite3.Connection, key: str, letter: Letter, now: str) -> None:
    posting = letter.posting
    row = {
        "id": key,
        "message_id": letter.message_id,
        "parent": posting.message_id,
        "series": posting.series,
        "lineage": posting.lineage,
        "revision": posting.revision,
        "author": posting.author.email.lower(),
        "stage": Stage.HELD.value,
        "content": text(letter),
        "held": now,
        "changed": now,
    }
    names = ", ".join(row)
    base.execute(f"INSERT INTO letter ({names}) VALUES (:{', :'.join(row)})", row)
    base.executemany(
        "INSERT OR IGNORE INTO claim VALUES (?, ?, ?, ?)",
        [(key, claim.fingerprint, claim.rule, claim.symbol) for claim in letter.claims],
    )
