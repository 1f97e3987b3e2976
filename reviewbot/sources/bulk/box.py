"""An mbox of any size: where its mails lie, and whether it has only grown.

Law: the mails are those of `parse.mbox.split` over the whole file, found in memory that does not grow with it.
Must not know paths, nor what a mail says.
"""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import IO

from reviewbot.parse import mbox

_CHUNK = 4 << 20
_HEAD = 64 << 10
_SAMPLE = 4 << 10
_SAMPLES = 14
_PLACE = re.compile(r"([0-9]{1,18}):([0-9]{1,18})")
_BOM = b"\xef\xbb\xbf"
# Two bytes before a `From ` line tell whether an empty one is above it, and the line end is looked for too.
_ABOVE = 3
_FROM = len(b"\nFrom ")


def place(offset: int, length: int) -> str:
    """The place of a mail in an mbox."""
    return f"{offset}:{length}"


def place_of(place: str) -> tuple[int, int]:
    """Offset and length of the mail at a place; where it is none, those of one that is in no mbox."""
    found = _PLACE.fullmatch(place)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def spans(file: IO[bytes], begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Offset and length of what stands between separators in the bytes from `begin` to `end`.

    `begin` is 0, or where an mbox ended that has grown since (see `resumes`).
    """
    way = mbox.manner(_without_mark(_read(file, 0, min(_HEAD, end))))
    if way is None:
        return
    body = _first(file, begin, end)
    for line, below in _separators(file, body, end, way):
        yield body, line - body
        body = below
    if body < end:
        yield body, end - body


def mark(file: IO[bytes], size: int) -> str:
    """Names the first `size` bytes of a file by their number and samples of what they are."""
    digest = sha256(_read(file, 0, min(size, _HEAD)))
    digest.update(_read(file, max(0, size - _HEAD), size))
    for number in range(1, _SAMPLES + 1):
        at = size * number // (_SAMPLES + 1)
        digest.update(_read(file, at, min(size, at + _SAMPLE)))
    return f"{size}:{digest.hexdigest()[:32]}"


def size_of(mark: str) -> int:
    """The number of bytes that a mark is of; 0 for what is none."""
    size = mark.partition(":")[0]
    return int(size) if size.isdecimal() else 0


def resumes(file: IO[bytes], end: int, now: int) -> bool:
    """Whether the mails of the first `end` bytes are whole, in a file that has `now` bytes.

    They are where the file ends there, or goes on with a separator.
    """
    begin = max(0, end - _ABOVE)
    data = _read(file, begin, min(now, end + _HEAD + mbox.REACH))
    rest = data[end - begin :].lstrip(b"\r\n")
    way = mbox.manner(_without_mark(_read(file, 0, _HEAD)))
    if not rest or way is None:
        return not rest
    line = len(data) - len(rest)
    return mbox.separator(data, 0, line + _FROM, way) == line


def _separators(
    file: IO[bytes], start: int, end: int, way: mbox.Manner
) -> Iterator[tuple[int, int]]:
    """The separator lines behind `start`: where each begins, and where the line below it does."""
    base = max(0, start - _ABOVE)
    at = start - base
    data = b""
    while True:
        chunk = _read(file, base + len(data), min(end, base + len(data) + _CHUNK))
        data += chunk
        is_last = not chunk or base + len(data) >= end
        reach = len(data) if is_last else max(0, len(data) - mbox.REACH)
        while (found := mbox.separator(data, at, reach, way)) >= 0:
            at = data.find(b"\n", found) + 1
            yield base + found, base + at
        if is_last:
            return
        at = max(at, reach - _FROM)
        data = data[at - _ABOVE :]
        base += at - _ABOVE
        at = _ABOVE


def _first(file: IO[bytes], begin: int, end: int) -> int:
    """Where the first mail from `begin` on starts, below its separator; `end` if there is none."""
    data = _read(file, begin, min(end, begin + _HEAD))
    rest = (data if begin else data.removeprefix(_BOM)).lstrip(b"\r\n")
    below = rest.find(b"\n") + 1
    return begin + len(data) - len(rest) + below if below else end


def _without_mark(data: bytes) -> bytes:
    """`data` without byte order mark and leading empty lines."""
    return data.removeprefix(_BOM).lstrip(b"\r\n")


def _read(file: IO[bytes], begin: int, end: int) -> bytes:
    """The bytes from `begin` to `end`, as far as they are there."""
    file.seek(begin)
    return file.read(max(0, end - begin))
