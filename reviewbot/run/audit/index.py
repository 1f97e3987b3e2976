"""Index: of every mail of the archives, where it is, whom it is tied to, and which rules may fire in it.

Kept from audit to audit and completed as archives grow; mails are numbered in the order they were met, and a
number is never used again, so that an audit can be held to what was there when it began.

Law: all of it can be made anew from the archives; what was noted of a volume up to its mark is whole, or its
place in the list is known to go on from. Must not know mails or rules.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from reviewbot.run.audit.ties import Role, split
from reviewbot.sinks.audit.rebuildable import opened
from reviewbot.sources.bulk.bodies import Trouble
from reviewbot.sources.bulk.volume import Volume

FILE = "index.sqlite3"

_STEPS = (
    (
        """CREATE TABLE volume (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, path TEXT NOT NULL,
            sieve TEXT NOT NULL, mark TEXT NOT NULL, target TEXT NOT NULL, listed INTEGER NOT NULL,
            age INTEGER NOT NULL, UNIQUE (kind, path)) STRICT""",
        """CREATE TABLE mail (id INTEGER PRIMARY KEY AUTOINCREMENT, volume INTEGER NOT NULL,
            place TEXT NOT NULL, seconds INTEGER NOT NULL, role INTEGER NOT NULL, marks BLOB,
            own INTEGER NOT NULL, named BLOB NOT NULL, shared BLOB NOT NULL,
            made INTEGER NOT NULL, kept INTEGER NOT NULL) STRICT""",
        "CREATE INDEX mail_marked ON mail (id) WHERE marks IS NOT NULL OR made <> 0",
        """CREATE TABLE tie (tie INTEGER NOT NULL, mail INTEGER NOT NULL,
            PRIMARY KEY (tie, mail)) STRICT, WITHOUT ROWID""",
        """CREATE TABLE trouble (volume INTEGER NOT NULL, place TEXT NOT NULL, kind TEXT NOT NULL,
            detail TEXT NOT NULL) STRICT""",
    ),
)


class Row(Struct, frozen=True, array_like=True):
    """What the index keeps of one mail.

    `marks` is a bit mask over the sieve's rules, low byte first; `made` and `kept` are its `cmodel.strands`.
    """

    place: str
    seconds: int
    role: Role
    marks: bytes
    own: bytes
    named: bytes
    shared: bytes
    made: int = 0
    kept: int = 0


class Standing(Struct, frozen=True):
    """How far a volume is in the index.

    All is there up to `mark`; of what follows up to `target` the first `listed` entries are. `age` grows
    whenever the volume was read anew, because its history was rewritten or the sieve changed.
    """

    number: int
    sieve: str
    mark: str
    target: str
    listed: int
    age: int


class Index:
    """The index in a folder; made there if need be. Raises InputError, OutputError as the file has it."""

    def __init__(self, folder: Path) -> None:
        self._base = opened(folder / FILE, _STEPS)

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def standing(self, volume: Volume) -> Standing:
        """How far a volume is; it is entered where it was not known."""
        known = (volume.kind.value, volume.path)
        with self._base.changing() as base:
            base.execute(
                "INSERT OR IGNORE INTO volume VALUES (NULL, ?, ?, '', '', '', 0, 0)", known
            )
        (row,) = self._base.rows(
            "SELECT id, sieve, mark, target, listed, age FROM volume WHERE kind = ? AND path = ?",
            *known,
        )
        return Standing(*row)

    def renew(self, number: int, sieve: str) -> None:
        """Forget what is known of a volume: it is to be read anew with this sieve."""
        with self._base.changing() as base:
            base.execute(
                "DELETE FROM tie WHERE mail IN (SELECT id FROM mail WHERE volume = ?)", (number,)
            )
            base.execute("DELETE FROM mail WHERE volume = ?", (number,))
            base.execute("DELETE FROM trouble WHERE volume = ?", (number,))
            base.execute(
                "UPDATE volume SET sieve = ?, mark = '', target = '', listed = 0, age = age + 1"
                " WHERE id = ?",
                (sieve, number),
            )

    def aim(self, number: int, target: str) -> None:
        """The volume is to be read up to this mark."""
        with self._base.changing() as base:
            base.execute("UPDATE volume SET target = ?, listed = 0 WHERE id = ?", (target, number))

    def add(
        self, number: int, rows: Sequence[Row], troubles: Iterable[Trouble], listed: int
    ) -> None:
        """Enter mails and troubles; with them the first `listed` entries up to the target are done."""
        with self._base.changing() as base:
            (last,) = base.execute(
                "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'mail'"
            ).fetchone() or (0,)
            numbered = list(enumerate(rows, last + 1))
            base.executemany(
                "INSERT INTO mail VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [_entered(each, number, row) for each, row in numbered],
            )
            base.executemany(
                "INSERT OR IGNORE INTO tie VALUES (?, ?)",
                sorted(
                    (tie, each)
                    for each, row in numbered
                    for tie in split(row.own + row.named + row.shared)
                ),
            )
            base.executemany(
                "INSERT INTO trouble VALUES (?, ?, ?, ?)",
                [(number, one.place, one.kind.value, one.detail) for one in troubles],
            )
            base.execute("UPDATE volume SET listed = ? WHERE id = ?", (listed, number))

    def note(self, number: int, troubles: Iterable[Trouble]) -> None:
        """Enter troubles, each once; the volume is to be looked at again."""
        with self._base.changing() as base:
            for one in troubles:
                row = (number, one.place, one.kind.value, one.detail)
                base.execute(
                    "DELETE FROM trouble WHERE (volume, place, kind, detail) = (?, ?, ?, ?)", row
                )
                base.execute("INSERT INTO trouble VALUES (?, ?, ?, ?)", row)

    def drop(self, number: int, places: Iterable[str]) -> None:
        """Forget mails that were taken out of the archive."""
        with self._base.changing() as base:
            base.execute("CREATE TEMP TABLE IF NOT EXISTS gone (place TEXT PRIMARY KEY)")
            base.execute("DELETE FROM temp.gone")
            base.executemany(
                "INSERT OR IGNORE INTO temp.gone VALUES (?)", ((place,) for place in places)
            )
            lost = "SELECT id FROM mail WHERE volume = ? AND place IN (SELECT place FROM temp.gone)"
            base.execute(f"DELETE FROM tie WHERE mail IN ({lost})", (number,))
            base.execute(f"DELETE FROM mail WHERE id IN ({lost})", (number,))

    def arrived(self, number: int) -> None:
        """All up to the target is in the index."""
        with self._base.changing() as base:
            base.execute("UPDATE volume SET mark = target, listed = 0 WHERE id = ?", (number,))

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query finds, all at once."""
        return self._base.rows(query, *values)

    def enter(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Carry out a statement with each of the rows, in a temporary table."""
        self._base.enter(statement, rows)


def _entered(each: int, number: int, row: Row) -> tuple[Any, ...]:
    """The columns of a mail."""
    (own,) = split(row.own)
    marks = row.marks or None
    return (
        *(each, number, row.place, row.seconds, row.role),
        *(marks, own, row.named, row.shared, row.made, row.kept),
    )
