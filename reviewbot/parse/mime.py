"""MIME: the text parts of a mail, decoded (RFC 2045, RFC 2046, RFC 2183).

Law: each byte is looked at once per level, and there are few levels, so that no mail is slow; what cannot be
decoded is left out and named. The standard library's parser is not used here: it goes through every open
boundary for every line, and recurses as deep as the mail wants. Must not know patches.
"""

import binascii
import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.parse import header
from reviewbot.parse.charset import decode
from reviewbot.parse.flowed import unflowed
from reviewbot.parse.header import Fields
from reviewbot.parse.html import plain

_MAX_DEPTH = 8
_MAX_PARTS = 200

_PARAMETER = re.compile(r';\s*([\w*-]{1,40})\s*=\s*(?:"((?:[^"\\]|\\.){0,500})"|([^;\s"]*))')


class Part(Struct, frozen=True):
    """One leaf of a mail: its media type in lower case, its decoded text, how it is attached.

    `text` is empty for a part that is no text; `problems` is what decoding met.
    """

    media: str
    text: str = ""
    filename: str = ""
    attached: bool = False
    problems: tuple[Problem, ...] = ()


class MediaType(Struct, frozen=True):
    """A `Content-Type` or `Content-Disposition`: the value in lower case, the parameters by lower-case name."""

    value: str
    parameters: dict[str, str]


def parts(fields: Fields, content: bytes) -> tuple[Part, ...]:
    """The leaves of a mail with header `fields` and body `content`, the better alternative only."""
    return tuple(_parts(fields, content, 0))[:_MAX_PARTS]


def _parts(fields: Fields, content: bytes, depth: int) -> Iterator[Part]:
    kind = media_type(fields, b"content-type", "text/plain")
    if not kind.value.startswith("multipart/"):
        yield _leaf(fields, kind, content)
        return
    boundary = kind.parameters.get("boundary", "")
    pieces = list(_pieces(content, boundary.encode("utf-8", "replace"))) if boundary else []
    if not pieces or depth >= _MAX_DEPTH:
        reason = "no parts found" if depth < _MAX_DEPTH else "parts within parts too deep"
        damage = (Problem(ProblemKind.MIME_DAMAGED, reason),)
        yield Part("text/plain", lines(decode(content).text), problems=damage)
        return
    found = [
        list(_parts(header.fields(block), below, depth + 1))
        for block, below in map(header.split, pieces[:_MAX_PARTS])
    ]
    if kind.value == "multipart/alternative":
        found = [_best(found)]
    for each in found:
        yield from each


def _best(alternatives: list[list[Part]]) -> list[Part]:
    """The alternative with plain text, whichever place it has; else the first."""
    for each in alternatives:
        if any(part.media == "text/plain" and part.text for part in each):
            return each
    return alternatives[0]


def _pieces(content: bytes, boundary: bytes) -> Iterator[bytes]:
    """What stands between the boundary lines; the line end before a boundary belongs to the boundary."""
    start = -1
    for line, below, last in _marks(content, b"--" + boundary):
        if start >= 0:
            piece = content[start:line]
            yield piece.removesuffix(b"\n").removesuffix(b"\r")
        if last:
            return
        start = below
    if start >= 0:
        yield content[start:]


def _marks(content: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """The boundary lines: where each begins, where the next line begins, whether it is the closing one."""
    at = content.find(mark)
    while at >= 0:
        below = content.find(b"\n", at) + 1 or len(content)
        rest = content[at + len(mark) : below].rstrip(b" \t\r\n")
        if rest in (b"", b"--") and (at == 0 or content[at - 1 : at] == b"\n"):
            yield at, below, rest == b"--"
        at = content.find(mark, below)


def _leaf(fields: Fields, kind: MediaType, content: bytes) -> Part:
    disposition = media_type(fields, b"content-disposition", "")
    filename = disposition.parameters.get("filename") or kind.parameters.get("name", "")
    attached = disposition.value == "attachment"
    if not _textual(kind.value, filename):
        return Part(kind.value, "", filename, attached)
    data, whole = _transferred(fields, content)
    decoded = decode(data, kind.parameters.get("charset", ""))
    text = lines(decoded.text)
    if kind.value == "text/html":
        text = plain(text)
    elif kind.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, kind.parameters.get("delsp", "").lower() == "yes")
    problems = []
    if decoded.wrong:
        problems.append(Problem(ProblemKind.CHARSET_WRONG, decoded.wrong))
    if not whole:
        problems.append(Problem(ProblemKind.ENCODING_DAMAGED, "the base64 text is cut or damaged"))
    return Part(kind.value, text, filename, attached, tuple(problems))


def _textual(media: str, filename: str) -> bool:
    """Whether a part is read as text: all text, and patches under whatever type they are sent."""
    if media.startswith("text/") or media in ("application/x-patch", "application/x-diff"):
        return True
    return media.startswith("application/") and filename.lower().endswith((".patch", ".diff"))


def _transferred(fields: Fields, content: bytes) -> tuple[bytes, bool]:
    """`content` with its transfer encoding undone, and whether it was whole."""
    encoding = header.value(fields, b"content-transfer-encoding").lower()
    if encoding == "quoted-printable":
        return binascii.a2b_qp(content), True
    if encoding == "base64":
        return header.base64(content)
    return content, True


def lines(text: str) -> str:
    """`text` with `\\n` line ends and without a byte order mark."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return text.removeprefix("\ufeff")


def media_type(fields: Fields, name: bytes, default: str) -> MediaType:
    """The first field of that name as a value and its parameters; the default where it has no value."""
    text = header.value(fields, name)
    value, semicolon, _ = text.partition(";")
    parameters: dict[str, str] = {}
    if semicolon:
        for key, quoted, bare in _PARAMETER.findall(text):
            parameters.setdefault(key.lower().partition("*")[0], quoted or bare)
    return MediaType(value.strip().lower() or default, parameters)
