"""A folder of mails, or a maildir: which mails lie in it, and their bytes.

The place of a mail is the path of its file within the folder; `//OFFSET:LENGTH` is behind it where the file is
an mbox of several. Format of maildirs: maildir(5), https://cr.yp.to/proto/maildir.html.

Law: mails are listed in an order that is the same every time; what cannot be read is told, and a mail whose
flags have changed since is found. Must not know what a mail says.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from hashlib import sha256
from io import BytesIO, FileIO
from pathlib import Path

from reviewbot.errors import InputError
from reviewbot.parse import mbox
from reviewbot.sources.bulk import box, tree
from reviewbot.sources.bulk.tree import Sort
from reviewbot.sources.mirror.blobs import MAX_BYTES
from reviewbot.sources.packed import unpacked
from reviewbot.sources.sniff import Kind
from reviewbot.sources.trouble import Trouble, TroubleKind

# No name in a path is empty, so this cannot stand in one.
_PART = "//"
_FLAGS = ":2,"
_BOM = b"\xef\xbb\xbf"


def mark(top: Path) -> str:
    """Names the state of a folder by the names, sizes and times of its files.

    In a maildir flags do not count, nor whether a mail is new. Raises InputError where it cannot be read.
    """
    digest = sha256()
    for name, path in _known_as(top):
        try:
            state = path.stat()
        except OSError:
            continue
        digest.update(f"{name}\0{state.st_size} {state.st_mtime_ns}\n".encode("utf-8", "replace"))
    return digest.hexdigest()[:32]


def places(top: Path) -> Iterator[str]:
    """The places of the mails in a folder. Raises InputError where it cannot be read."""
    if tree.is_maildir(top):
        yield from (tree.place(path, top) for path in tree.mails_of_maildir(top))
        return
    for path in _files(top):
        seen = tree.looked_at(path)
        if seen is not None and seen.is_mail:
            name = tree.place(path, top)
            yield from (name,) if seen.kind is Kind.MAIL else _of_mbox(name, path)


def mails(top: Path, wanted: Sequence[str]) -> Iterator[tuple[str, bytes | Trouble]]:
    """The bytes of the mails at these places, in their order, or the trouble with them."""
    shelf = _Shelf(top)
    last, content = "", b""
    for place in wanted:
        name, _, part = place.partition(_PART)
        found = content if part and name == last else shelf.content(name)
        if isinstance(found, Trouble):
            yield place, Trouble(place, found.kind, found.detail)
        elif part:
            last, content = name, found
            yield place, _cut(place, found, part)
        else:
            yield place, _whole(place, found)


class _Shelf:
    """The files of a folder; those of a maildir are found under another name if they got one."""

    def __init__(self, top: Path) -> None:
        self._top = top
        self._renamed: dict[str, Path] | None = None

    def content(self, name: str) -> bytes | Trouble:
        """The plain bytes of the file that a place names."""
        path = tree.path_of(name, self._top)
        found = _content(path)
        if isinstance(found, Trouble) and found.kind is TroubleKind.VANISHED:
            now = self._now(path)
            return _content(now) if now is not None else found
        return found

    def _now(self, path: Path) -> Path | None:
        """Where a mail of a maildir is now."""
        if self._renamed is None:
            is_maildir = tree.is_maildir(self._top)
            here = tree.mails_of_maildir(self._top) if is_maildir else ()
            self._renamed = {_unique(each): each for each in here}
        return self._renamed.get(_unique(path))


def _known_as(top: Path) -> Iterator[tuple[str, Path]]:
    """The files that may be mails, with a name that stays."""
    if tree.is_maildir(top):
        yield from sorted((_unique(path), path) for path in tree.mails_of_maildir(top))
    else:
        yield from ((tree.place(path, top), path) for path in _files(top))


def _files(top: Path) -> Iterator[Path]:
    """The files of a folder; where it is a file itself, that one."""
    if top.is_file():
        return iter((top,))
    return (path for sort, path in tree.found(top) if sort is Sort.FILE)


def _unique(path: Path) -> str:
    return path.name.partition(_FLAGS)[0]


def _of_mbox(name: str, path: Path) -> Iterator[str]:
    """The places of the mails in a small mbox, such as `git format-patch` writes for one."""
    found = _content(path)
    spans = [] if isinstance(found, Trouble) else list(box.spans(BytesIO(found), 0, len(found)))
    if len(spans) == 1:
        yield name
    else:
        yield from (f"{name}{_PART}{box.place(*each)}" for each in spans)


def _content(path: Path) -> bytes | Trouble:
    """The plain bytes of a file, or the trouble with it, of which the place is not told."""
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            return Trouble("", TroubleKind.NO_MAIL, "no file")
        if state.st_size > MAX_BYTES:
            return Trouble("", TroubleKind.TOO_LARGE)
        with FileIO(path, opener=_without_waiting) as file:
            return unpacked(file.read(MAX_BYTES), path.name, MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return Trouble("", TroubleKind.VANISHED)
    except OSError as error:
        return Trouble("", TroubleKind.DAMAGED, error.strerror or "")
    except InputError as error:
        return Trouble("", TroubleKind.DAMAGED, str(error))


def _without_waiting(path: str, flags: int) -> int:
    """Open a file, were it a pipe by now."""
    return os.open(path, flags | os.O_NONBLOCK)


def _cut(place: str, content: bytes, part: str) -> bytes | Trouble:
    """One mail of an mbox."""
    offset, length = box.place_of(part)
    if not offset or offset + length > len(content):
        return Trouble(place, TroubleKind.VANISHED, "the file has become shorter")
    return mbox.unwrapped(content[offset : offset + length])


def _whole(place: str, content: bytes) -> bytes | Trouble:
    """The one mail of a file."""
    mail = content.removeprefix(_BOM).lstrip(b"\r\n")
    if mail.startswith(b"From "):
        mail = next(mbox.split(mail), mail)
    return mail or Trouble(place, TroubleKind.NO_MAIL, "it is empty")
