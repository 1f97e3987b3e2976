"""What came and went in an epoch, brought into the index.

Law: whenever the process ends, the index is one that can be read and that the next run completes: mails are
added in batches, and only after the last one the newest commit is noted. What is in the index is never read
again, so going over a whole history costs little. Must not know where repositories come from.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from reviewbot.sources.mirror.entry import Entry, entry
from reviewbot.sources.mirror.epoch import Epoch, follows
from reviewbot.sources.mirror.history import Change, changes, mails

Progress = Callable[[int, int], None]

_BATCH = 500
# How far the sizes of two threads are counted to see which is the smaller one.
_LARGE = 1000

_REPLAYED = """
    CREATE TEMP TABLE change (blob BLOB PRIMARY KEY, place INTEGER NOT NULL, seconds INTEGER NOT NULL,
        gone INTEGER NOT NULL, commit_id TEXT NOT NULL) STRICT, WITHOUT ROWID
"""
# Going over the whole history: what is in the index from this epoch and no longer in the history is forgotten.
_FORGOTTEN = (
    "DELETE FROM taken WHERE epoch = :epoch",
    """DELETE FROM mail WHERE epoch = :epoch
        AND NOT EXISTS (SELECT 1 FROM temp.change AS c WHERE c.blob = mail.blob AND NOT c.gone)""",
)
_TAKEN = (
    "DELETE FROM taken WHERE epoch = :epoch AND blob IN (SELECT blob FROM temp.change WHERE NOT gone)",
    "INSERT OR IGNORE INTO taken SELECT blob, :epoch FROM temp.change WHERE gone",
    "DELETE FROM mail WHERE epoch <= :epoch AND blob IN (SELECT blob FROM temp.change WHERE gone)",
    "DELETE FROM alias WHERE mail NOT IN (SELECT id FROM mail)",
)
_MISSING = """
    FROM temp.change AS c WHERE NOT c.gone
        AND NOT EXISTS (SELECT 1 FROM mail AS m WHERE m.blob = c.blob AND m.epoch = :epoch)
        AND NOT EXISTS (SELECT 1 FROM taken AS t WHERE t.blob = c.blob AND t.epoch > :epoch)
"""


def bring(
    index: sqlite3.Connection, number: int, epoch: Epoch, progress: Progress, *, whole: bool = False
) -> int:
    """Bring the index up to the newest commit of the epoch of that number; how many mails came is returned.

    `whole` goes over all of its history again, which is done anyway where it was rewritten. `progress` is
    told of every mail: how many there were, of how many. Raises InputError where the repository cannot be
    read to its end.
    """
    last = _last(index, number)
    whole = whole or not last or not follows(epoch, last)
    if not whole and last == epoch.tip:
        return 0
    _replay(index, changes(epoch, "" if whole else last))
    with _transaction(index):
        for statement in (*(_FORGOTTEN if whole else ()), *_TAKEN):
            index.execute(statement, {"epoch": number})
    total = index.execute(f"SELECT count(*) {_MISSING}", {"epoch": number}).fetchone()[0]
    found = _entries(epoch, _missing(index, number), lambda done: progress(done, total))
    count = 0
    while portion := list(islice(found, _BATCH)):
        with _transaction(index):
            for change, kept in portion:
                add(index, number, change, kept)
        count += len(portion)
    with _transaction(index):
        index.execute("INSERT OR REPLACE INTO epoch VALUES (?, ?)", (number, epoch.tip))
    return count


def _entries(
    epoch: Epoch, wanted: Iterable[Change], progress: Callable[[int], None]
) -> Iterator[tuple[Change, Entry]]:
    """What is kept of the mails wanted."""
    for number, (change, raw) in enumerate(mails(epoch, wanted), 1):
        progress(number)
        yield change, entry(raw)


def add(index: sqlite3.Connection, number: int, change: Change, kept: Entry) -> None:
    """Add a mail; one without any Message-ID is left out, for nobody can ask for it."""
    if not kept.message_ids:
        return
    names = _named(index, dict.fromkeys((*kept.message_ids, *kept.references)))
    own = [names[each] for each in kept.message_ids]
    row = index.execute(
        "INSERT OR IGNORE INTO mail (epoch, blob, name, seconds, author, subject, change_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            *(number, bytes.fromhex(change.blob), own[0], change.seconds),
            *(_text(kept.author), _text(kept.subject), _text(kept.change_id)),
        ),
    ).lastrowid
    index.executemany(
        "INSERT OR IGNORE INTO alias VALUES (?, ?)", [(each, row) for each in own[1:]]
    )


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _named(index: sqlite3.Connection, ids: Iterable[str]) -> dict[str, int]:
    """The rows of these Message-IDs, made where they are not there, and all put into one thread."""
    rows: dict[str, int] = {}
    threads: dict[int, None] = {}
    unknown: list[str] = []
    for each in ids:
        found = index.execute(
            "SELECT id, thread FROM name WHERE message_id = ?", (_text(each),)
        ).fetchone()
        if found is None:
            unknown.append(each)
        else:
            rows[each] = found[0]
            threads[found[1]] = None
    thread = _joined(index, list(threads))
    for each in unknown:
        made = index.execute(
            "INSERT INTO name (message_id, thread) VALUES (?, ?)", (_text(each), thread)
        ).lastrowid
        rows[each] = made or 0
    return rows


def _joined(index: sqlite3.Connection, threads: list[int]) -> int:
    """The number of the one thread that these become: the largest of them, a new one for none."""
    if not threads:
        return int(index.execute("SELECT coalesce(max(id), 0) + 1 FROM name").fetchone()[0])
    if len(threads) == 1:
        return threads[0]
    into = max(threads, key=lambda thread: _size(index, thread))
    others = [(into, thread) for thread in threads if thread != into]
    index.executemany("UPDATE name SET thread = ? WHERE thread = ?", others)
    return into


def _size(index: sqlite3.Connection, thread: int) -> int:
    """The names in a thread, not counted further than is needed to call it large."""
    counted = "SELECT count(*) FROM (SELECT 1 FROM name WHERE thread = ? LIMIT ?)"
    return int(index.execute(counted, (thread, _LARGE)).fetchone()[0])


def _last(index: sqlite3.Connection, number: int) -> str:
    """The newest commit the index has of an epoch; empty where it has none."""
    found = index.execute("SELECT last FROM epoch WHERE number = ?", (number,)).fetchone()
    return found[0] if found else ""


def _replay(index: sqlite3.Connection, found: Iterable[Change]) -> None:
    """Keep, for every blob, what happened to it last."""
    index.execute("DROP TABLE IF EXISTS temp.change")
    index.execute(_REPLAYED)
    rows = (
        (bytes.fromhex(x.blob), place, x.seconds, x.gone, x.commit) for place, x in enumerate(found)
    )
    with _transaction(index):
        index.executemany("INSERT OR REPLACE INTO temp.change VALUES (?, ?, ?, ?, ?)", rows)


def _missing(index: sqlite3.Connection, number: int) -> Iterator[Change]:
    """The mails to be added, in the order they came."""
    chosen = f"SELECT blob, commit_id, seconds {_MISSING} ORDER BY place"
    for blob, commit, seconds in index.execute(chosen, {"epoch": number}):
        yield Change(blob.hex(), commit, seconds)


@contextmanager
def _transaction(index: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing."""
    index.execute("BEGIN IMMEDIATE")
    done = "ROLLBACK"
    try:
        yield
        done = "COMMIT"
    finally:
        index.execute(done)
