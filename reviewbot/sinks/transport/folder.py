"""Folders of mails on disk: drafts put into a maildir or an mbox, for a mail program to send.

Law: a mail is in a folder whole or not at all as far as its reader can tell, and what was there stays as it
was. What is not there yet becomes an mbox if its name has a suffix (`drafts.mbox`), else a maildir. Must not
know letters.

Sources: maildir(5) (tmp, then `cur` or `new`; `D` marks a draft, `S` a mail that was read), mbox(5), the lock
that mutt takes first (fcntl).
"""

import errno
import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep, time

from reviewbot.errors import OutputError, ServiceError
from reviewbot.sinks.mboxrd import mboxrd
from reviewbot.sinks.transport.delivery import AtLast, Delivery, Sent, nothing

DRAFT = "D"
SEEN = "S"
_PARTS = ("tmp", "new", "cur")
# Seconds to wait for a mail program that has the mbox open, and between two looks.
PATIENCE = 10.0
_MOMENT = 0.05


class FolderTransport:
    """The folder at `path`; it is made where it is not there."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """The path."""
        return str(self._path)

    def ready(self) -> None:
        """Raises ServiceError where the folder cannot be made."""
        try:
            _made(self._path)
        except OSError as error:
            raise ServiceError(f"{self._path}: cannot be made: {error.strerror}") from None

    def send(
        self,
        mail: bytes,
        sender: str,  # noqa: ARG002
        recipients: Sequence[str],  # noqa: ARG002
        at_last: AtLast = nothing,
    ) -> Sent:
        """Put the mail there as a draft; nobody gets it before a person sends it."""
        at_last()
        try:
            where = put(self._path, mail, DRAFT)
        except OSError as error:
            return Sent(Delivery.LATER, f"{self._path}: {error.strerror}", ends=True)
        return Sent(Delivery.ACCEPTED, f"a draft in {where}")

    def close(self) -> None:
        """There is nothing to let go of."""


def put(path: Path, mail: bytes, flag: str) -> Path:
    """Put a mail into the folder with a maildir `flag`; where it lies now, safe on the disk.

    Raises OSError; then it is not there.
    """
    _made(path)
    if not path.is_dir():
        _append(path, mail)
        return path
    name = f"{time():.6f}.{os.getpid()}_{sha256(mail).hexdigest()[:12]}.reviewbot"
    draft = path / "tmp" / name
    target = path / "cur" / f"{name}:2,{flag}"
    try:
        with draft.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(mail)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
        _settle(target.parent)
    except OSError:
        for path in (draft, target):
            path.unlink(missing_ok=True)
        raise
    return target


def file_sent(path: Path, mail: bytes) -> None:
    """Put a copy of a mail that was sent into the folder. Raises OutputError."""
    try:
        put(path, mail, SEEN)
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}") from None


def _made(path: Path) -> None:
    if path.is_dir() or not (path.exists() or path.suffix):
        for part in _PARTS:
            (path / part).mkdir(parents=True, exist_ok=True, mode=0o700)
    else:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)


def _append(path: Path, mail: bytes) -> None:
    """Append to an mbox; a failure takes back what was written."""
    with _locked(path) as file:
        end = os.lseek(file, 0, os.SEEK_END)
        # Whoever wrote before us may have been killed in the middle of a mail.
        tail = os.pread(file, 2, max(0, end - 2)) if end else b"\n\n"
        gap = b"" if tail == b"\n\n" else b"\n" if tail.endswith(b"\n") else b"\n\n"
        record = gap + mboxrd(mail)
        try:
            while record:
                record = record[os.write(file, record) :]
            os.fsync(file)
        except OSError:
            os.ftruncate(file, end)
            raise


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        _lock(file)
        yield file
    finally:
        os.close(file)


def _lock(file: int) -> None:
    """Have the file for ourselves. Raises TimeoutError where another program keeps it."""
    deadline = monotonic() + PATIENCE
    while True:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            if monotonic() > deadline:
                words = f"another program has kept it locked for {PATIENCE:.0f} seconds"
                raise TimeoutError(errno.ETIMEDOUT, words) from None
            sleep(_MOMENT)
        else:
            return


def _settle(folder: Path) -> None:
    """Have the name of a new file on the disk too."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
