"""Mark: how far the one letter got that is on its way, for who comes after a run that was killed.

Law: a letter is `begun` on the disk before it is claimed, and `over` before the first byte that may make it
leave; only a mark that says begun proves that it has not left. Must not know how letters are kept or sent.
"""

import os
from pathlib import Path

from reviewbot.errors import OutputError

FILE = "posting.mark"
# Of one length, so that a mark is replaced by one write.
_BEGUN = "begun"
_OVER = "over "


class Mark:
    """The mark in `folder`; only for who holds the lock of `sole`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def begin(self, letter_id: str) -> None:
        """Say that nothing of the letter has been handed over. Raises OutputError."""
        self._write(_BEGUN, letter_id)

    def over(self, letter_id: str) -> None:
        """Say that from now on the letter may leave. Raises OutputError: then it must not."""
        self._write(_OVER, letter_id)

    def is_begun(self, letter_id: str) -> bool:
        """Whether it is certain that the letter was begun and never got over; in doubt it is not."""
        try:
            return self._path.read_text("ascii") == _line(_BEGUN, letter_id)
        except (OSError, UnicodeDecodeError):
            return False

    def _write(self, how: str, letter_id: str) -> None:
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                line = _line(how, letter_id).encode("ascii")
                if os.pwrite(file, line, 0) != len(line):
                    raise OutputError(f"{self._path}: cannot be written wholly")
                os.ftruncate(file, len(line))
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            raise OutputError(f"{self._path}: cannot be written: {error.strerror}") from error


def _line(how: str, letter_id: str) -> str:
    return f"{how} {letter_id}\n"
