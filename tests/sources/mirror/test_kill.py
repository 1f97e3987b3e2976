"""Updates that are ended by SIGKILL, at several points: the mirror answers as before, and the next update goes on."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from reviewbot.errors import ExitCode
from reviewbot.sources.mirror.archive import opened
from reviewbot.sources.mirror.schema import FILE
from reviewbot.sources.mirror.settings import Mirrors
from reviewbot.sources.mirror.shelf import Mirror, named, note_down
from reviewbot.sources.mirror.source import note
from reviewbot.sources.mirror.update import Manner, update
from tests.sources.mirror.archives import came, inbox, letter, rewrite, write
from tests.sources.repositories import needs_git

pytestmark = [
    needs_git,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc"),
]

ROOT = Path(__file__).resolve().parents[3]
OLD = [letter("old0"), letter("old1", answers="old0")]
# Enough for two batches of the index, and for a clone that takes its time.
MANY = 1100
BATCH = 500


@pytest.fixture(scope="module")
def many() -> list[bytes]:
    return [letter(f"n{n}", body=f"{n}\n" * 900) for n in range(MANY)]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory, many: list[bytes]) -> Path:
    """An epoch with the old mails and many more."""
    return write(tmp_path_factory.mktemp("grown") / "0.git", came([*OLD, *many]))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return inbox(tmp_path / "kvm", OLD)


@pytest.fixture
def place(tmp_path: Path, source: Path) -> Mirrors:
    """A mirror of the old mails."""
    settings = Mirrors(str(tmp_path / "data" / "reviewbot" / "mirrors"))
    mirror = Mirror("kvm", settings.place / "kvm", note(f"file://{source}"))
    note_down(mirror)
    update(mirror, Manner("git/2", lambda said: None, pause=0))
    return settings


def grow(source: Path, grown: Path) -> None:
    """Many mails come into the epoch that is mirrored."""
    shutil.rmtree(source / "git" / "0.git")
    shutil.copytree(grown, source / "git" / "0.git")


def started(folder: Path, *arguments: str) -> subprocess.Popen:
    """`reviewbot mirror` as a process of its own."""
    environment = {**os.environ, "XDG_DATA_HOME": str(folder / "data")}
    command = (sys.executable, "-m", "reviewbot", "mirror", *arguments)
    pipe = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe)


def gits(process: subprocess.Popen) -> Iterator[int]:
    """The children of a process that are git."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            pid, name, rest = stat.read_text().replace(")", "(").split("(", 2)
            if name == "git" and int(rest.split()[1]) == process.pid:
                yield int(pid)


def reads(process: subprocess.Popen) -> bool:
    """Whether one of them is the git that mails are read from."""
    for pid in gits(process):
        with suppress(OSError):
            if b"cat-file" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return True
    return False


def when(happens: Callable[[], bool], process: subprocess.Popen) -> bool:
    """Wait until something happens; whether it did before the process ended."""
    while process.poll() is None:
        if happens():
            return True
        time.sleep(0.0005)
    return False


def mails(mirror: Path) -> int:
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"file:{mirror / FILE}?mode=ro", uri=True)) as index,
    ):
        return int(index.execute("SELECT count(*) FROM mail").fetchone()[0])
    return 0


def held(place: Mirrors) -> set[str]:
    """All mails the mirror answers with, each asked for by its id."""
    with opened(place) as archive:
        names = [*(f"old{n}" for n in range(2)), *(f"n{n}" for n in range(0, MANY, 99))]
        return {each for each in names if archive.mail(f"{each}@example.org") is not None}


ALL = {"old0", "old1", *(f"n{n}" for n in range(0, MANY, 99))}


def finished(tmp_path: Path, place: Mirrors, expected: set[str], number: int) -> None:
    """After the kill all old mails answer; after one more update everything does, and nothing lies about."""
    assert held(place) >= {"old0", "old1"} & expected
    repeated(tmp_path, "update")
    assert held(place) == expected
    mirror = named(place, "kvm").folder
    assert mails(mirror) == number
    assert [*mirror.rglob("*.lock"), *mirror.rglob("*.part"), *mirror.rglob("tmp_*")] == []


def repeated(tmp_path: Path, *arguments: str) -> None:
    """Run to the end; a git whose parent was killed may still be at it, and has the lock."""
    until = time.monotonic() + 30
    while (code := started(tmp_path, *arguments).wait()) != ExitCode.OK:
        assert code == ExitCode.UNUSABLE
        assert time.monotonic() < until
        time.sleep(0.05)


# Where git keeps what is not yet whole.
HALF = {0: "git/0.git/objects/pack/tmp_*", 1: "git/1.git.part/objects/pack/tmp_*"}


@pytest.mark.parametrize("epoch", [0, 1])
def test_killed_while_git_fetches(
    tmp_path: Path, source: Path, place: Mirrors, many: list[bytes], grown: Path, epoch: int
) -> None:
    if epoch:
        write(source / "git" / "1.git", came(many))
    else:
        grow(source, grown)
    process = started(tmp_path, "update")
    mirror = named(place, "kvm").folder
    assert when(lambda: any(mirror.glob(HALF[epoch])), process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    finished(tmp_path, place, ALL, MANY + 2)


def test_git_killed_while_it_fetches(
    tmp_path: Path, source: Path, place: Mirrors, grown: Path
) -> None:
    grow(source, grown)
    process = started(tmp_path, "update")
    mirror = named(place, "kvm").folder
    assert when(lambda: any(mirror.glob(HALF[0])), process)
    for pid in gits(process):
        os.kill(pid, signal.SIGKILL)
    assert process.wait() == ExitCode.SERVICE
    finished(tmp_path, place, ALL, MANY + 2)


def test_killed_between_fetching_and_indexing(
    tmp_path: Path, source: Path, place: Mirrors, grown: Path
) -> None:
    grow(source, grown)
    process = started(tmp_path, "update")
    ref = named(place, "kvm").folder / "git/0.git/refs/heads/master"
    assert when(ref.exists, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    finished(tmp_path, place, ALL, MANY + 2)


@pytest.mark.parametrize("batches", [0, 1])
def test_killed_while_it_indexes(
    tmp_path: Path, source: Path, place: Mirrors, grown: Path, batches: int
) -> None:
    grow(source, grown)
    process = started(tmp_path, "update")
    mirror = named(place, "kvm").folder
    assert when(lambda: mails(mirror) > 2 if batches else reads(process), process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert mails(mirror) in {2 + n * BATCH for n in (0, 1, 2)}
    finished(tmp_path, place, ALL, MANY + 2)


def test_git_killed_while_we_index(
    tmp_path: Path, source: Path, place: Mirrors, grown: Path
) -> None:
    grow(source, grown)
    process = started(tmp_path, "update")
    assert when(lambda: reads(process), process)
    for pid in gits(process):
        os.kill(pid, signal.SIGKILL)
    assert process.wait() == ExitCode.UNUSABLE
    finished(tmp_path, place, ALL, MANY + 2)


def test_killed_while_a_rewritten_history_comes_in(
    tmp_path: Path, source: Path, place: Mirrors, many: list[bytes]
) -> None:
    rewrite(source / "git" / "0.git", came([OLD[1], *many]))
    process = started(tmp_path, "update")
    mirror = named(place, "kvm").folder
    assert when(lambda: mails(mirror) > 2, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    finished(tmp_path, place, ALL - {"old0"}, MANY + 1)


@pytest.mark.parametrize("delay", [0.1, 0.25, 0.4])
def test_killed_at_any_time_while_it_is_made(tmp_path: Path, grown: Path, delay: float) -> None:
    process = started(tmp_path, "add", f"file://{grown}", "--name", "kvm")
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    repeated(tmp_path, "add", f"file://{grown}", "--name", "kvm")
    mirror = named(Mirrors(str(tmp_path / "data" / "reviewbot" / "mirrors")), "kvm")
    assert mails(mirror.folder) == MANY + 2
