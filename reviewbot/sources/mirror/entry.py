"""What the index keeps of a mail: its ids, those it answers, subject, author, change-id.

Law: reads headers and no body, but for the line of a change-id, which is looked for in the bytes; never
raises. Must not know git, nor how the index is stored.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.model.message import RawMessage
from reviewbot.parse import header
from reviewbot.parse.address import mailbox, message_ids
from reviewbot.parse.header import Fields
from reviewbot.parse.mail import message

# Above these nobody writes by hand, nor any mail program.
_LONGEST_ID = 500
_MOST_REFERENCES = 300
_LONGEST_TEXT = 500
_MAX_HEADER = 256 << 10

# b4 writes `change-id: 20260302-name-0123456789ab` below the `---` of the cover letter, or of the only patch,
# and into a header of every patch (b4's docs, "prep: a change-id"); Gerrit's `Change-Id: I…` is not meant.
_CHANGE = re.compile(rb"^change-id:[ \t]*([\w.+/-]{1,200})[ \t\r]*$", re.MULTILINE)
_CHANGE_LINE = b"\nchange-id:"
_ENCODED = re.compile(rb"^content-transfer-encoding:[ \t]*(?:base64|quoted-printable)", re.I | re.M)


class Entry(Struct, frozen=True):
    """A mail as the index knows it; ids without brackets, `author` an address in lower case.

    `message_ids` has more than one where an archive gave a mail of an id it already had another id.
    `change_id` is empty for most.
    """

    message_ids: tuple[str, ...]
    references: tuple[str, ...]
    subject: str
    author: str
    change_id: str = ""


def entry(raw: bytes) -> Entry:
    """What is kept of the mail with these bytes."""
    block, content = header.split(raw)
    fields = header.fields(block[:_MAX_HEADER])
    author = mailbox(header.unfolded(next(iter(fields.get(b"from", ())), b"")))
    own = tuple(_ids(fields, b"message-id")) or tuple(_bare(fields))
    return Entry(
        message_ids=own,
        references=tuple(_references(fields, own)),
        subject=header.value(fields, b"subject")[:_LONGEST_TEXT],
        author=author.email.lower()[:_LONGEST_TEXT] if author else "",
        change_id=_change_id(raw, fields, block, content),
    )


def _ids(fields: Fields, name: bytes) -> Iterator[str]:
    """The ids in the fields of a name; what has no `@` or is absurdly long is none."""
    for raw in fields.get(name, ()):
        for each in message_ids(header.unfolded(raw)):
            if "@" in each and len(each) <= _LONGEST_ID:
                yield each


def _bare(fields: Fields) -> Iterator[str]:
    """The id of a mail that wrote it without brackets, or without `@`."""
    words = header.value(fields, b"message-id").strip(" <>").split()
    yield from (word for word in words[:1] if len(word) <= _LONGEST_ID)


def _references(fields: Fields, own: tuple[str, ...]) -> list[str]:
    """The ids of the mails answered, the oldest first, the nearest kept where they are too many.

    Old git send-email asked for an id, and people gave it an address: such a "thread" would hold a whole list.
    """
    people = b"".join(raw for name in (b"from", b"to", b"cc") for raw in fields.get(name, ()))
    found = dict.fromkeys((*_ids(fields, b"references"), *_ids(fields, b"in-reply-to")))
    near = [each for each in found if each not in own][-_MOST_REFERENCES:]
    return [each for each in near if each.encode("utf-8", "replace") not in people]


def _change_id(raw: bytes, fields: Fields, block: bytes, content: bytes) -> str:
    """The change-id of the series a mail belongs to, where it says so."""
    named = header.value(fields, b"x-change-id").split()
    if named:
        return named[0][:_LONGEST_TEXT]
    if _CHANGE_LINE in raw:
        found = _CHANGE.search(content)
        return found[1].decode("ascii", "replace") if found else ""
    if b"PATCH" in block and b"\nIn-Reply-To:" not in block and _ENCODED.search(block):
        found = _CHANGE.search(message(RawMessage(raw)).body.encode("utf-8", "replace"))
        return found[1].decode("ascii", "replace") if found else ""
    return ""
