"""The objects of a git repository, read through one long-lived `git cat-file --batch`.

Law: only ever reads. Nothing is fetched, written, checked out or asked of a person, and no object is taken
for another: what git answers is compared with what was asked. Where git dies over a damaged object the
answer is None and the next question starts a new one. Must not know mails, diffs or C.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from reviewbot.errors import InputError
from reviewbot.sources.gitbatch import Batch, Object

# Variables that would lead git to another repository than the one named (git rev-parse --local-env-vars).
_ELSEWHERE = frozenset(
    f"GIT_{name}"
    for name in (
        *("ALTERNATE_OBJECT_DIRECTORIES", "COMMON_DIR", "DIR", "GRAFT_FILE", "IMPLICIT_WORK_TREE"),
        *("INDEX_FILE", "NAMESPACE", "OBJECT_DIRECTORY", "PREFIX", "REPLACE_REF_BASE"),
        *("SHALLOW_FILE", "TRACE", "TRACE2", "WORK_TREE"),
    )
)
# One line, shorter than a path may be on any system; `rev:./path` would be taken from where git runs.
_NAME = re.compile(r"(?![^:]*:\.{0,2}/)[^\n\0]{1,4096}")
# What git says of ids that several objects begin with is no fault.
_FATAL = re.compile(r"^(?:fatal|error): (?!short object ID)(.+)$", re.MULTILINE)
_PROMISOR = re.compile(r"promisor|lazy fetch|transport '[^']*' not allowed")

# How often git may die over damaged objects before the repository is left alone.
_LIVES = 20
# Seconds without a byte in the middle of an answer.
_PATIENCE = 20.0
# Seconds for one command: `git grep` in a whole kernel takes ten or twenty.
_LONGEST = 300


class GitObjects:
    """A repository that is asked for objects; a context manager that ends the process behind it.

    Raises InputError where `path` is no repository, or one of which nothing can be read.
    """

    def __init__(self, path: Path, patience: float = _PATIENCE) -> None:
        self.path = path
        self.fault = ""
        self._patience = patience
        self._environment = _environment(path)
        self._lives = _LIVES
        self._batch: Batch | None = None
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

    def close(self) -> None:
        """End the process; a later question starts another one."""
        batch, self._batch = self._batch, None
        if batch is not None:
            self._blame(batch.close())

    def object(self, name: str) -> Object | None:
        """The object of that name (gitrevisions(7)), or None where it is missing or cannot be read."""
        if not _NAME.fullmatch(name) or self._lives == 0:
            return None
        if self._batch is None:
            self._batch = Batch(self.path, self._environment, self._patience)
        try:
            return self._batch.ask(name)
        except EOFError:
            self._lives -= 1
            self._end("git ended without a word")
        except TimeoutError:
            # Waiting so long twenty times over would be too much.
            self._lives = 0
            self._end("git fell silent over a damaged object")
        return None

    def run(self, *arguments: str) -> bytes | None:
        """What a git command prints that ends with 0, or with 1 and silence; None where it failed."""
        try:
            done = subprocess.run(
                ("git", *arguments),
                cwd=self.path,
                env=self._environment,
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

    def _check(self) -> None:
        """Raise InputError unless this is a repository whose HEAD, if it has one, can be read."""
        try:
            found = self.run("rev-parse", "--git-dir")
        except OSError as error:
            why = (
                "git is not installed"
                if self.path.is_dir()
                else f"cannot be read ({error.strerror})"
            )
            raise InputError(f"{self.path}: {why}") from None
        if found is None:
            raise InputError(
                f"{self.path}: not a git repository that can be read ({self.fault})",
                "an unpacked source tree is given with --source",
            )
        head = self.run("rev-parse", "--verify", "--quiet", "HEAD")
        if head and self.object("HEAD^{commit}") is None:
            self.close()
            raise InputError(f"{self.path}: damaged, its HEAD cannot be read ({self.fault})")

    def _end(self, reason: str) -> None:
        """End the process for a reason, unless it gave a better one itself."""
        self.close()
        self.fault = self.fault or reason

    def _blame(self, text: str) -> None:
        """Keep the first failure that git tells of."""
        found = _FATAL.search(text)
        if found is not None and not self.fault:
            partial = "an object is missing from this partial clone, and nothing is ever fetched"
            self.fault = partial if _PROMISOR.search(text) else found[1]


def _environment(path: Path) -> Mapping[str, str]:
    """The environment git runs in: this repository and no other, no network, no questions, no locks."""
    return {
        **{name: value for name, value in os.environ.items() if name not in _ELSEWHERE},
        "LC_ALL": "C",
        # Neither a repository around the folder, nor a fetch: before git 2.45 only the protocols hinder it.
        "GIT_CEILING_DIRECTORIES": str(path.resolve().parent),
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_PAGER": "cat",
    }
