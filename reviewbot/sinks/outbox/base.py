"""Base: the SQLite file of the outbox: made, brought up to date, changed in transactions.

Law: what is committed is on the disk when the call returns; a change that fails leaves nothing behind. A file
of a later reviewbot is not touched. Must not know what is in the tables.

Sources: sqlite.org/wal.html, sqlite.org/pragma.html (user_version, synchronous), sqlite.org/rescode.html.
"""

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reviewbot.errors import InputError, OutputError, ReviewbotError
from reviewbot.sinks.outbox.schema import STEPS

BUSY = 30.0  # seconds to wait for another process
_MOMENT = 0.01
Value = str | int | None
Row = tuple[Any, ...]
_UNREADABLE = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})
_OURS = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InternalError)


class Base:
    """The file at `path`; only its owner may read it.

    Raises InputError where it is damaged or of a later reviewbot, OutputError where it cannot be made or
    changed.
    """

    def __init__(self, path: Path, steps: Sequence[Sequence[str]] = STEPS) -> None:
        self._path = path
        with self._told():
            _make(path)
            self._base = sqlite3.connect(path, timeout=BUSY, isolation_level=None)
            # Bytes that are no text any more must be met by who reads them, not stop the whole query.
            self._base.text_factory = _text
        try:
            with self._told():
                self._set_up(steps)
        except (ReviewbotError, sqlite3.Error):
            self._base.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: nobody else changes anything meanwhile, and all of it happens or nothing."""
        with self._told():
            self._patiently("BEGIN IMMEDIATE")
            try:
                yield self._base
                self._base.execute("COMMIT")
            finally:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")

    def rows(self, query: str, *values: Value) -> list[Row]:
        """What a query finds."""
        with self._told():
            return self._patiently(query, *values)

    def _set_up(self, steps: Sequence[Sequence[str]]) -> None:
        self._refuse_later(len(steps))
        # A letter that is on its way must be known to be so even after a power cut.
        self._patiently("PRAGMA synchronous = FULL")
        self._patiently("PRAGMA foreign_keys = ON")
        self._patiently("PRAGMA journal_mode = WAL")
        for number, statements in enumerate(steps):
            if self._done() <= number:
                self._step(number, statements)
        self._refuse_later(len(steps))

    def _step(self, number: int, statements: Sequence[str]) -> None:
        """Run a step that is due, unless another process did meanwhile."""
        with self.changing() as base:
            if self._done() == number:
                for statement in statements:
                    base.execute(statement)
                base.execute(f"PRAGMA user_version = {number + 1}")

    def _done(self) -> int:
        """How many steps the file has behind it."""
        ((done,),) = self._patiently("PRAGMA user_version")
        return int(done)

    def _patiently(self, query: str, *values: Value) -> list[Row]:
        """What a query finds.

        While another process opens or closes the file SQLite gives up at once, whatever its own timeout is
        (wal.html, "Sometimes queries return SQLITE_BUSY"): then it is asked again.
        """
        deadline = time.monotonic() + BUSY
        while True:
            try:
                return self._base.execute(query, values).fetchall()
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > deadline:
                    raise
            time.sleep(_MOMENT)

    def _refuse_later(self, known: int) -> None:
        if (done := self._done()) > known:
            raise InputError(
                f"{self._path}: written by a later reviewbot (its schema is {done}, this one knows {known})",
                "Use that one, or name another folder with $XDG_STATE_HOME.",
            )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the disk and the file object to, in a sentence; our own faults pass."""
        try:
            yield
        except OSError as error:
            raise OutputError(f"{self._path}: cannot be written: {error.strerror}") from error
        except _OURS:
            raise
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF in _UNREADABLE:
                raise InputError(
                    f"{self._path}: is damaged: {error}",
                    "What was sent is known from it: recover it (sqlite3 FILE .recover) rather than delete it.",
                ) from error
            raise OutputError(f"{self._path}: cannot be used: {_sentence(error)}") from error


def _make(path: Path) -> None:
    """An empty file that only its owner may read; SQLite gives its side files the same mode."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # An open file that is closed would lose the locks this process has on it: only a new one is touched.
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _sentence(error: sqlite3.DatabaseError) -> str:
    match error.sqlite_errorcode & 0xFF:
        case sqlite3.SQLITE_FULL:
            return "no space left on the disk"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "another process has been changing it for too long"
        case sqlite3.SQLITE_READONLY:
            return "it is read-only"
    return str(error)
