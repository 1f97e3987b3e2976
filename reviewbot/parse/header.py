"""The header block of a mail: its fields, unfolded and decoded (RFC 5322, RFC 2047).

Law: one pass over the bytes, nothing raised; a decoded value is one line without control characters,
whatever the encoded words hold. The standard library's modern policy is not used: it costs twelve times
as much and raises on real mail. Must not know what a field means, nor MIME.
"""

import binascii
import re
from collections.abc import Iterator

from reviewbot.parse.charset import decode

Fields = dict[bytes, list[bytes]]

# A longer value is cut: 10,000 recipients are shorter, and it bounds every later scan.
_LONGEST = 1 << 19

_EMPTY_LINE = re.compile(rb"\n\r?\n")
_FIELD_START = re.compile(rb"\n(?![ \t])")
# Encoded words are at most 75 characters by RFC 2047; real ones are longer, hostile ones endless.
_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?(.{0,400}?)\?=", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f]+")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def split(data: bytes) -> tuple[bytes, bytes]:
    """The header block and the body of a mail or of a MIME part, both as they stand."""
    if data.startswith(b"\n"):
        return b"", data[1:]
    if data.startswith(b"\r\n"):
        return b"", data[2:]
    found = _EMPTY_LINE.search(data)
    return (data[: found.start()], data[found.end() :]) if found else (data, b"")


def fields(block: bytes) -> Fields:
    """Field values by lower-case name, in order, still folded and encoded.

    A line that is no field (an mbox separator, noise) is passed over.
    """
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
    found: Fields = {}
    for field in _FIELD_START.split(block):
        name, colon, value = field.partition(b":")
        if colon:
            found.setdefault(name.rstrip().lower(), []).append(value[:_LONGEST])
    return found


def value(found: Fields, name: bytes) -> str:
    """The first field called `name` (lower case), decoded; empty if there is none."""
    values = found.get(name)
    return text(values[0]) if values else ""


def text(raw: bytes) -> str:
    """One field value as one line: unfolded, encoded words decoded, control characters made blanks."""
    return one_line(words(decode(raw).text))


def unfolded(raw: bytes) -> str:
    """One field value as one line, encoded words left alone (addresses are split before decoding)."""
    return one_line(decode(raw).text)


def one_line(decoded: str) -> str:
    """`decoded` with every run of blanks and control characters made one space, trimmed."""
    if decoded.isprintable() and "  " not in decoded:
        return decoded.strip(" ")
    return _CONTROL.sub(" ", decoded).strip(" ")


def words(encoded: str) -> str:
    """`encoded` with its encoded words decoded (RFC 2047 §6.2: blanks between two of them do not count).

    Like git, words are also decoded inside quotes and next to other text; neighbours of one charset
    are joined as bytes first, since senders cut multi-byte characters in two.
    """
    return "".join(_pieces(encoded)) if "=?" in encoded else encoded


def _pieces(encoded: str) -> Iterator[str]:
    end = 0
    pending, charset = b"", ""
    for word in _WORD.finditer(encoded):
        gap = encoded[end : word.start()]
        named = word[1].partition("*")[0].lower()
        if pending and (gap.strip() or named != charset):
            yield decode(pending, charset).text
            pending = b""
        if gap.strip() or not end:
            yield gap
        pending, charset, end = pending + _word_bytes(word[2], word[3]), named, word.end()
    if pending:
        yield decode(pending, charset).text
    yield encoded[end:]


def _word_bytes(encoding: str, content: str) -> bytes:
    data = content.encode("utf-8", "surrogateescape")
    if encoding in "bB":
        return base64(data)[0]
    return binascii.a2b_qp(data, header=True)


def base64(data: bytes) -> tuple[bytes, bool]:
    """The bytes of base64 text, and whether it was whole. What cannot be decoded is left out."""
    try:
        return binascii.a2b_base64(data), True
    except binascii.Error:
        digits = _NOT_BASE64.sub(b"", data.partition(b"=")[0])
    spare = len(digits) % 4
    if spare == 1:
        digits = digits[:-1]
    elif spare:
        digits += b"=" * (4 - spare)
    return binascii.a2b_base64(digits), False
