"""Message: one mail as received, decoded.

Law: text here is Unicode with `\\n` line ends, exactly as far as the mail can be decoded; nothing is
trimmed or reflowed but what the mail's own format declares. Must not know threads, patches or C.
"""

from datetime import datetime

from msgspec import Struct

from reviewbot.model.problem import Problem

# The right side of ids made for mails without one, such as files of git format-patch. RFC 6761: never a host.
MADE_UP = "@no-message-id.invalid"


class RawMessage(Struct, frozen=True):
    """The bytes of one mail (without mbox separator line) and where they were read.

    `origin` is for people: a path, or `path, message 3`.
    """

    data: bytes
    origin: str = ""


class Address(Struct, frozen=True):
    """A mailbox: display name (may be empty) and `local@domain`."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email


class Message(Struct, frozen=True):
    """One mail: the headers that matter for review, and its decoded text.

    `message_id` and the ids in `in_reply_to` and `references` (oldest first) come without angle
    brackets. `body` is the text the patch stands in; `attachments` are the further text parts.
    `list_ids` are the identifiers of `List-Id` headers (`kvm.vger.kernel.org`). `date` is what the sender says,
    `received` what the last server says that took the mail. `machine` is why a program wrote it without a
    person, as its headers tell, or empty.
    """

    message_id: str
    subject: str
    sender: Address
    body: str
    date: datetime | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    list_ids: tuple[str, ...] = ()
    auto_submitted: str = ""
    origin: str = ""
    problems: tuple[Problem, ...] = ()
    received: datetime | None = None
    machine: str = ""
