"""Commits of a local repository, as mails their author would send.

They are what `git format-patch --stdout` writes (git-format-patch(1)), with the author's own settings
(`format.*`), a cover letter where the branch has a description, and the commit they stand on as base-commit.

Law: the repository is only read, and nothing that stands in its configuration is run. Must not know what the
mails say.
"""

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from reviewbot.errors import InputError, UsageError
from reviewbot.model.message import RawMessage
from reviewbot.parse import mbox
from reviewbot.sources.gitstore import environment

# Longer ones are a merge window, not a series.
MOST = 1_000

_RANGE = re.compile(r"(?!-)([^\s\0]*?)(?<!\.)\.\.(?!\.)(?!-)([^\s\0]*)")
# What the author's settings may not do: run a program, put colours or other prefixes into the diff.
_SETTINGS = ("log.showSignature=false", "color.ui=false", "diff.noprefix=false")
_OPTIONS = (
    *("--stdout", "--no-color", "--no-ext-diff", "--no-textconv", "--no-attach", "--no-thread"),
    *("--src-prefix=a/", "--dst-prefix=b/", "--full-index", "--quiet"),
)


def mails(commits: str, path: Path, *, around: bool = False) -> Iterator[RawMessage]:
    """The commits of a range `BASE..TOPIC` of the repository at `path`, as mails.

    With `around` the repository may be one that `path` lies in. Raises UsageError for what is no such range,
    InputError where there is nothing in it, or no repository.
    """
    sides = _RANGE.fullmatch(commits)
    if sides is None:
        raise UsageError(f"--range {commits}: is not of the form BASE..TOPIC")
    repository = _Repository(path, around=around)
    base, topic = (repository.commit(side or "HEAD") for side in sides.groups())
    count = int(repository.told("rev-list", "--count", "--no-merges", f"{base}..{topic}"))
    if not 0 < count <= MOST:
        much = f"{count} commits, a series has at most {MOST}" if count else "no commits"
        raise InputError(f"--range {commits}: has {much}")
    written = repository.written(base, topic, sides[2] or "HEAD")
    name = f"{commits} of {path}"
    return (
        RawMessage(mail, f"{name}, mail {number}")
        for number, mail in enumerate(mbox.split(written), 1)
    )


class _Repository:
    """What is asked of git here."""

    def __init__(self, path: Path, *, around: bool) -> None:
        self._path = path
        self._environment: Mapping[str, str] = environment(path)
        if around:
            without = ("GIT_CEILING_DIRECTORIES",)
            self._environment = {k: v for k, v in self._environment.items() if k not in without}
        if not self._asked("rev-parse", "--git-dir"):
            raise InputError(f"{path}: no git repository", "Name one with --tree.")

    def commit(self, revision: str) -> str:
        """The id of a commit; raises UsageError where there is none."""
        found = self._asked(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
        if not found:
            raise UsageError(f"--range: {self._path} has no commit {revision!r}")
        return found

    def written(self, base: str, topic: str, name: str) -> bytes:
        """What git format-patch writes for the commits of `topic`, called `name`, that `base` does not have."""
        below = self._asked("merge-base", base, topic)
        options = [*_OPTIONS, f"--base={below}"] if below else [*_OPTIONS]
        branch = self._branch(name)
        if branch and self._asked("config", f"branch.{branch}.description"):
            # Of a branch by its name alone git knows the description.
            options += ["--cover-letter", "--cover-from-description=auto"]
            topic = f"refs/heads/{branch}"
        return self._run("format-patch", *options, f"{base}..{topic}", "--", date_of=topic)

    def told(self, *command: str) -> str:
        """The one line that a command prints."""
        return self._run(*command).decode("utf-8", "replace").strip()

    def _branch(self, name: str) -> str:
        """The branch of that name, or that HEAD is on; empty if there is none, or nobody to send from it."""
        full = self._asked("rev-parse", "--symbolic-full-name", "--end-of-options", name)
        branch = full.splitlines()[-1] if full else ""
        if branch == "HEAD" or not branch.startswith("refs/heads/"):
            return ""
        return (
            branch.removeprefix("refs/heads/") if self._asked("var", "GIT_COMMITTER_IDENT") else ""
        )

    def _asked(self, *command: str) -> str:
        """As `told`; empty where the command fails."""
        try:
            return self.told(*command)
        except InputError:
            return ""

    def _run(self, *command: str, date_of: str = "") -> bytes:
        settings = (word for each in _SETTINGS for word in ("-c", each))
        variables = dict(self._environment)
        if date_of:
            # The same commits make the same mails: a cover letter is as old as the last of them.
            date = self.told("log", "-1", "--format=%cd", "--date=raw", date_of, "--")
            variables["GIT_COMMITTER_DATE"] = date
        done = subprocess.run(
            ("git", *settings, *command),
            cwd=self._path,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it failed"]
            raise InputError(f"{self._path}: git {command[0]}: {said[-1]}")
        return done.stdout
