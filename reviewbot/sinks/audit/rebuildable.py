"""A database that can be made anew from what it was made of: it may be lost, and a damaged one is.

Law: a file of a later reviewbot is never removed. Must not know what is in the tables.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from reviewbot.errors import InputError
from reviewbot.sinks.outbox.base import Base


class Rebuildable(Base):
    """A file that need not survive a power cut."""

    def __init__(self, path: Path, steps: Sequence[Sequence[str]]) -> None:
        super().__init__(path, steps)
        with suppress(sqlite3.Error):
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._base.execute("PRAGMA cache_size = -16000")

    def enter(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Carry out a statement on temporary tables with each of the rows."""
        self._base.executemany(statement, rows)


def opened(path: Path, steps: Sequence[Sequence[str]]) -> Rebuildable:
    """The database at `path`; a damaged file gives way to an empty one. Raises as `Base`."""
    try:
        return Rebuildable(path, steps)
    except InputError as error:
        if not isinstance(error.__cause__, sqlite3.DatabaseError):
            raise
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()
    return Rebuildable(path, steps)
