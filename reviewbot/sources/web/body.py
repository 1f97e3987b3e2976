"""The bytes of an answer become plain bytes: Content-Encoding and gzip undone, as they arrive.

Law: bounded. What would grow beyond the limit, or to far more than mail ever does, is refused while it is
read; what ends before its end is cut off, never short. Must not know where the bytes come from.
"""

import zlib
from collections.abc import Iterable, Iterator

_GZIP = b"\x1f\x8b"
_STEP = 256 << 10
# Mail packs to a fifth, a thread of replies to a fiftieth; gzip itself ends at 1:1032.
_MAX_RATIO = 250
_RATIO_FROM = 16 << 20


class CutOffError(Exception):
    """The bytes end, or are damaged, before they are all there."""


class TooMuchError(Exception):
    """There are more bytes than may be; the message says more than what."""


def plain(pieces: Iterable[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    """The plain bytes of a body, piece by piece, none empty.

    `encoding` is the field Content-Encoding: nothing, `identity` or `gzip`; a body that is a gzip file, in
    one member or several, is unpacked too. Raises TooMuchError beyond `limit` bytes, CutOffError for a gzip
    that does not end, ValueError for another encoding.
    """
    if encoding in ("gzip", "x-gzip"):
        pieces = _gunzipped(_bounded(pieces, limit))
    elif encoding not in ("", "identity"):
        raise ValueError(encoding)
    return _bounded(_unpacked(_bounded(pieces, limit)), limit)


def starts_packed(data: bytes) -> bool:
    """Whether `data` begins like a gzip file."""
    return data.startswith(_GZIP)


def _bounded(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise TooMuchError(f"more than {_mebibytes(limit)}")
        if piece:
            yield piece


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The content of a gzip file; anything else as it is."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= len(_GZIP):
            break
    rest = _chained(head, pieces)
    return _gunzipped(rest) if head.startswith(_GZIP) else rest


def _chained(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    yield from rest


def _gunzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The content of gzip members in a row (RFC 1952, section 2.2); zeros behind the last are padding."""
    members = _Members()
    received = produced = 0
    for piece in pieces:
        received += len(piece)
        for out in members.fed(piece):
            produced += len(out)
            if produced > max(_RATIO_FROM, received * _MAX_RATIO):
                raise TooMuchError(f"more than {_MAX_RATIO} times what was sent")
            yield out
    if received and not members.is_done:
        raise CutOffError


class _Members:
    """The members of a gzip file, one after the other."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(31)
        self.is_done = False

    def fed(self, data: bytes) -> Iterator[bytes]:
        """What a piece of the file gives, in bounded steps."""
        is_full = False
        while is_full or data:
            if self.is_done and not (data := data.lstrip(b"\0")):
                return
            try:
                out = self._inflater.decompress(data, _STEP)
            except zlib.error:
                raise CutOffError from None
            is_full = len(out) == _STEP
            data = self._rest()
            if out:
                yield out

    def _rest(self) -> bytes:
        """What the inflater has left over; at the end of a member the next one is begun."""
        self.is_done = self._inflater.eof
        if not self.is_done:
            return self._inflater.unconsumed_tail
        rest = self._inflater.unused_data
        self._inflater = zlib.decompressobj(31)
        return rest


def _mebibytes(size: int) -> str:
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size} bytes"
