"""What a file is, told by its first bytes: an mbox, one mail, or something else.

Law: names and suffixes do not count, since mail is saved as `.txt`, `.patch`, `.mbox` or nothing at all.
Must not know where the bytes come from.
"""

import re
from enum import Enum

from reviewbot.parse import extent, header, mbox

_HEAD = 1 << 16
_FIELD_LINE = re.compile(rb"[!-9;-~]{1,80}[ \t]*:")
# A mail, or a file of `git format-patch`, has at least one of these.
_KNOWN = frozenset(
    (
        b"from",
        b"subject",
        b"date",
        b"message-id",
        b"received",
        b"return-path",
        b"to",
        b"delivered-to",
    )
)


# zip, Zstandard, 7z, lz4, compress(1), lzip; and where POSIX tar says `ustar`.
_ARCHIVES = (
    b"PK\x03\x04",
    b"\x28\xb5\x2f\xfd",
    b"7z\xbc\xaf",
    b"\x04\x22\x4d\x18",
    b"\x1f\x9d",
    b"LZIP",
)
_TAR_AT, _TAR = 257, b"ustar"


class Kind(Enum):
    """What was found; the value is what people call it."""

    MBOX = "an mbox"
    MAIL = "a mail"
    EMPTY = "empty"
    DIFF = "a bare diff without a mail around it"
    PAGE = "a web page"
    ARCHIVE = "an archive, or packed in a way that is not read here"
    OTHER = "neither an mbox nor a mail"


def kind(data: bytes) -> Kind:
    """The kind of the (unpacked) content `data`."""
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if not head.strip():
        return Kind.EMPTY
    if head.startswith(_ARCHIVES) or head.startswith(_TAR, _TAR_AT):
        return Kind.ARCHIVE
    if mbox.is_mbox(head):
        return Kind.MBOX
    if _is_mail(head):
        return Kind.MAIL
    if head.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        return Kind.PAGE
    return Kind.DIFF if _has_diff(head) else Kind.OTHER


def _has_diff(head: bytes) -> bool:
    return extent.begin(head.replace(b"\r\n", b"\n").decode("latin-1")) >= 0


def _is_mail(head: bytes) -> bool:
    block, _ = header.split(head)
    if b"\0" in block or not _FIELD_LINE.match(head):
        return False
    return not _KNOWN.isdisjoint(header.fields(block))
