"""GitTree: a git repository at one commit, as a source tree.

Law: a blob is found by its own id, wherever in history it lies; a path only at the base, which is named.
Must not know how objects are read, nor C.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import cached_property

from msgspec import Struct

from reviewbot.model.evidence import Evidence, Lack, Origin, lacking
from reviewbot.model.series import Series
from reviewbot.model.tree import NO_COMMIT, Commit, Mentions, Sight
from reviewbot.sources.gitbatch import Object
from reviewbot.sources.gitobjects import GitObjects

_ID = re.compile(r"[0-9a-f]{4,64}")
# Every occurrence of the words, those in what git takes for binary too: `name NUL word LF`.
# Fixed words: forty cost twice what one does, as one pattern up to seven times.
_SEARCH = ("-o", "-a", "-z", "-w", "-F", "--full-name", "--no-textconv", "--threads=2")
_FOUND = re.compile(r"([^\0]*)\0(\w+)\n")
# What git keeps in the configuration of a partial clone, old and new (git-config(1)).
_PARTIAL = r"^(remote\..*\.(promisor|partialclonefilter)|extensions\.partialclone)$"


class Base(Struct, frozen=True):
    """A commit by its full id, why it was taken, and what people call it. Without an id there is none."""

    id: str = ""
    origin: Origin = Origin.HEAD
    called: str = ""


class GitTree(Struct, frozen=True, dict=True):
    """A repository seen at the commit `base`; with an empty base it only knows blobs by their ids.

    `stand` says what that commit is to the series.
    """

    objects: GitObjects
    base: str = ""
    stand: Base = Base()

    @property
    def name(self) -> str:
        """The path of the repository."""
        return str(self.objects.path)

    def blob(self, blob_id: str) -> str | None:
        """The text of the blob whose id starts with `blob_id`; None also where several do."""
        if not _ID.fullmatch(blob_id) or not blob_id.strip("0"):
            return None
        return _text(self.objects.object(blob_id))

    def file(self, path: str) -> str | None:
        """The text of the file at `path` in the base commit, or None."""
        return _text(self.objects.object(f"{self.base}:{path}")) if self.base and path else None

    def sights(self, blob_id: str, path: str) -> Iterator[Sight]:
        """The blob of that id, then the file at that path in the base commit; or why they are not there."""
        if blob_id:
            text = self.blob(blob_id)
            yield self._sight(text, Origin.BLOB, f"blob {blob_id}")
        if path and not self.base:
            yield Sight(None, lacking(Lack.NOT_THERE, f"no commit in {self.name}"))
        elif path:
            text = self.file(path)
            yield self._sight(
                text, self.stand.origin, f"{path} at {self.stand.called or self.base}"
            )

    def _sight(self, text: str | None, origin: Origin, what: str) -> Sight:
        """What the last question came to."""
        if text is not None:
            return Sight(text, Evidence(origin, f"{what} in {self.name}"))
        lack, why = self.objects.lack()
        return Sight(None, lacking(lack, f"no {what} in {self.name}{f', {why}' if why else ''}"))

    def mentions(self, words: Collection[str]) -> Mentions | None:
        """Paths of the base commit's files by the words they hold; None without a base or where git failed."""
        if not self.base or not all(word.isidentifier() for word in words):
            return None
        new = [word for word in dict.fromkeys(words) if word not in self._mentioned]
        self._mentioned.update(self._searched(new) if new else {})
        found = {word: self._mentioned[word] for word in words}
        known = {word: paths for word, paths in found.items() if paths is not None}
        return known if len(known) == len(found) else None

    def commit(self, abbreviation: str) -> Commit | None:
        """The commit whose id starts so; NO_COMMIT where a whole history has nothing of that name.

        None for several, for an id of something else, and in shallow, partial or damaged repositories.
        """
        if not _ID.fullmatch(abbreviation):
            return None
        found = self.objects.object(f"{abbreviation}^{{commit}}")
        if found is not None:
            is_named = found.kind == "commit" and found.id.startswith(abbreviation)
            return Commit(found.id, _subject(found.data)) if is_named else None
        named = self.objects.run("rev-parse", f"--disambiguate={abbreviation}")
        return NO_COMMIT if named == b"" and self._has_history and not self.objects.fault else None

    @cached_property
    def _has_history(self) -> bool:
        """Whether every commit that was reachable when the repository was cloned is in it."""
        shallow = self.objects.run("rev-parse", "--is-shallow-repository")
        partial = self.objects.run("config", "--get-regexp", _PARTIAL)
        return shallow == b"false\n" and partial == b""

    def _searched(self, words: Sequence[str]) -> dict[str, tuple[str, ...] | None]:
        """The paths of each word, by one search for all: nearly all it takes is to unpack every file once."""
        asked = (part for word in words for part in ("-e", word))
        out = self.objects.search("grep", *_SEARCH, *asked, self.base, "--")
        if out is None:
            return dict.fromkeys(words)
        found: dict[str, dict[str, None]] = {word: {} for word in words}
        for name, word in _FOUND.findall(out.decode("utf-8", "replace")):
            found[word][name.removeprefix(f"{self.base}:")] = None
        return {word: tuple(paths) for word, paths in found.items()}

    @cached_property
    def _mentioned(self) -> dict[str, tuple[str, ...] | None]:
        return {}


class Repository(Struct, frozen=True, dict=True):
    """A repository from which a tree is taken for each series."""

    objects: GitObjects

    def commit(self, name: str) -> str:
        """The full id of the commit that `name` (gitrevisions(7)) stands for, or empty."""
        return self.objects.commit(name)

    def tree(self, series: Series, base: str = "") -> GitTree:
        """The repository at the series' base.

        That is the `base-commit` of the mail; else the revision `base`, where one is asked for; else the
        newest tag from before the mail; else HEAD. What the repository does not have is passed over.
        """
        stand = next((found for found in self._bases(series, base) if found.id), Base())
        return self._trees.setdefault(stand, GitTree(self.objects, stand.id, stand))

    def _bases(self, series: Series, base: str) -> Iterator[Base]:
        """The commits the series may stand on, the likelier first; without id for what is not there."""
        if _ID.fullmatch(series.base_commit):
            named = self.objects.object(f"{series.base_commit}^{{commit}}")
            is_it = named is not None and named.id.startswith(series.base_commit)
            called = f"base-commit {series.base_commit[:12]}"
            yield Base(named.id if named and is_it else "", Origin.BASE_COMMIT, called)
        yield Base(self._commit(base), Origin.BASE, f"--base {base}")
        tag = self._tag(_date(series))
        called = f"{tag.removeprefix('refs/tags/')}, the newest tag before the mail,"
        yield Base(self._commit(tag), Origin.TAG, called)
        yield Base(self._commit("HEAD"), Origin.HEAD, "HEAD")

    def _commit(self, name: str) -> str:
        """As `commit` says, asked once for each name."""
        if name not in self._commits:
            self._commits[name] = self.commit(name)
        return self._commits[name]

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
    def _trees(self) -> dict[Base, GitTree]:
        """One tree for each commit, so that what was looked for is remembered."""
        return {}

    @cached_property
    def _commits(self) -> dict[str, str]:
        return {}


def _date(series: Series) -> datetime | None:
    first = series.cover or (series.patches[0].message if series.patches else None)
    return first.date if first is not None else None


def _subject(data: bytes) -> str:
    """The first paragraph of a commit's message on one line, as `git log --format=%s` has it."""
    message = data.partition(b"\n\n")[2].decode("utf-8", "replace").lstrip("\n")
    return " ".join(message.partition("\n\n")[0].split())


def _text(found: Object | None) -> str | None:
    if found is None or found.kind != "blob":
        return None
    return found.data.decode("utf-8", "replace")
