"""When a host may be asked next, and how often still today; kept for all processes of this user.

Law: a request is entered before it is made. What a server asked for by `Retry-After` holds for the next
process too. Where nothing can be kept, the rules hold for this process alone. Must not know what is asked.
"""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from reviewbot.errors import ServiceError
from reviewbot.sources.web.clock import Clock
from reviewbot.sources.web.failures import OFFLINE, UnreachableError
from reviewbot.sources.web.settings import Network
from reviewbot.sources.web.waits import spoken

FILE = "network.sqlite3"
# The longest a server's wish is remembered: seconds.
_LONGEST = 86_400.0
_SCHEMA = 2
_BUSY = 10.0  # seconds to wait for another process
_TABLE = """
CREATE TABLE IF NOT EXISTS host (
    name TEXT PRIMARY KEY,
    next REAL NOT NULL,    -- seconds since 1970: not to be asked before
    asked INTEGER NOT NULL,
    day TEXT NOT NULL,     -- of UTC, on which it was asked so often
    down INTEGER NOT NULL DEFAULT 0  -- whether it asked for the pause because it is out of order
) STRICT, WITHOUT ROWID
"""
_TO_2 = "ALTER TABLE host ADD COLUMN down INTEGER NOT NULL DEFAULT 0"


class _Row(Struct, frozen=True):
    """When a host may be asked next, how often it was asked today, whether it is out of order."""

    due: float = 0.0
    asked: int = 0
    is_down: bool = False


# A row, and now, become the row anew.
_Entry = Callable[[_Row, float], _Row]


class Allowance:
    """The pause between requests and the budget of a day, for each host by itself."""

    def __init__(self, settings: Network, folder: Path, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._base = _opened(folder)

    def claim(self, host: str, patience: float) -> float:
        """Enter a request to `host`; the seconds to wait before it is made.

        Raises ServiceError, with nothing entered, where the budget of today is spent or the wait would be
        longer than `patience`; UnreachableError where that is because the host is out of order.
        """

        def enter(row: _Row, now: float) -> _Row:
            if row.asked >= self._settings.daily_requests:
                raise ServiceError(
                    f"{host} has been asked {row.asked} times today, which is all that is allowed",
                    "The day ends at midnight UTC; the limit is daily_requests in the table [network].",
                )
            if row.due - now > patience:
                raise (UnreachableError if row.is_down else ServiceError)(
                    f"{host} is not to be asked for another {spoken(row.due - now)}:"
                    " it asked for a pause, or others wait for their turn",
                    OFFLINE,
                )
            is_down = row.is_down and row.due > now
            return _Row(max(row.due, now) + self._settings.pause, row.asked + 1, is_down)

        due, now = self._entered(host, enter)
        return max(0.0, due - now)

    def hold(self, host: str, seconds: float, *, is_down: bool = False) -> None:
        """Nobody asks `host` before so many seconds have passed, as it wished; `is_down`: out of order."""

        def enter(row: _Row, now: float) -> _Row:
            until = now + min(seconds, _LONGEST)
            return row if until <= row.due else _Row(until, row.asked, is_down)

        self._entered(host, enter)

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def _entered(self, host: str, enter: _Entry) -> tuple[float, float]:
        """When `host` might be asked before `enter` changed its row, and now; both seconds since 1970."""
        try:
            return self._changed(host, enter)
        except sqlite3.Error:  # no room, read-only, damaged: go on without the file
            self._base.close()
            self._base = _ready(":memory:")
            return self._changed(host, enter)

    def _changed(self, host: str, enter: _Entry) -> tuple[float, float]:
        now = self._clock.now()
        day = datetime.fromtimestamp(now, UTC).date().isoformat()
        with self._base:
            self._base.execute("BEGIN IMMEDIATE")
            before = self._row(host, day, now)
            row = enter(before, now)
            self._base.execute(
                "INSERT OR REPLACE INTO host (name, next, asked, day, down) VALUES (?, ?, ?, ?, ?)",
                (host, row.due, row.asked, day, row.is_down),
            )
        return before.due, now

    def _row(self, host: str, day: str, now: float) -> _Row:
        """What is known of `host` on that day."""
        asked = "SELECT next, day, asked, down FROM host WHERE name = ?"
        due, on, count, is_down = self._base.execute(asked, (host,)).fetchone() or (0.0, day, 0, 0)
        # Further ahead than anything is remembered: the clock was set back meanwhile.
        due = due if due - now <= _LONGEST + self._settings.pause else 0.0
        return _Row(due, count if on == day else 0, bool(is_down))


def _opened(folder: Path) -> sqlite3.Connection:
    """The file of the folder; a damaged one is begun anew, one that cannot be had replaced by memory."""
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            return _ready(str(path))
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            path.unlink(missing_ok=True)
            return _ready(str(path))
    except (OSError, sqlite3.Error):
        return _ready(":memory:")


def _ready(path: str) -> sqlite3.Connection:
    base = sqlite3.connect(path, timeout=_BUSY, isolation_level=None)
    try:
        # A killed process harms nothing; a power cut may, and then a day is counted anew.
        base.execute("PRAGMA synchronous = OFF")
        if _schema(base) > _SCHEMA:
            raise sqlite3.OperationalError("written by a later reviewbot")
        if _schema(base) < _SCHEMA:
            base.execute("BEGIN IMMEDIATE")
            base.execute(_TO_2 if _schema(base) == 1 else _TABLE)
            base.execute(f"PRAGMA user_version = {_SCHEMA}")
            base.execute("COMMIT")
    except sqlite3.Error:
        base.close()
        raise
    return base


def _schema(base: sqlite3.Connection) -> int:
    """The number of the schema that the file has; 0 for a new one."""
    return int(base.execute("PRAGMA user_version").fetchone()[0])
