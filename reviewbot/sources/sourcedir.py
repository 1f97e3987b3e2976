"""SourceDir: an unpacked source tree.

Law: nothing outside the folder is read, whatever a mail says: no `..`, no link that leads out. Must not know
git, mails or C.
"""

import os
import re
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from reviewbot.errors import InputError
from reviewbot.model.evidence import Evidence, Lack, Origin, lacking
from reviewbot.model.tree import Commit, Mentions, Sight

# Linux 6.12 has 87,000 files, the largest of 24 MB; what lies beyond is no source tree.
MAX_FILES = 400_000
MAX_BYTES = 64 << 20


class SourceDir(Struct, frozen=True, dict=True):
    """The files below `root`, an absolute path without links."""

    root: Path
    max_files: int = MAX_FILES

    @property
    def name(self) -> str:
        """The path of the folder."""
        return str(self.root)

    def blob(self, blob_id: str) -> str | None:
        """Always None: a folder knows no ids."""
        return None

    def file(self, path: str) -> str | None:
        """The text of the file at `path`, or None; None as well for what does not lie in the folder."""
        if not path or "\0" in path or ".." in path.split("/"):
            return None
        try:
            found = (self.root / path).resolve()
            data = _content(found) if found.is_relative_to(self.root) else None
        except (OSError, RuntimeError):
            return None
        return None if data is None else data.decode("utf-8", "replace")

    def sights(self, blob_id: str, path: str) -> Iterator[Sight]:
        """The file at that path; nothing is said of ids."""
        if not path:
            return
        text = self.file(path)
        if text is None:
            yield Sight(None, lacking(Lack.NOT_THERE, f"no {path} in {self.name}"))
        else:
            yield Sight(text, Evidence(Origin.SOURCE, f"{path} in {self.name}"))

    def mentions(self, words: Collection[str]) -> Mentions | None:
        """Paths by the words that the files hold; None where the folder is too large to look through."""
        if not all(word.isidentifier() for word in words) or len(self._paths) > self.max_files:
            return None
        new = [word for word in dict.fromkeys(words) if word not in self._mentioned]
        self._mentioned.update(self._searched(new) if new else {})
        return {word: self._mentioned[word] for word in words}

    def commit(self, abbreviation: str) -> Commit | None:
        """Always None: a folder knows no history."""
        return None

    def _searched(self, words: Sequence[str]) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {word: [] for word in words}
        sought = {
            word: (word.encode(), re.compile(rf"(?<!\w){word}(?!\w)".encode())) for word in words
        }
        for path in self._paths:
            data = self._data(path)
            for word, (plain, whole) in sought.items():
                # Most files do not hold it at all, which is much faster to see.
                if plain in data and whole.search(data):
                    found[word].append(path)
        return {word: tuple(paths) for word, paths in found.items()}

    def _data(self, path: str) -> bytes:
        """The bytes of a file of the folder; none of what cannot be read."""
        try:
            return _content(self.root / path) or b""
        except OSError:
            return b""

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        """The regular files of the folder in order, without those of git; one more than may be, at most."""
        found: list[str] = []
        for folder, below, names in os.walk(self.root):
            below[:] = sorted(name for name in below if name != ".git")
            here = Path(folder)
            for name in sorted(names):
                if len(found) > self.max_files:
                    return tuple(found)
                if not (here / name).is_symlink():
                    found.append(str((here / name).relative_to(self.root)))
        return tuple(found)

    @cached_property
    def _mentioned(self) -> dict[str, tuple[str, ...]]:
        return {}


def source_dir(path: Path) -> SourceDir:
    """The source tree in a folder; raises InputError if it is none or cannot be listed."""
    try:
        root = path.resolve(strict=True)
        with os.scandir(root) as entries:
            is_empty = next(entries, None) is None
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "a link leads to itself"
        raise InputError(f"{path}: cannot be read ({reason})") from None
    if is_empty:
        raise InputError(f"{path}: an empty folder is no source tree")
    return SourceDir(root)


def _content(path: Path) -> bytes | None:
    """The bytes of a regular file, None for anything else or what is too large for a source file."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    return data if len(data) <= MAX_BYTES else None
