"""The mirrors there are: a folder each, with a note of where it comes from, its clones and its index.

    MIRRORS/NAME/mirror.json        where it comes from
    MIRRORS/NAME/git/0.git …        the epochs, as public-inbox lays them out
    MIRRORS/NAME/index.sqlite3      what the mails are
    MIRRORS/NAME/lock               held by the process that changes any of it

Law: a note is written whole or not at all; a clone that is not ours is read and never written to. Must not
know git's commands, nor what an index says.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from reviewbot.errors import InputError, UsageError
from reviewbot.sources.mirror.settings import Mirrors

NOTE = "mirror.json"
LOCK = "lock"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_UNFIT = re.compile(r"[^A-Za-z0-9._+-]+")
_EPOCH = re.compile(r"(\d{1,4})\.git")
_ENDING = re.compile(r"(?:/(?:git/)?\d{1,4}(?:\.git)?|/\.git|/all\.git|\.git|\.bundle)$")


class Kind(Enum):
    """What lies behind the address of a mirror."""

    NEW = "new"
    LIST = "list"
    SINGLE = "single"
    EXTERNAL = "external"


class Note(Struct, frozen=True):
    """`source` is a URL or an absolute path; `first` the oldest epoch that is wanted of a list."""

    source: str
    kind: Kind = Kind.NEW
    first: int = 0


class Mirror(Struct, frozen=True):
    """A mirror: its name, the folder its index is in, and its note."""

    name: str
    folder: Path
    note: Note

    @property
    def epochs(self) -> dict[int, Path]:
        """The repositories that are there, by number."""
        if self.note.kind is Kind.EXTERNAL:
            return repositories(Path(self.note.source))
        return _numbered(self.folder / "git")


def mirrors(settings: Mirrors) -> tuple[Mirror, ...]:
    """All mirrors, by name; clones named in the configuration come last."""
    place = settings.place
    own = [_of_folder(each.parent) for each in sorted(place.glob(f"[!.]*/{NOTE}"))]
    return (*own, *(_of_clone(place, path) for path in settings.external))


def named(settings: Mirrors, name: str) -> Mirror:
    """The mirror of a name. Raises UsageError where there is none."""
    found = mirrors(settings)
    for each in found:
        if each.name == name:
            return each
    known = ", ".join(each.name for each in found) or "none yet"
    raise UsageError(f"there is no mirror called {name!r}", f"Mirrors: {known}.")


def fit_name(source: str) -> str:
    """A name for the mirror of a URL or a path: its last part that says something."""
    stem = source.rstrip("/")
    while found := _ENDING.search(stem):
        stem = stem[: found.start()]
    return _UNFIT.sub("-", stem.rpartition("/")[2]).strip("-._+")[:100] or "mirror"


def checked_name(name: str) -> str:
    """The name, if a folder may be called so; raises UsageError if not."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for a mirror", "Letters, digits and . _ + - are fine, as in kvm."
        )
    return name


def note_down(mirror: Mirror) -> None:
    """Write the note of a mirror, whole or not at all."""
    mirror.folder.mkdir(parents=True, exist_ok=True)
    part = mirror.folder / f".{NOTE}.{os.getpid()}"
    with part.open("wb") as file:
        file.write(msgspec.json.encode(mirror.note) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(mirror.folder / NOTE)


def remove(mirror: Mirror) -> None:
    """Remove the folder of a mirror; a clone of somebody else stays. It is out of sight at once."""
    hidden = mirror.folder.with_name(f".{mirror.name}.{os.getpid()}.gone")
    if mirror.folder.exists():
        mirror.folder.rename(hidden)
    for left in mirror.folder.parent.glob(".*.gone"):
        shutil.rmtree(left, ignore_errors=True)


@contextmanager
def locked(mirror: Mirror) -> Iterator[int]:
    """Be the only one that changes a mirror; the descriptor of the lock is given.

    A child process that has the descriptor holds the lock too, even when we are killed. Raises InputError
    where somebody else is at it.
    """
    mirror.folder.mkdir(parents=True, exist_ok=True)
    with (mirror.folder / LOCK).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"mirror {mirror.name}: another process is updating it") from None
        yield file.fileno()


def repositories(path: Path) -> dict[int, Path]:
    """The repositories of somebody's archive: an inbox of public-inbox, or a repository by itself."""
    for folder in (path / "git", path):
        if found := _numbered(folder):
            return found
    for folder in (path, path / ".git"):
        if (folder / "HEAD").is_file() and (folder / "objects").is_dir():
            return {0: folder}
    return {}


def _numbered(folder: Path) -> dict[int, Path]:
    found = {
        int(match[1]): each
        for each in (folder.iterdir() if folder.is_dir() else ())
        if (match := _EPOCH.fullmatch(each.name)) and (each / "HEAD").is_file()
    }
    return dict(sorted(found.items()))


def _of_folder(folder: Path) -> Mirror:
    """The mirror that lies in a folder."""
    note = folder / NOTE
    try:
        return Mirror(folder.name, folder, msgspec.json.decode(note.read_bytes(), type=Note))
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(f"{note}: cannot be read ({error})") from None


def _of_clone(place: Path, path: str) -> Mirror:
    """The mirror that a clone named in the configuration makes; only its index is ours."""
    whole = str(Path(path).expanduser().absolute())
    digest = sha256(whole.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    name = f"{fit_name(whole)}-{digest}"
    return Mirror(name, place / ".external" / name, Note(whole, Kind.EXTERNAL))
