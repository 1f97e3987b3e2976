"""What a mirror holds, counted for people.

Law: reads the index and looks at files; what cannot be read counts as nothing. Must not know how it is shown.
"""

import sqlite3
from contextlib import closing, suppress

from msgspec import Struct

from reviewbot.sources.mirror.schema import read
from reviewbot.sources.mirror.shelf import Mirror

_COUNTED = "SELECT count(*), coalesce(max(seconds), 0) FROM mail"


class Account(Struct, frozen=True):
    """How much there is: epochs, mails, bytes on disk that are ours; `newest` is Unix time, 0 for no mail."""

    epochs: int
    mails: int
    newest: int
    size: int


def account(mirror: Mirror) -> Account:
    """Count what a mirror holds."""
    mails, newest = _counted(mirror)
    return Account(len(mirror.epochs), mails, newest, _size(mirror))


def _counted(mirror: Mirror) -> tuple[int, int]:
    try:
        index = read(mirror.folder)
        if index is None:
            return 0, 0
        with closing(index):
            mails, newest = index.execute(_COUNTED).fetchone()
            return mails, newest
    except sqlite3.Error:
        return 0, 0


def _size(mirror: Mirror) -> int:
    """The bytes of the files below the folder of a mirror; links are not followed."""
    total = 0
    for path in mirror.folder.rglob("*"):
        with suppress(FileNotFoundError):
            total += path.lstat().st_size if not path.is_dir() else 0
    return total
