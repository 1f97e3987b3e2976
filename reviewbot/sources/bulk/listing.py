"""What is in a volume since a mark, oldest first, without reading a mail.

Law: the same volume at the same mark lists the same; what came after the mark is not in it. Must not know what
is done with the list.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from reviewbot.errors import InputError
from reviewbot.sources.bulk import box, folder
from reviewbot.sources.bulk.volume import Kind, Volume
from reviewbot.sources.mirror.epoch import follows, known, newest
from reviewbot.sources.mirror.history import changes

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class Listed(Struct, frozen=True, array_like=True):
    """A mail that came, or was taken out again (`gone`).

    `place` is where it is in its volume: the id of a blob, `offset:length` in an mbox, a path in a folder.
    `seconds` is when it was sent (Unix time) as the archive has it; 0 where only the mail itself says it.
    """

    place: str
    seconds: int
    gone: bool = False


def mark(volume: Volume) -> str:
    """The state of a volume now: a commit, size and digest of an mbox, a digest of a folder's names.

    Empty for an archive without any mail. Raises InputError where the volume cannot be read.
    """
    path = Path(volume.path)
    match volume.kind:
        case Kind.PUBLIC_INBOX:
            return newest(path)
        case Kind.MBOX:
            return _box_mark(path)
        case Kind.FOLDER:
            return folder.mark(path)


def listed(volume: Volume, upto: str, after: str = "") -> Iterator[Listed]:
    """What came and went up to the mark `upto`, oldest first; where that `continues`, since the mark `after`.

    Raises InputError where the volume cannot be read to its end, behind what could be listed of it.
    """
    if upto == after:
        return iter(())
    match volume.kind:
        case Kind.PUBLIC_INBOX:
            return _of_archive(Path(volume.path), upto, after)
        case Kind.MBOX:
            return _of_box(Path(volume.path), upto, after)
        case Kind.FOLDER:
            return (Listed(place, 0) for place in folder.places(Path(volume.path)))


def continues(volume: Volume, after: str) -> bool:
    """Whether all that was listed at the mark `after` is still there, so that the rest may be listed alone.

    Not so after history was rewritten, or when an mbox was changed; a folder continues if nothing in it has
    changed. Raises InputError where the volume cannot be read.
    """
    if not after:
        return True
    path = Path(volume.path)
    match volume.kind:
        case Kind.PUBLIC_INBOX:
            return bool(_COMMIT.fullmatch(after)) and _archive_continues(path, after)
        case Kind.MBOX:
            return _box_continues(path, after)
        case Kind.FOLDER:
            return folder.mark(path) == after


def _of_archive(path: Path, upto: str, after: str) -> Iterator[Listed]:
    with known(path, upto, upto) as epoch:
        for each in changes(epoch, after):
            yield Listed(each.blob, each.seconds, each.gone)


def _archive_continues(path: Path, after: str) -> bool:
    tip = newest(path)
    if not tip:
        return False
    with known(path, tip, tip) as epoch:
        return follows(epoch, after)


def _of_box(path: Path, upto: str, after: str) -> Iterator[Listed]:
    try:
        with path.open("rb") as file:
            for offset, length in box.spans(file, box.size_of(after), box.size_of(upto)):
                yield Listed(box.place(offset, length), 0)
    except OSError as error:
        raise _unreadable(path, error) from None


def _box_mark(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return box.mark(file, file.seek(0, 2))
    except OSError as error:
        raise _unreadable(path, error) from None


def _box_continues(path: Path, after: str) -> bool:
    size = box.size_of(after)
    try:
        with path.open("rb") as file:
            now = file.seek(0, 2)
            return now >= size and box.mark(file, size) == after and box.resumes(file, size, now)
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path}: cannot be read ({error.strerror})")
