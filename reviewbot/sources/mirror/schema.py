"""The file of an index: its tables, how older ones are brought up to date, how it is opened.

Law: `user_version` counts the steps that were taken; a step is one transaction, and a file that is newer than
this program is refused, never guessed at. Must not know what the rows mean to anybody.
"""

import sqlite3
from contextlib import ExitStack
from pathlib import Path

from reviewbot.errors import InputError

FILE = "index.sqlite3"

# A name is every Message-ID ever seen, of mails and of those they answer. Mails hang on names, and names of
# one conversation have one `thread`; so has public-inbox it (its "ghosts"), and so a reply that comes before
# what it answers finds its place. `taken` are mails to be left out (path `d`), whenever their epoch is read.
_STEPS = (
    """
    CREATE TABLE epoch (number INTEGER PRIMARY KEY, last TEXT NOT NULL) STRICT;
    CREATE TABLE name (id INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE,
        thread INTEGER NOT NULL) STRICT;
    CREATE INDEX name_thread ON name (thread);
    CREATE TABLE mail (id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, blob BLOB NOT NULL,
        name INTEGER NOT NULL, seconds INTEGER NOT NULL, author TEXT NOT NULL, subject TEXT NOT NULL,
        change_id TEXT NOT NULL, UNIQUE (blob, epoch)) STRICT;
    CREATE INDEX mail_name ON mail (name);
    CREATE INDEX mail_author ON mail (author, seconds);
    CREATE INDEX mail_change ON mail (change_id) WHERE change_id <> '';
    CREATE TABLE alias (name INTEGER NOT NULL, mail INTEGER NOT NULL,
        PRIMARY KEY (name, mail)) STRICT, WITHOUT ROWID;
    CREATE TABLE taken (blob BLOB NOT NULL, epoch INTEGER NOT NULL,
        PRIMARY KEY (blob, epoch)) STRICT, WITHOUT ROWID;
    """,
)
# Seconds to wait for another process that writes.
_PATIENCE = 30.0


def written(folder: Path) -> sqlite3.Connection:
    """The index in a folder, to write to; made where there is none.

    One that is damaged is made anew: all of it can be read from the archive again. Raises InputError for
    one made by a later release, and where the folder cannot be written to.
    """
    path = folder / FILE
    try:
        return _prepared(path)
    except sqlite3.DatabaseError as error:
        if not _is_damage(error):
            raise InputError(f"{path}: cannot be opened ({error})") from error
    for left in folder.glob(f"{FILE}*"):
        left.unlink()
    return _prepared(path)


def read(folder: Path) -> sqlite3.Connection | None:
    """The index in a folder, to read from; None where there is none, or one of another release.

    Raises sqlite3.Error where it cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    connection = _opened(path, "ro")
    try:
        steps = _steps(connection)
    except sqlite3.OperationalError:
        # Beside an index in a folder that is not ours the files of a shared log cannot be made.
        connection.close()
        connection = _opened(path, "ro&immutable=1")
        steps = _steps(connection)
    if steps != len(_STEPS):
        connection.close()
        return None
    return connection


def _prepared(path: Path) -> sqlite3.Connection:
    """The index at a path, with all tables."""
    with ExitStack() as stack:
        connection = _opened(path, "rwc")
        stack.callback(connection.close)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -16000")
        _migrate(connection, path)
        stack.pop_all()
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Take the steps that an older file lacks."""
    done = _steps(connection)
    if done > len(_STEPS):
        raise InputError(
            f"{path}: made by a later release of reviewbot",
            "remove the file and run `reviewbot mirror update`",
        )
    for number, step in enumerate(_STEPS[done:], done + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {step} PRAGMA user_version = {number}; COMMIT;")


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    name = f"{path.resolve().as_uri()}?mode={mode}"
    return sqlite3.connect(name, timeout=_PATIENCE, isolation_level=None, uri=True)


def _steps(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
