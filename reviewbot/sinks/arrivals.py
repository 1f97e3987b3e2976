"""Where a mail can be found that has left: an archive that keeps the list, a folder of sent mails.

Law: only a mail that is there says anything; one that is not there may still have left. Must not know letters.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from reviewbot.errors import ServiceError
from reviewbot.model.message import RawMessage
from reviewbot.parse.mail import message
from reviewbot.parse.mbox import is_mbox, split

# A clock may be wrong, and a server may date the file.
_MARGIN = timedelta(days=1)


class Arrivals(Protocol):
    """Somewhere to look for a mail."""

    @property
    def name(self) -> str:
        """What people call it."""

    def has(self, message_id: str, since: datetime) -> bool:
        """Whether the mail of that Message-ID, which cannot have left before `since`, is there.

        Raises ServiceError where that cannot be found out.
        """


class Keeper(Protocol):
    """An archive, as far as it is needed here: as `sources.archive` has it."""

    @property
    def name(self) -> str:
        """What people call it."""

    def mail(self, message_id: str) -> RawMessage | None:
        """The mail of that id, or None where the archive has none. Raises ServiceError."""


class ArchiveArrivals:
    """An archive of the list, such as lore or a mirror of it."""

    def __init__(self, archive: Keeper) -> None:
        self._archive = archive

    @property
    def name(self) -> str:
        """What the archive is called."""
        return self._archive.name

    def has(self, message_id: str, since: datetime) -> bool:  # noqa: ARG002
        """Whether the archive has the mail."""
        found = self._archive.mail(message_id)
        return found is not None and message(found).message_id == message_id


class FolderArrivals:
    """A folder of mails that were sent, a maildir or an mbox."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """The path."""
        return str(self._path)

    def has(self, message_id: str, since: datetime) -> bool:
        """Whether the mail is in the folder; files that have not changed since then are not opened."""
        wanted = message_id.encode("utf-8", "surrogateescape")
        oldest = (since - _MARGIN).timestamp()
        try:
            return any(
                message(RawMessage(mail)).message_id == message_id
                for mail in _mails(self._path, oldest, wanted)
            )
        except OSError as error:
            raise ServiceError(f"{self._path}: cannot be read: {error.strerror}") from None


def arrived(
    places: Sequence[Arrivals], message_id: str, since: datetime, tell: Callable[[str], None]
) -> str:
    """The name of the first place where the mail is, or an empty string; what cannot be asked is told."""
    for place in places:
        try:
            if place.has(message_id, since):
                return place.name
        except (ServiceError, sqlite3.Error) as error:
            tell(f"not looked for in {place.name}: {error}")
    return ""


def _mails(path: Path, oldest: float, wanted: bytes) -> Iterator[bytes]:
    """The mails of a folder in which these bytes stand, of files that were changed since `oldest`."""
    for file in _files(path):
        try:
            data = file.read_bytes() if file.stat().st_mtime >= oldest else b""
        except FileNotFoundError:
            continue  # a mail program has moved it meanwhile
        if wanted in data:
            found = split(data) if is_mbox(data) else iter((data,))
            yield from (mail for mail in found if wanted in mail)


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from (path / "cur").glob("*")
        yield from (path / "new").glob("*")
    elif path.exists():
        yield path
