"""Sole: one process sends at a time.

Law: whoever is inside knows that a letter in the stage `sending` is one of a run that died, and that no check
is posted between a look at those that are there and its own. The lock goes with the process, however it ends.
Must not know what is sent.

Source: flock(2).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewbot.errors import OutputError, UsageError

FILE = "posting.lock"
# Checks and mails do not wait for each other.
CHECKS = "checks.lock"


@contextmanager
def sole(folder: Path, name: str = FILE) -> Iterator[int]:
    """Be the only process of this user that sends from `folder`, in a `with` block; gives the descriptor of
    the lock (the file `name` in it), for programs that are run inside and may outlive us.

    Raises UsageError where another one does, OutputError where that cannot be told.
    """
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError("another reviewbot is sending", "Wait for it to end.") from error
        except OSError as error:
            raise OutputError(f"{path}: cannot be locked: {error.strerror}") from error
        yield lock
    finally:
        os.close(lock)
