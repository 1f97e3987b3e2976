"""Outbox: what will be sent, what was, and what came of it; kept in one SQLite file.

Law: a letter is held once, and no two processes ever both take it from `approved` to `sending`; each change is
one transaction, on the disk before the call returns. Must not know what is polite, nor how mails are sent.
"""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Self

from reviewbot.errors import UsageError
from reviewbot.model.letter import MOVES, Letter, Move, Stage
from reviewbot.model.said import Departure, Objection, Said
from reviewbot.sinks.outbox import rows
from reviewbot.sinks.outbox.base import Base, Value
from reviewbot.sinks.outbox.entry import SHORT, Entry, Holding, Query, Unreadable
from reviewbot.sinks.outbox.holding import LIVING, held, neighbours, note
from reviewbot.sinks.outbox.naming import named

FILE = "outbox.db"
ALL = Query()
# Out, or perhaps out.
GONE = (Stage.SENDING, Stage.UNDECIDED, Stage.SENT)
EDITABLE = (Stage.HELD, Stage.APPROVED)
_DEPARTURES = f"""
SELECT message_id, series, lineage, author, max(at) AS last
FROM letter JOIN move ON move.letter = letter.id AND after = 'sending'
WHERE stage IN {rows.marks(GONE)} GROUP BY letter.id
HAVING last >= ? OR min(at GLOB '{rows.TIME}') = 0 ORDER BY last, letter.id
"""


class Outbox:
    """The letters in `folder`/outbox.db, which is made; use it in a `with` block.

    Every method raises InputError where the file is damaged or of a later reviewbot, OutputError where it
    cannot be written. All times that are given carry a timezone.
    """

    def __init__(self, folder: Path) -> None:
        self._base = Base(folder / FILE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    # Letters

    def hold(self, letter: Letter, who: str, when: datetime, why: str = "") -> Holding:
        """Put a letter in, stage `held`, unless what it says about that mail lies there in any stage."""
        with self._base.changing() as base:
            return held(base, letter, who, when, why)

    def letters(self, query: Query = ALL) -> tuple[Entry, ...]:
        """The letters asked for, oldest first; those that cannot be read are left out."""
        stages = [stage.value for stage in query.stages or Stage]
        chosen = f"{rows.ENTRY} WHERE stage IN {rows.marks(stages)} ORDER BY held, id"
        found = map(rows.readable, self._base.rows(chosen, *stages))
        return tuple(one for one in found if isinstance(one, Entry) and query.matches(one))

    def unreadable(self, stages: Iterable[Stage] = ()) -> tuple[Unreadable, ...]:
        """The letters in these stages (none: in any) that cannot be read, and those of which nobody knows
        the stage."""
        wanted = {None, *(stages or Stage)}
        found = map(rows.readable, self._base.rows(f"{rows.ENTRY} ORDER BY id"))
        return tuple(one for one in found if isinstance(one, Unreadable) and one.stage in wanted)

    def letter(self, letter_id: str) -> Entry | None:
        """The letter of exactly this id. Raises InputError where it cannot be read."""
        found = self._base.rows(f"{rows.ENTRY} WHERE id = ?", letter_id)
        return rows.entry(found[0]) if found else None

    def move(
        self,
        letter_id: str,
        before: Stage,
        after: Stage,
        who: str,
        when: datetime,
        why: str = "",
        *,
        not_before: datetime | None = None,
        shown: str = "",
    ) -> bool:
        """Move a letter from `before` to `after`; True when that is on the disk.

        False, and nothing changed, where it is not in `before` any more, or its digest is not the one that was
        `shown`: somebody else was faster. Raises ValueError for a move that `MOVES` does not know, UsageError
        where a letter that was dropped cannot come back because another says the same.
        """
        if after not in MOVES[before]:
            raise ValueError(f"no letter goes from {before.value} to {after.value}")
        wait = rows.stamp(not_before) if not_before else None
        with self._base.changing() as base:
            if shown and _digest(base, letter_id) != shown:
                return False
            if before is Stage.DROPPED:
                _refuse_twin(base, letter_id)
            changed = base.execute(
                "UPDATE letter SET stage = ?, changed = ?, not_before = ?, replaced = NULL"
                " WHERE id = ? AND stage = ?",
                (after.value, rows.stamp(when), wait, letter_id, before.value),
            )
            if changed.rowcount == 0:
                return False
            note(base, Move(letter_id, before, after, who, when, why))
        return True

    def edit(
        self, letter_id: str, body: str, who: str, when: datetime, *, over: str = ""
    ) -> Entry | None:
        """Give a letter that is held or approved another body; it is held then, with the Message-ID its new
        body makes. None, and nothing changed, where it is in no such stage, or its Message-ID is no longer
        `over`.

        Raises UsageError where the very same mail is there already.
        """
        with self._base.changing() as base:
            found = base.execute(f"{rows.ENTRY} WHERE id = ?", (letter_id,)).fetchone()
            entry = rows.entry(found) if found else None
            if entry is None or entry.stage not in EDITABLE:
                return None
            if over not in ("", entry.letter.message_id):
                return None
            edited = rows.sound(named(base, entry.letter, body))
            _refuse_copy(base, letter_id, edited.message_id)
            base.execute(
                "UPDATE letter SET stage = 'held', content = ?, message_id = ?, changed = ?, edited = 1"
                " WHERE id = ?",
                (rows.text(edited), edited.message_id, rows.stamp(when), letter_id),
            )
            note(base, Move(letter_id, entry.stage, Stage.HELD, who, when, "edited"))
        return self.letter(letter_id)

    def moves(self, letter_id: str) -> tuple[Move, ...]:
        """How a letter came to be where it is, oldest first."""
        found = self._base.rows(f"{rows.MOVE} WHERE letter = ? ORDER BY number", letter_id)
        return tuple(map(rows.move, found))

    # History

    def said(self, lineage: str = "") -> tuple[Said, ...]:
        """What was said (stage sent), or may have been (sending, undecided), in this lineage or in all."""
        return self._claims(GONE, lineage)

    def declined(self, lineage: str = "") -> tuple[Said, ...]:
        """What a person would not have said (stage dropped), in this lineage or in all."""
        return self._claims((Stage.DROPPED,), lineage)

    def answered(self, message_id: str, when: datetime) -> bool:
        """Note that somebody answered our letter of that Message-ID; False where that was known, or is not
        ours. The earliest time counts."""
        now = rows.stamp(when)
        with self._base.changing() as base:
            changed = base.execute(
                "UPDATE letter SET answered = ?1 WHERE message_id = ?2"
                " AND (answered IS NULL OR answered > ?1)",
                (now, message_id),
            )
            return changed.rowcount == 1

    def departures(self, since: datetime) -> tuple[Departure, ...]:
        """The letters begun to be sent since then that are sent or may have been: what caps are counted by."""
        gone = (stage.value for stage in GONE)
        return tuple(map(rows.departure, self._base.rows(_DEPARTURES, *gone, rows.stamp(since))))

    # Objections

    def object(self, objection: Objection) -> bool:
        """Keep an objection; False where the very same mail made it already."""
        with self._base.changing() as base:
            changed = base.execute(
                f"INSERT OR IGNORE INTO objection ({rows.OBJECTION_FIELDS})"
                f" VALUES {rows.marks(range(10))}",
                rows.objection_row(objection),
            )
            return changed.rowcount == 1

    def objections(self, now: datetime) -> tuple[Objection, ...]:
        """The objections that hold now, oldest first."""
        chosen = f"{rows.OBJECTION} WHERE until IS NULL OR until > ? ORDER BY at, source"
        return tuple(map(rows.objection, self._base.rows(chosen, rows.stamp(now))))

    def withdraw(self, objection: Objection) -> bool:
        """Forget an objection; whether there was one."""
        with self._base.changing() as base:
            changed = base.execute(
                "DELETE FROM objection WHERE source = ? AND wish = ? AND lineage = ? AND author = ?"
                " AND fingerprint = ? AND rule = ?",
                rows.objection_key(objection),
            )
            return changed.rowcount == 1

    def _claims(self, stages: tuple[Stage, ...], lineage: str) -> tuple[Said, ...]:
        values: list[Value] = [stage.value for stage in stages]
        where = f"stage IN {rows.marks(stages)} AND replaced IS NULL"
        if lineage:
            where += " AND lineage = ?"
            values.append(lineage)
        found = self._base.rows(f"{rows.SAID} WHERE {where} ORDER BY held, id", *values)
        return tuple(map(rows.said, found))


def _digest(base: sqlite3.Connection, letter_id: str) -> str:
    """The digest of a letter as it is now, or an empty string. Raises InputError where it cannot be read."""
    found = base.execute(f"{rows.ENTRY} WHERE id = ?", (letter_id,)).fetchone()
    return rows.entry(found).digest if found else ""


def _refuse_copy(base: sqlite3.Connection, letter_id: str, message_id: str) -> None:
    """Refuse the Message-ID of another letter."""
    found = base.execute("SELECT id FROM letter WHERE message_id = ?", (message_id,)).fetchone()
    if found and found[0] != letter_id:
        raise UsageError(f"the same mail is there already: {found[0][:SHORT]}")


def _refuse_twin(base: sqlite3.Connection, letter_id: str) -> None:
    """Refuse to bring back a letter while another says of the same mail what it says."""
    own = base.execute("SELECT parent FROM letter WHERE id = ?", (letter_id,)).fetchone()
    said = base.execute("SELECT fingerprint FROM claim WHERE letter = ?", (letter_id,)).fetchall()
    mine = {fingerprint for (fingerprint,) in said}
    for other in neighbours(base, own[0]) if own else ():
        if other.id != letter_id and other.stage in LIVING and other.said & mine:
            raise UsageError(f"{letter_id[:SHORT]}: {other} says the same already")
