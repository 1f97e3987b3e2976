"""One repository of a public-inbox archive, opened so that it can be read and nothing else.

Law: only ever reads. Git runs over a folder of our own (`gitstore`), so that nothing in the configuration of
the repository, or of the user, counts. Must not know what stands in a commit.
"""

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from msgspec import Struct

from reviewbot.errors import InputError
from reviewbot.sources.gitstore import Store, environment

_FATAL = re.compile(r"^(?:fatal|error): (.+)$", re.MULTILINE)
_PIPE = 1 << 20
_SHA256_DIGITS = 64
# git maps whole packs and keeps 96 MB of bases of deltas; mails in the order they came need far less.
_FRUGAL = (
    *("-c", "core.packedGitWindowSize=4m", "-c", "core.packedGitLimit=32m"),
    *("-c", "core.deltaBaseCacheLimit=16m"),
)


class Epoch(Struct, frozen=True):
    """A repository opened for reading.

    `tip` is its newest commit (empty where it has none); git is run in the folder `store`, with `environment`.
    """

    path: Path
    tip: str
    store: Path
    environment: Mapping[str, str]


@contextmanager
def opened(path: Path) -> Iterator[Epoch]:
    """The repository at `path`, in a `with` block. Raises InputError where there is none that can be read."""
    mode = _named(path)
    told = _asked(path, mode, "rev-parse", "--git-path", "objects", "--show-object-format")
    objects, algorithm = told.splitlines()[:2]
    with _over((path / objects).resolve(), algorithm, path, _tip(path, mode)) as epoch:
        yield epoch


@contextmanager
def known(path: Path, tip: str, name: str) -> Iterator[Epoch]:
    """The repository at `path` whose newest commit is `tip`, in a `with` block; git is not asked anything.

    `path` is the git folder itself; `name` is any id of one of its objects, which tells by its length how ids
    are made.
    """
    algorithm = "sha256" if len(name) == _SHA256_DIGITS else "sha1"
    with _over((path / "objects").resolve(), algorithm, path, tip) as epoch:
        yield epoch


def newest(path: Path) -> str:
    """The newest commit of the repository at `path`, empty where it has none.

    Raises InputError where there is no repository that can be read.
    """
    return _tip(path, _named(path))


@contextmanager
def _over(objects: Path, algorithm: str, path: Path, tip: str) -> Iterator[Epoch]:
    mode = environment(path)
    store = Store(objects, algorithm, mode)
    try:
        yield Epoch(path, tip, store.path, {**store.environment, **_alone(path, store.path)})
    finally:
        store.close()


def _named(path: Path) -> Mapping[str, str]:
    """The environment for questions to the repository itself.

    git refuses to find one that belongs to another user, as shared mirrors do, but takes one that is named;
    nothing in its configuration is run by what is asked here.
    """
    inner = path / ".git"
    git_folder = inner if inner.is_dir() else path
    named = {} if inner.is_file() else {"GIT_DIR": str(git_folder.absolute())}
    return {**environment(path), **named}


def _alone(path: Path, folder: Path) -> Mapping[str, str]:
    """Variables that hide the user's own configuration, where `log.showSignature` and the like stand.

    Where a clone was made without its older commits, it says which were left out.
    """
    shallow = path / "shallow"
    return {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        **({"GIT_SHALLOW_FILE": str(shallow.resolve())} if shallow.is_file() else {}),
    }


def _tip(path: Path, mode: Mapping[str, str]) -> str:
    """The commit HEAD stands for; where there is none, that of the branch written to last; or empty."""
    head = _run(path, mode, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if head.returncode == 0:
        return head.stdout.strip()
    newest = ("--count=1", "--sort=-committerdate", "--format=%(objectname)", "refs/heads")
    return _asked(path, mode, "for-each-ref", *newest).strip()


def follows(epoch: Epoch, commit: str) -> bool:
    """Whether the newest commit of the epoch stands on `commit`; not so after history was rewritten."""
    ancestor = ("merge-base", "--is-ancestor", commit, epoch.tip)
    return _run(epoch.store, epoch.environment, *ancestor).returncode == 0


def holds_mail(epoch: Epoch) -> bool:
    """Whether the newest tree looks like that of an archive; an epoch without any commit does."""
    if not epoch.tip:
        return True
    names = _asked(epoch.store, epoch.environment, "ls-tree", "--name-only", epoch.tip).split()
    return any(re.fullmatch(r"m|d|[0-9a-f]{2}", name) for name in names)


@contextmanager
def running(
    command: tuple[str, ...], epoch: Epoch, words: IO[bytes], stdin: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A git command (without `git`), ended with the block; it says what is wrong into the file `words`."""
    process = subprocess.Popen(
        ("git", *_FRUGAL, *command),
        cwd=epoch.store,
        env=epoch.environment,
        bufsize=_PIPE,
        stdin=stdin if stdin is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=words,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def said(words: IO[bytes]) -> str:
    """The first complaint in a file."""
    words.seek(0)
    text = words.read(10_000).decode("utf-8", "replace")
    found = _FATAL.search(text)
    return found[1] if found else "git ended without a word"


def _asked(path: Path, mode: Mapping[str, str], *arguments: str) -> str:
    """What a git command prints; raises InputError where it fails."""
    done = _run(path, mode, *arguments)
    if done.returncode:
        found = _FATAL.search(done.stderr)
        reason = found[1] if found else "git ended without a word"
        raise InputError(f"{path}: not a git repository that can be read ({reason})")
    return done.stdout


def _run(path: Path, mode: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A git command, run to its end; raises InputError where there is no git, or no such folder."""
    try:
        return subprocess.run(
            ("git", *arguments),
            cwd=path,
            env=mode,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
    except OSError as error:
        why = "git is not installed" if path.is_dir() else f"cannot be read ({error.strerror})"
        raise InputError(f"{path}: {why}") from None
