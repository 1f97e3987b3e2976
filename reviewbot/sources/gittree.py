"""GitTree: a git repository at one commit, as a source tree.

Law: a blob is found by its own id, wherever in history it lies; a path only at the base, which is named.
Must not know how objects are read, nor C.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property

from msgspec import Struct

from reviewbot.model.series import Series
from reviewbot.sources.gitbatch import Object
from reviewbot.sources.gitobjects import GitObjects

_ID = re.compile(r"[0-9a-f]{4,64}")


class GitTree(Struct, frozen=True, dict=True):
    """A repository seen at the commit `base`; with an empty base it only knows blobs by their ids."""

    objects: GitObjects
    base: str = ""

    @property
    def name(self) -> str:
        """The path of the repository."""
        return str(self.objects.path)

    def blob(self, blob_id: str) -> str | None:
        """The text of the blob whose id starts with `blob_id`; None also where several do."""
        if not _ID.fullmatch(blob_id) or not blob_id.strip("0"):
            return None
        found = self.objects.object(blob_id)
        # A branch may be called like the beginning of an id.
        return _text(found) if found is not None and found.id.startswith(blob_id) else None

    def file(self, path: str) -> str | None:
        """The text of the file at `path` in the base commit, or None."""
        return _text(self.objects.object(f"{self.base}:{path}")) if self.base and path else None

    def mentions(self, word: str) -> Iterator[str] | None:
        """Paths of the base commit's files that hold `word`; None without a base or where git failed."""
        if not self.base or not word.isidentifier():
            return None
        if word not in self._mentioned:
            self._mentioned[word] = self._grep(word)
        found = self._mentioned[word]
        return None if found is None else iter(found)

    def _grep(self, word: str) -> tuple[str, ...] | None:
        options = ("-l", "-z", "-w", "-F", "--full-name", "--no-textconv", "--threads=2")
        out = self.objects.run("grep", *options, "-e", word, self.base, "--")
        if out is None:
            return None
        names = out.decode("utf-8", "replace").split("\0")
        return tuple(name.removeprefix(f"{self.base}:") for name in names if name)

    @cached_property
    def _mentioned(self) -> dict[str, tuple[str, ...] | None]:
        return {}


class Repository(Struct, frozen=True, dict=True):
    """A repository from which a tree is taken for each series."""

    objects: GitObjects

    def commit(self, name: str) -> str:
        """The full id of the commit that `name` (gitrevisions(7)) stands for, or empty."""
        found = self.objects.object(f"{name}^{{commit}}") if name else None
        return found.id if found is not None else ""

    def tree(self, series: Series, base: str = "") -> GitTree:
        """The repository at the series' base.

        That is the `base-commit` of the mail; else the revision `base`, where one is asked for; else the
        newest tag from before the mail; else HEAD. What the repository does not have is passed over.
        """
        bases = self._bases(series, base)
        commit = next((found for found in bases if found), "")
        return self._trees.setdefault(commit, GitTree(self.objects, commit))

    def _bases(self, series: Series, base: str) -> Iterator[str]:
        """The commits the series may stand on, the likelier first; empty for what is not there."""
        if _ID.fullmatch(series.base_commit):
            named = self.commit(series.base_commit)
            yield named if named.startswith(series.base_commit) else ""
        yield self.commit(base)
        yield self.commit(self._tag(_date(series)))
        yield self.commit("HEAD")

    def _tag(self, date: datetime | None) -> str:
        """The newest tag that is not younger than the date, or empty."""
        if date is None:
            return ""
        limit = date.timestamp()
        return next((name for created, name in self._tags if created <= limit), "")

    @cached_property
    def _tags(self) -> tuple[tuple[int, str], ...]:
        """Tags with their dates (seconds since 1970), newest first."""
        form = "--format=%(creatordate:unix) %(refname)"
        out = self.objects.run("for-each-ref", "--sort=-creatordate", form, "refs/tags") or b""
        rows = (line.partition(" ") for line in out.decode("utf-8", "replace").splitlines())
        return tuple((int(created), name) for created, _, name in rows if created.isdecimal())

    @cached_property
    def _trees(self) -> dict[str, GitTree]:
        """One tree for each commit, so that what was looked for is remembered."""
        return {}


def _date(series: Series) -> datetime | None:
    first = series.cover or (series.patches[0].message if series.patches else None)
    return first.date if first is not None else None


def _text(found: Object | None) -> str | None:
    if found is None or found.kind != "blob":
        return None
    return found.data.decode("utf-8", "replace")
