"""Where a mail can be found that has left: an archive that keeps the list, a folder of sent mails.

Law: only the very mail says anything: its Message-ID, the sender, what it answers and what it says agree, since
anybody can write a Message-ID on a mail of their own. One that is not there may still have left. Must not know
letters.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from reviewbot.errors import ServiceError
from reviewbot.model.message import Message, RawMessage
from reviewbot.model.reply import Reply
from reviewbot.parse.mail import message
from reviewbot.parse.mbox import is_mbox, split

# A clock may be wrong, and a server may date the file.
_MARGIN = timedelta(days=1)
# Put before a line by whoever keeps mails in an mbox.
_QUOTED = re.compile(r">+(?=From )")


class Arrivals(Protocol):
    """Somewhere to look for a mail."""

    @property
    def name(self) -> str:
        """What people call it."""

    def mails(self, message_id: str, since: datetime) -> Iterator[Message]:
        """The mails of that Message-ID that are there; ours cannot have left before `since`.

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

    def mails(self, message_id: str, since: datetime) -> Iterator[Message]:  # noqa: ARG002
        """The mail that the archive has, if it has one."""
        found = self._archive.mail(message_id)
        if found is not None and (mail := message(found)).message_id == message_id:
            yield mail


class FolderArrivals:
    """A folder of mails that were sent, a maildir or an mbox."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """The path."""
        return str(self._path)

    def mails(self, message_id: str, since: datetime) -> Iterator[Message]:
        """The mails in the folder; files that have not changed since then are not opened."""
        wanted = message_id.encode("utf-8", "surrogateescape")
        oldest = (since - _MARGIN).timestamp()
        try:
            for data in _mails(self._path, oldest, wanted):
                if (mail := message(RawMessage(data))).message_id == message_id:
                    yield mail
        except OSError as error:
            raise ServiceError(f"{self._path}: cannot be read: {error.strerror}") from None


def arrived(
    places: Sequence[Arrivals], reply: Reply, since: datetime, tell: Callable[[str], None]
) -> str:
    """The name of the first place where the mail is, or an empty string; what cannot be asked is told, and
    where another mail goes by its Message-ID."""
    for place in places:
        try:
            for mail in place.mails(reply.message_id, since):
                if not (other := unlike(mail, reply)):
                    return place.name
                tell(f"{place.name} has another mail by the Message-ID of ours: {other}")
        except (ServiceError, sqlite3.Error) as error:
            tell(f"not looked for in {place.name}: {error}")
    return ""


def unlike(mail: Message, reply: Reply) -> str:
    """In what a mail is not the reply as it was sent, or an empty string.

    Servers change the blanks at the ends of lines, lists add a footer; nothing else may differ. Without an
    address of the sender the program that sent it has put one, which is not known here.
    """
    sender = reply.sender.email.lower()
    if sender and mail.sender.email.lower() != sender:
        return f"it is from {mail.sender.email or 'nobody'}"
    if reply.in_reply_to not in mail.in_reply_to:
        return "it answers another mail"
    ours, found = _lines(reply.body), _lines(mail.body)
    return "" if found[: len(ours)] == ours else "it says something else"


def _lines(body: str) -> list[str]:
    lines = body.replace("\r\n", "\n").rstrip().split("\n")
    return [_QUOTED.sub("", line.rstrip()) for line in lines]


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
