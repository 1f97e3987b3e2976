"""An archive of list mail, and the three questions that put a series together.

lore over HTTP (or what the cache has of it) and local public-inbox mirrors answer; `gather` asks them in order.

Law: an answer is the mails as archived, byte for byte; what an archive does not have is an empty answer, never
an error. Must not know what a series is.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from reviewbot.model.message import RawMessage


class Sought(Struct, frozen=True):
    """Mails nobody gave the Message-ID of.

    Those of a `change_id` (b4's, `20260302-name-0123456789ab`), or, where it is empty, those whose subject has
    the words `subject` (without brackets) and that `author` (an address) sent; from `since` until `until`.
    """

    change_id: str = ""
    subject: str = ""
    author: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Archive(Protocol):
    """Where mails are kept. Message-IDs come and go without angle brackets."""

    @property
    def name(self) -> str:
        """What people call it: a URL, a list, a folder."""

    def mail(self, message_id: str) -> RawMessage | None:
        """The mail of that id, or None where the archive has none."""

    def thread(self, message_id: str) -> Iterator[RawMessage]:
        """The mails of the thread the mail is in, itself among them; nothing where there is none.

        Raises ServiceError where the archive could not be asked.
        """

    def posted(self, sought: Sought) -> Iterator[RawMessage]:
        """Mails that may be the ones sought; may give more, never invents. Raises as `thread`."""
