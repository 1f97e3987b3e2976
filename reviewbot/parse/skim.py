"""Skim: what an index keeps of one mail, read without building a Message.

Law: the same answers as `parse.mail.message` and `parse.body` give, for whatever bytes; nothing raises. What is
written in the commonest form is read by a short way that is surely right, the rest by the exact functions.
Must not know patches, threads or rules.
"""

import re
from binascii import a2b_qp
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from msgspec import Struct

from reviewbot.model.message import RawMessage
from reviewbot.parse import header, mail, mime
from reviewbot.parse.address import mailboxes, message_ids
from reviewbot.parse.body import change_id
from reviewbot.parse.charset import decode
from reviewbot.parse.flowed import unflowed

_BODY_FIELDS = (b"content-type", b"content-transfer-encoding", b"content-disposition")
_FIELD = re.compile(
    rb"\n(?=[cdfimrs])(content-(?:type|transfer-encoding|disposition)|date|from|in-reply-to|message-id|references|subject)"
    rb"(?:[ \t\r\f\v]|\n[ \t])*:([^\n]*(?:\n[ \t][^\n]*)*)",
    re.IGNORECASE,
)
# A longer header is hardly one, and its values may have to be cut.
_LONGEST_BLOCK = 1 << 18
_ID = re.compile(rb"<([!-;=?-~]+)>")
_SENDER = re.compile(rb'[^<>"(),;:@\x80-\xff]*<([^<>"(),;:\s\x80-\xff]+)>\s*')
_DATE = re.compile(
    rb"\s*(?:[A-Z][a-z][a-z], )?(\d\d? [A-Z][a-z][a-z] \d{4}) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d)"
    rb" ([+-])([01]\d|2[0-3])([0-5]\d)(?: \([A-Z]+\))?\s*"
)
_MONTHS = (b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split()
_EPOCH = date(1970, 1, 1)
# No diff begins otherwise (`parse.extent`); of the last two only at the very beginning of a text.
_DAY = 24 * 60 * 60
# No diff begins otherwise (`parse.extent`).
_SIGN = re.compile(r"\n(?:@@ -|diff -|\+\+\+ |\*\*\* |Index: )")
_FIRST = ("diff -", "--- ", "*** ", "Index: ")

_Fields = dict[bytes, list[bytes]]


class Skimmed(Struct, frozen=True, array_like=True):
    """One mail in an index. Ids come without brackets; `references` are those of In-Reply-To, then References.

    `sender` is the address in lower case, `subject` the decoded line, `seconds` the Date as Unix time (0 where
    there is none). `text` is the body as UTF-8 where a diff may begin in it, else empty; `is_diff` says which.
    """

    message_id: str
    references: tuple[str, ...]
    sender: str
    subject: str
    seconds: int
    change_id: str
    text: bytes
    is_diff: bool


class _Encoded(Struct, frozen=True, gc=False):
    """How the body of a mail of one part is written down."""

    charset: str = ""
    transfer: str = ""
    flowed: bool = False
    deletes: bool = False


def skim(data: bytes) -> Skimmed:
    """What the index keeps of a mail as bytes, without an mbox separator line."""
    block, content = header.split(data[: mail.MAX_BYTES])
    fields = _fields(block)
    ids, encoded = _ids(fields, b"message-id"), _encoding(fields)
    if not ids or encoded is None:
        return _exact(data)
    text = _text(content, encoded)
    is_diff = _may_hold_diff(text)
    return Skimmed(
        ids[0],
        _references(fields),
        _sender(fields),
        _subject(fields),
        _seconds(fields),
        change_id(text),
        _encoded_text(text) if is_diff else b"",
        is_diff,
    )


def _exact(data: bytes) -> Skimmed:
    """The same by way of a Message, which takes ten times as long."""
    read = mail.message(RawMessage(data))
    is_diff = _may_hold_diff(read.body)
    return Skimmed(
        read.message_id,
        tuple(dict.fromkeys((*read.in_reply_to, *read.references))),
        read.sender.email.lower(),
        read.subject,
        _since_epoch(read.date),
        change_id(read.body),
        _encoded_text(read.body) if is_diff else b"",
        is_diff,
    )


def _fields(block: bytes) -> _Fields:
    """The fields that matter, in order, by lower-case name; as `header.fields` has them."""
    if len(block) > _LONGEST_BLOCK:
        return header.fields(block)
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
    found: _Fields = {}
    for name, value in _FIELD.findall(b"\n" + block):
        found.setdefault(name.lower(), []).append(value)
    return found


def _encoding(fields: _Fields) -> _Encoded | None:
    """How the body is written down; None where it has parts, or is no plain text."""
    first = (fields[name][0] if name in fields else b"" for name in _BODY_FIELDS)
    return _encoded(*first)


@lru_cache(maxsize=1 << 8)
def _encoded(media: bytes, transfer: bytes, disposition: bytes) -> _Encoded | None:
    """The same from the values of the fields, of which there are few."""
    fields = dict(zip(_BODY_FIELDS, ([media], [transfer], [disposition]), strict=True))
    kind = mime.media_type(fields, b"content-type", "text/plain")
    shown = mime.media_type(fields, b"content-disposition", "")
    if kind.value != "text/plain" or shown.value == "attachment":
        return None
    return _Encoded(
        kind.parameters.get("charset", ""),
        header.value(fields, b"content-transfer-encoding").lower(),
        kind.parameters.get("format", "").lower() == "flowed",
        kind.parameters.get("delsp", "").lower() == "yes",
    )


def _text(content: bytes, encoded: _Encoded) -> str:
    """The body, as `mail.message` has it of a mail of one plain part."""
    if encoded.transfer == "quoted-printable":
        content = a2b_qp(content)
    elif encoded.transfer == "base64":
        content = header.base64(content)[0]
    text = mime.lines(decode(content, encoded.charset).text)
    if encoded.flowed:
        text = unflowed(text, encoded.deletes)
    return text if not text or text.endswith("\n") else text + "\n"


def _encoded_text(text: str) -> bytes:
    # Of all charsets only UTF-7 makes half a surrogate pair.
    return text.encode("utf-8", "replace")


def _may_hold_diff(text: str) -> bool:
    return _SIGN.search(text) is not None or text.startswith(_FIRST)


def _references(fields: _Fields) -> tuple[str, ...]:
    """The ids of what the mail answers, each once."""
    answered = _ids(fields, b"in-reply-to")
    if b"references" not in fields:
        return answered
    return tuple(dict.fromkeys((*answered, *_ids(fields, b"references"))))


def _ids(fields: _Fields, name: bytes) -> tuple[str, ...]:
    """The ids in the fields of that name, each once."""
    values = fields.get(name)
    if values is None:
        return ()
    found = _ids_in(values[0])
    for further in values[1:]:
        found = [*found, *_ids_in(further)]
    return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)


def _ids_in(raw: bytes) -> Sequence[str]:
    """Ids in brackets without a blank in any of them; exactly, where there is anything else in brackets."""
    found = _ID.findall(raw)
    if found and len(found) == raw.count(b"<") == raw.count(b">"):
        return b" ".join(found).decode("ascii").split(" ")
    return message_ids(header.unfolded(raw))


def _sender(fields: _Fields) -> str:
    """The first address in the From fields, in lower case."""
    for raw in fields.get(b"from", ()):
        plain = _SENDER.fullmatch(raw)
        if plain and b"@" in plain[1]:
            return plain[1].decode("ascii").lower()
        found = mailboxes(header.unfolded(raw))
        if found:
            return found[0].email.lower()
    return ""


def _subject(fields: _Fields) -> str:
    """The first subject as one decoded line."""
    raw = fields[b"subject"][0] if b"subject" in fields else b""
    if raw.isascii() and b"=?" not in raw:
        return header.one_line(raw.decode("ascii"))
    return header.text(raw)


def _seconds(fields: _Fields) -> int:
    """The Date as Unix time."""
    if b"date" not in fields:
        return 0
    raw = fields[b"date"][0]
    plain = _DATE.fullmatch(raw)
    day = _day(plain[1]) if plain else None
    if plain is None or day is None:
        return _since_epoch(mail.date_of(header.text(raw)))
    hours, minutes, seconds, sign, zone_hours, zone_minutes = plain.groups()[1:]
    offset = int(zone_hours) * 3600 + int(zone_minutes) * 60
    local = day + int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return local + offset if sign == b"-" else local - offset


@lru_cache(maxsize=1 << 10)
def _day(written: bytes) -> int | None:
    """When a day such as `3 Feb 2020` begins, in seconds; None for what is none."""
    day, month, year = written.split()
    if month not in _MONTHS or int(year) < _EPOCH.year:
        return None
    try:
        found = date(int(year), _MONTHS.index(month) + 1, int(day))
    except ValueError:
        return None
    return (found - _EPOCH).days * _DAY


def _since_epoch(when: datetime | None) -> int:
    return int(when.timestamp()) if when is not None else 0
