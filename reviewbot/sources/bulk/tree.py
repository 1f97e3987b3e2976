"""What lies below a folder: archives, maildirs, boxes of their own, files that are one mail or a few.

Law: in an order that is the same every time; links to folders are not followed, hidden files and folders and
work trees of git are passed over. Must not know what is done with it.
"""

import os
from collections.abc import Iterator
from enum import Enum
from itertools import chain
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from msgspec import Struct

from reviewbot.errors import InputError
from reviewbot.sources import sniff
from reviewbot.sources.mirror.shelf import repositories
from reviewbot.sources.packed import MAX_BYTES, is_packed, pieces

# A larger mbox is read as a store of its own; smaller ones are mails of their folder.
_SMALL = 1 << 20
_HEAD = 64 << 10
_BOXES = ("cur", "new")


class Sort(Enum):
    """What was found below a folder."""

    ARCHIVE = "archive"
    MAILDIR = "maildir"
    FILE = "file"


class Look(Struct, frozen=True):
    """A file by its beginning: its kind, whether it is compressed, its bytes on disk."""

    kind: sniff.Kind
    is_packed: bool
    size: int

    @property
    def is_box(self) -> bool:
        """Whether it is a store of its own within a folder."""
        return self.kind is sniff.Kind.MBOX and self.size > _SMALL

    @property
    def is_mail(self) -> bool:
        """Whether it holds mail of its folder."""
        return self.kind in (sniff.Kind.MBOX, sniff.Kind.MAIL) and not self.is_box


def found(top: Path) -> Iterator[tuple[Sort, Path]]:
    """What lies in a folder and below, files before folders, both by name.

    Raises InputError for a folder that cannot be read.
    """
    for name, folders, files in os.walk(top, onerror=_refuse):
        here = Path(name)
        is_top = here == top
        if not is_top and (".git" in folders or ".git" in files):
            folders.clear()
        elif not is_top and repositories(here):
            yield Sort.ARCHIVE, here
            folders.clear()
        elif set(_BOXES) <= set(folders):
            yield Sort.MAILDIR, here
            folders[:] = _visible(set(folders).difference(_BOXES, ("tmp",)))
        else:
            yield from ((Sort.FILE, here / each) for each in _visible(files))
            folders[:] = _visible(folders)


def is_maildir(path: Path) -> bool:
    """Whether a folder is a maildir."""
    return all((path / each).is_dir() for each in _BOXES)


def mails_of_maildir(path: Path) -> list[Path]:
    """The files of a maildir, by name; unfinished ones (`tmp`) are not among them."""
    entries = chain.from_iterable(_entries(path / each) for each in _BOXES)
    return sorted((each for each in entries if not each.name.startswith(".")), key=_name)


def look(path: Path) -> Look:
    """What a file is. Raises OSError, and InputError for a compressed one that is damaged."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        head = file.read(_HEAD)
        packed = is_packed(head)
        if packed:
            file.seek(0)
            head = next(pieces(file, size, str(path), MAX_BYTES), b"")
    return Look(sniff.kind(head), packed, size)


def looked_at(path: Path) -> Look | None:
    """What a file in a folder is; None where it cannot be read, or is no file."""
    try:
        return look(path) if path.is_file() else None
    except (OSError, InputError):
        return None


def place(path: Path, top: Path) -> str:
    """The name of a file within a folder, as valid text: names that are none are escaped behind a `/`."""
    name = os.fsencode(path.relative_to(top))
    try:
        return name.decode()
    except UnicodeDecodeError:
        return f"/{quote_from_bytes(name)}"


def path_of(place: str, top: Path) -> Path:
    """The file of a place."""
    return top / os.fsdecode(unquote_to_bytes(place[1:]) if place.startswith("/") else place)


def _entries(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            yield from (folder / each.name for each in entries if each.is_file())
    except FileNotFoundError:
        return
    except OSError as error:
        _refuse(error)


def _name(path: Path) -> str:
    return path.name


def _visible(names: set[str] | list[str]) -> list[str]:
    return sorted(each for each in names if not each.startswith("."))


def _refuse(error: OSError) -> None:
    raise InputError(f"{error.filename}: cannot be read ({error.strerror})")
