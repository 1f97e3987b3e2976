"""Compressed bytes become plain bytes: gzip (also several members in a row), xz, bzip2.

Law: bounded. What would unpack to more than the limit, or to far more than mail ever does, is refused while
it is read, not after. Must not know what the bytes are.
"""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Protocol

from reviewbot.errors import InputError

MAX_BYTES = 2 << 30

# Mail packs to a fifth, a thread of replies to a fiftieth; gzip itself ends at 1:1032.
_MAX_RATIO = 250
_RATIO_FROM = 64 << 20
_CHUNK = 1 << 20

_MAGIC = (b"\x1f\x8b", b"\xfd7zXZ\x00", b"BZh")


class _Reader(Protocol):
    def read(self, size: int, /) -> bytes: ...


def is_packed(data: bytes) -> bool:
    """Whether `data` begins like a gzip, xz or bzip2 file."""
    return data.startswith(_MAGIC)


def unpacked(data: bytes, name: str, limit: int = MAX_BYTES) -> bytes:
    """The plain bytes of compressed `data`; `data` itself if it is not compressed.

    `name` is what people call the source. Raises InputError for a file that is cut off, damaged, or would
    grow beyond `limit` bytes.
    """
    if not is_packed(data):
        return data
    return b"".join(pieces(BytesIO(data), len(data), name, limit))


def pieces(file: IO[bytes], size: int, name: str, limit: int) -> Iterator[bytes]:
    """The plain bytes of a compressed file of `size` bytes, piece by piece.

    Raises InputError as `unpacked` does, once the trouble is reached.
    """
    bound = min(limit, max(_RATIO_FROM, size * _MAX_RATIO))
    grown = 0
    try:
        reader = _reader(file)
        while chunk := reader.read(_CHUNK):
            grown += len(chunk)
            if grown > bound:
                raise InputError(f"{name}: refused, it unpacks to more than {bound >> 20} MiB")
            yield chunk
    except EOFError:
        raise InputError(f"{name}: the compressed file is cut off before its end") from None
    except (OSError, zlib.error, lzma.LZMAError) as error:
        raise InputError(f"{name}: the compressed file is damaged ({error})") from None


def _reader(file: IO[bytes]) -> _Reader:
    magic = file.read(2)
    file.seek(0)
    if magic == b"\x1f\x8b":
        return gzip.GzipFile(fileobj=file)
    return bz2.BZ2File(file) if magic == b"BZ" else lzma.LZMAFile(file)
