"""The bytes of the mails at places of a volume, and a word for each that cannot be had.

Law: every place is answered exactly once, in the order given; damage is never raised and costs no more mails
than it must; memory holds one mail, not the places' mails. Must not know what a mail says.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from reviewbot.parse import mbox
from reviewbot.sources.bulk import box, folder
from reviewbot.sources.bulk.volume import Kind, Volume
from reviewbot.sources.mirror.blobs import MAX_BYTES, DamageError, contents
from reviewbot.sources.mirror.epoch import known
from reviewbot.sources.trouble import Trouble, TroubleKind

__all__ = ["Trouble", "TroubleKind", "bodies"]

# How often git is started again behind a damaged object; each time costs some milliseconds.
_LIVES = 400
_HEX = "0123456789abcdef"
# A separator line that is longer is not checked.
_LONGEST_LINE = 700


def bodies(volume: Volume, places: Sequence[str]) -> Iterator[tuple[str, bytes | Trouble]]:
    """The mails at these places of a volume, or what is wrong with them, one answer each, in their order.

    Raises InputError only where there is no git, or somebody ends it.
    """
    path = Path(volume.path)
    match volume.kind:
        case Kind.PUBLIC_INBOX:
            return _of_archive(path, places)
        case Kind.MBOX:
            return _of_box(path, places)
        case Kind.FOLDER:
            return folder.mails(path, places)


def _of_archive(path: Path, places: Sequence[str]) -> Iterator[tuple[str, bytes | Trouble]]:
    """The blobs of these ids."""
    if not places or not (path / "objects").is_dir():
        yield from _all(places, TroubleKind.VANISHED, "the repository is gone")
        return
    ids = _ids(places)
    with TemporaryFile() as lines, known(path, "", ids[0]) as epoch:
        lines.write("\n".join((*ids, "")).encode())
        lines.flush()
        answers = contents(epoch, lines, _LIVES)
        try:
            if ids == list(places):
                yield from zip(places, answers, strict=True)
            else:
                yield from map(_placed, places, answers)
        except DamageError as error:
            yield from _all(places[error.done :], TroubleKind.DAMAGED, str(error))


def _ids(places: Sequence[str]) -> list[str]:
    """The ids, all of one length; what is none becomes one that no object has."""
    width = len(places[0]) if len(places[0]) in (40, 64) else 40
    nothing = "0" * width
    return [each if len(each) == width and not each.strip(_HEX) else nothing for each in places]


def _placed(place: str, answer: bytes | Trouble) -> tuple[str, bytes | Trouble]:
    """An answer with the place that was asked for."""
    if isinstance(answer, Trouble):
        return place, Trouble(place, answer.kind, answer.detail)
    return place, answer


def _of_box(path: Path, places: Sequence[str]) -> Iterator[tuple[str, bytes | Trouble]]:
    """The mails at these offsets."""
    done = 0
    try:
        with path.open("rb", buffering=0) as file:
            for place in places:
                answer = _span(file, place)
                done += 1
                yield place, answer
    except OSError as error:
        is_gone = isinstance(error, FileNotFoundError)
        kind = TroubleKind.VANISHED if is_gone else TroubleKind.DAMAGED
        yield from _all(places[done:], kind, error.strerror or "")


def _span(file: IO[bytes], place: str) -> bytes | Trouble:
    """The mail at an offset, if it still begins there."""
    offset, length = box.place_of(place)
    if length > MAX_BYTES:
        return Trouble(place, TroubleKind.TOO_LARGE)
    begin = max(0, offset - _LONGEST_LINE)
    data = os.pread(file.fileno(), offset - begin + length, begin)
    above = data[: offset - begin]
    line = above[above.rfind(b"\n", 0, -1) + 1 :]
    is_there = len(data) == offset - begin + length and line.endswith(b"\n")
    if not is_there or not (line.startswith(b"From ") or (begin and len(line) == _LONGEST_LINE)):
        return Trouble(place, TroubleKind.VANISHED, "the mbox has changed since it was listed")
    return mbox.unwrapped(data[offset - begin :])


def _all(
    places: Sequence[str], kind: TroubleKind, detail: str
) -> Iterator[tuple[str, bytes | Trouble]]:
    """The same trouble for all of them."""
    return ((each, Trouble(each, kind, detail)) for each in places)
