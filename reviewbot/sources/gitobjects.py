"""The objects of a git repository, read through one long-lived `git cat-file --batch`.

Law: only ever reads. Nothing is fetched, written, checked out or asked of a person, and no object is taken
for another: what git answers is compared with what was asked. Where git dies over a damaged object the
answer is None and the next question starts a new one. Must not know mails, diffs or C.
"""

import re
import subprocess
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from reviewbot.errors import InputError
from reviewbot.model.evidence import Lack
from reviewbot.sources.gitbatch import Batch, Object
from reviewbot.sources.gitstore import Store, environment

# One line, shorter than a path may be on any system; `rev:./path` would be taken from where git runs.
_NAME = re.compile(r"(?![^:]*:\.{0,2}/)[^\n\0]{1,4096}")
_ID = re.compile(r"[0-9a-f]{4,64}(?:\^\{\w+\})?")
# What git says of ids that several objects begin with is no fault.
_FATAL = re.compile(r"^(?:fatal|error): (?!short object ID)(.+)$", re.MULTILINE)
# How the store and the state of a repository are asked for, one line each.
_STATE = ("--git-path", "objects", "--show-object-format", "--is-shallow-repository")

# How often git may die over damaged objects before the repository is left alone.
_LIVES = 20
# Seconds without a byte in the middle of an answer.
_PATIENCE = 20.0
# Seconds for one command: `git grep` in a whole kernel takes ten or twenty.
_LONGEST = 300


class GitObjects:
    """A repository that is asked for objects; a context manager that ends the process behind it.

    `fault` is the first trouble there was, `trouble` that of the last question; both empty where all is well.
    Raises InputError where `path` is no repository, or one of which nothing can be read.
    """

    def __init__(self, path: Path, patience: float = _PATIENCE) -> None:
        self.path = path
        self.fault = ""
        self.trouble = ""
        self._patience = patience
        self._environment = environment(path)
        self._lives = _LIVES
        self._batch: Batch | None = None
        objects, algorithm, shallow = self._state()
        self.is_shallow = shallow == "true"
        self._objects = (path / objects).resolve()
        self._store = Store(self._objects, algorithm, self._environment)
        self._check()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        self._store.close()

    def close(self) -> None:
        """End the process; a later question starts another one."""
        batch, self._batch = self._batch, None
        if batch is not None:
            self._blame(batch.close())

    def object(self, name: str) -> Object | None:
        """The object of that name (gitrevisions(7)), or None where it is missing or cannot be read.

        What looks like an id is one, however short, and no branch; None too where several begin so.
        """
        self.trouble = ""
        if not _NAME.fullmatch(name):
            return None
        revision, colon, path = name.partition(":")
        if not _ID.fullmatch(revision):
            revision = self._id(revision)
        if not revision:
            return None
        return self._asked(f"{revision}{colon}{path}")

    def _asked(self, name: str) -> Object | None:
        """The object git knows by an id, or by the id of a commit and a path."""
        if self._lives == 0:
            self.trouble = self.fault
            return None
        if self._batch is None:
            self._batch = Batch(self._store.path, self._store.environment, self._patience)
        try:
            found = self._batch.ask(name)
        except EOFError:
            self._lives -= 1
            self._end("git ended without a word")
        except TimeoutError:
            # Waiting so long twenty times over would be too much.
            self._lives = 0
            self._end("git fell silent over a damaged object")
        else:
            if found is None:
                self._blame(self._batch.said())
            return found
        return None

    def commit(self, name: str) -> str:
        """The full id of the commit that `name` (gitrevisions(7)) stands for, or empty."""
        return self._id(f"{name}^{{commit}}") if name and _NAME.fullmatch(name) else ""

    def _id(self, revision: str) -> str:
        """The full id of what the repository calls so, or empty."""
        found = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", revision)
        return (found or b"").decode("ascii", "replace").strip()

    def lack(self) -> tuple[Lack, str]:
        """Why the last question found nothing, as far as it is known, in a word and in words for people."""
        if self.trouble:
            return Lack.DAMAGED, f"which is damaged ({self.trouble})"
        if self.is_partial:
            return Lack.PARTIAL, "a partial clone, and nothing is ever fetched"
        if self.is_shallow:
            return Lack.SHALLOW, "a shallow clone"
        return Lack.NOT_THERE, ""

    @cached_property
    def is_partial(self) -> bool:
        """Whether objects were left out when the repository was cloned (partial-clone of git's docs)."""
        return any((self._objects / "pack").glob("*.promisor"))

    def run(self, *arguments: str) -> bytes | None:
        """What a git command prints in the repository; None where it failed."""
        return self._done(arguments, self.path, self._environment)

    def search(self, *arguments: str) -> bytes | None:
        """What a git command prints that needs no more than objects named by ids; None where it failed."""
        return self._done(arguments, self._store.path, self._store.environment)

    def _done(
        self, arguments: tuple[str, ...], folder: Path, environment: Mapping[str, str]
    ) -> bytes | None:
        """What a git command prints that ends with 0, or with 1 and silence; None where it failed."""
        try:
            done = subprocess.run(
                ("git", *arguments),
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=_LONGEST,
            )
        except subprocess.TimeoutExpired:
            self.fault = self.fault or f"git {arguments[0]} took longer than {_LONGEST} seconds"
            return None
        if done.returncode == 0 or (done.returncode == 1 and not done.stderr):
            return done.stdout
        self._blame(done.stderr.decode("utf-8", "replace"))
        return None

    def _state(self) -> tuple[str, str, str]:
        """Where the objects are, what their ids are made with, whether the clone is shallow."""
        try:
            found = self.run("rev-parse", *_STATE)
        except OSError as error:
            why = (
                "git is not installed"
                if self.path.is_dir()
                else f"cannot be read ({error.strerror})"
            )
            raise InputError(f"{self.path}: {why}") from None
        lines = (found or b"").decode("utf-8", "surrogateescape").splitlines()
        if len(lines) != 3:
            raise InputError(
                f"{self.path}: not a git repository that can be read ({self.fault})",
                "an unpacked source tree is given with --source",
            )
        return lines[0], lines[1], lines[2]

    def _check(self) -> None:
        """Raise InputError where HEAD, if there is one, cannot be read."""
        head = self._id("HEAD")
        if head and self.object(f"{head}^{{commit}}") is None:
            self.__exit__(None, None, None)
            raise InputError(f"{self.path}: damaged, its HEAD cannot be read ({self.fault})")

    def _end(self, reason: str) -> None:
        """End the process for a reason, unless it gave a better one itself."""
        self.close()
        self.trouble = self.trouble or reason
        self.fault = self.fault or reason

    def _blame(self, text: str) -> None:
        """Keep what git tells of, the first failure of all and of the last question."""
        found = _FATAL.search(text)
        if found is not None:
            self.trouble = self.trouble or found[1]
            self.fault = self.fault or found[1]
