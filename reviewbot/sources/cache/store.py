"""What was fetched, as files: written whole or not at all, checked when read, the least used dropped first.

    FOLDER/mails/3f/<hash of the key>-<SHA-256 of the content>     the bytes as they came, nothing else

Modified: when it was fetched. Accessed: when it was last asked for. Law: what comes out is byte for byte what
went in; damage is the same as absence; a cache that cannot be written costs a second fetch, never a run. Must
not know what the bytes are, nor the network.
"""

import hashlib
import os
import re
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from reviewbot.sources.cache.settings import Keep

_NAME = re.compile(r"[0-9a-f]{32}-[0-9a-f]{64}")
_SHARD = re.compile(r"[0-9a-f]{2}")
_PIECE = 1 << 20
_UNFINISHED = ".new-"
# Unfinished files of a process that was killed are removed after so many seconds.
_ABANDONED = 3600.0
# A full cache is emptied to this part of what it may hold.
_SPARE = 0.9


class Shelf(Enum):
    """What kind of thing is kept: threads and searches grow old, mails and what thread they are in do not."""

    MAILS = "mails"
    THREADS = "threads"
    SEARCHES = "searches"
    MEMBERS = "members"  # of a thread: under which key it is kept


class Usage(Struct, frozen=True):
    """How much lies on a shelf; times are seconds since 1970, 0 where there is nothing."""

    entries: int = 0
    size: int = 0
    oldest: float = 0.0
    newest: float = 0.0


class _Entry(Struct, frozen=True):
    """One file of the cache."""

    path: str
    size: int
    fetched: float
    used: float


class Store:
    """The cache below one folder; several processes may share it."""

    def __init__(
        self,
        folder: Path,
        keep: Keep | None = None,
        any_age: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`folder`: `config.places.cache_folder()`. `any_age` (for --offline): old threads are given too."""
        self._folder = folder
        self._keep = keep or Keep()
        self._any_age = any_age
        self._now = now
        self._size: int | None = None

    def get(self, shelf: Shelf, key: str) -> BinaryIO | None:
        """The bytes put under `key`, open at their beginning, or None: absent, too old or damaged."""
        found = max(self._named(shelf, key), key=lambda each: each.fetched, default=None)
        if found is None or not self._is_fresh(shelf, found):
            return None
        file = _opened(found.path)
        if file is None:
            return None
        if not _is_whole(file, found.path):
            file.close()
            _remove(found.path)
            return None
        with suppress(OSError):
            os.utime(found.path, (self._now(), found.fetched))
        file.seek(0)
        return file

    def put(self, shelf: Shelf, key: str, body: BinaryIO) -> bool:
        """Keep `body` (read to its end) under `key`; False where it could not be written or is too large.

        Only complete, checked answers may come here: `Answer.open()` is one. Members are many and small, and
        not waited for until they are on the disk: one that a power cut damages is as one that is absent.
        """
        is_settled = shelf is not Shelf.MEMBERS
        folder = self._shard(shelf, key)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            number, name = tempfile.mkstemp(prefix=_UNFINISHED, dir=folder)
        except OSError:
            return False
        unfinished = Path(name)
        try:
            with os.fdopen(number, "w+b") as file:
                digest = self._copied(body, file)
                if is_settled:
                    os.fsync(file.fileno())
            if digest:
                self._finished(unfinished, folder / f"{_hash(key)}-{digest}")
                if is_settled:
                    _settle(folder)
        except OSError:
            return False
        finally:
            _remove(unfinished)
        return bool(digest)

    def usage(self, shelf: Shelf) -> Usage:
        """What lies on a shelf."""
        entries = list(self._entries((shelf,)))
        if not entries:
            return Usage()
        times = [each.fetched for each in entries]
        return Usage(len(entries), sum(each.size for each in entries), min(times), max(times))

    def clear(self, shelves: Iterable[Shelf] = tuple(Shelf), older_than: float = 0.0) -> Usage:
        """Remove what was fetched more than `older_than` seconds ago; how much that was."""
        latest = self._now() - older_than if older_than else float("inf")
        gone = [each for each in self._entries(tuple(shelves)) if each.fetched < latest]
        for each in gone:
            _remove(each.path)
        self._size = None
        return Usage(len(gone), sum(each.size for each in gone))

    def _is_fresh(self, shelf: Shelf, entry: _Entry) -> bool:
        age = self._now() - entry.fetched
        is_old = not 0 <= age < self._keep.thread_minutes * 60
        return self._any_age or shelf in (Shelf.MAILS, Shelf.MEMBERS) or not is_old

    def _shard(self, shelf: Shelf, key: str) -> Path:
        return self._folder / shelf.value / _hash(key)[:2]

    def _named(self, shelf: Shelf, key: str) -> Iterator[_Entry]:
        """The files of a key; two for the moment in which one replaces the other."""
        return _files(self._shard(shelf, key), _hash(key))

    def _copied(self, body: BinaryIO, file: BinaryIO) -> str:
        """Copy to its end; the digest of what was copied, or nothing if it is too much."""
        digest = hashlib.sha256()
        size = 0
        while piece := body.read(_PIECE):
            size += len(piece)
            if size > self._keep.max_bytes:
                return ""
            digest.update(piece)
            file.write(piece)
        file.flush()
        self._make_room(size)
        return digest.hexdigest()

    def _finished(self, unfinished: Path, path: Path) -> None:
        """Give a file its name, and remove those it replaces."""
        now = self._now()
        os.utime(unfinished, (now, now))
        unfinished.replace(path)
        for each in _files(path.parent, path.name[:32]):
            if each.path != str(path) and each.fetched <= now:
                _remove(each.path)

    def _make_room(self, size: int) -> None:
        """Drop what was not asked for longest, if `size` more bytes are too much."""
        if self._size is None:
            self._size = sum(each.size for each in self._entries(tuple(Shelf)))
        self._size += size
        if self._size <= self._keep.max_bytes:
            return
        entries = sorted(self._entries(tuple(Shelf)), key=lambda each: each.used)
        left = sum(each.size for each in entries) + size
        for each in entries:
            if left <= self._keep.max_bytes * _SPARE:
                break
            _remove(each.path)
            left -= each.size
        self._size = left

    def _entries(self, shelves: Iterable[Shelf]) -> Iterator[_Entry]:
        """All entries of the shelves; files that were never finished are removed on the way."""
        for shelf in shelves:
            for folder in _scanned(self._folder / shelf.value):
                if _SHARD.fullmatch(folder.name):
                    yield from _files(folder.path, "", self._now() - _ABANDONED)


def _files(folder: Path | str, key: str = "", abandoned: float = 0.0) -> Iterator[_Entry]:
    """The entries in one folder, of all keys or of one; unfinished files from before `abandoned` go."""
    for each in _scanned(folder):
        is_entry = each.name.startswith(key) and _NAME.fullmatch(each.name)
        if not is_entry and not (abandoned and each.name.startswith(_UNFINISHED)):
            continue
        try:
            status = each.stat(follow_symlinks=False)
        except OSError:
            continue
        if not stat.S_ISREG(status.st_mode):
            continue
        if is_entry:
            yield _Entry(each.path, status.st_size, status.st_mtime, status.st_atime)
        elif status.st_mtime < abandoned:
            _remove(each.path)


def _scanned(folder: Path | str) -> list[os.DirEntry[str]]:
    """What is in a folder; nothing where there is none."""
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:
        return []


def _opened(path: str) -> BinaryIO | None:
    try:
        return Path(path).open("rb")
    except OSError:
        return None


def _is_whole(file: BinaryIO, path: str) -> bool:
    """Whether a file holds what its name says it holds."""
    try:
        digest = hashlib.sha256()
        while piece := file.read(_PIECE):
            digest.update(piece)
    except OSError:
        return False
    return digest.hexdigest() == path[-64:]


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _settle(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _remove(path: Path | str) -> None:
    with suppress(OSError):
        os.unlink(path)  # noqa: PTH108 - for a hundred thousand of them
