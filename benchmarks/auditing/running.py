"""Programs that are run to be measured: wall, CPU, memory of the program and of each process below it.

Law: what is measured sees no settings, caches or state but those of the folder it is given.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from threading import Event, Thread

from msgspec import Struct

from .processes import GIT, WORKER, below, kind_of, peak

ROOT = Path(__file__).resolve().parents[2]
_BEAT = 0.02


class Cost(Struct, frozen=True):
    """Seconds of wall, and of CPU in user and system, the program and all below it together."""

    wall: float
    cpu: float


class Spread(Struct, frozen=True):
    """The middle of some values, the least and the greatest of them."""

    middle: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """Of at least one value."""
        found = sorted(values)
        return cls(median(found), found[0], found[-1])

    def text(self, form: str = ".2f") -> str:
        """`2.67 (2.60–2.81)`."""
        return f"{self.middle:{form}} ({self.least:{form}}–{self.most:{form}})"


class Memory(Struct, frozen=True):
    """MB that a process had at the most: the driver, each worker, the largest git below them."""

    driver: float
    workers: tuple[float, ...]
    git: float

    @property
    def most(self) -> float:
        """Of the driver and the workers."""
        return max(self.driver, *self.workers, 0.0)


def environment(folder: Path) -> dict[str, str]:
    """That of a program whose caches, state and settings lie in a folder."""
    homes = {
        f"XDG_{name}_HOME": str(folder / name.lower())
        for name in ("CACHE", "STATE", "CONFIG", "DATA")
    }
    python = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    quiet = {"GIT_CONFIG_NOSYSTEM": "1", "HOME": str(folder), "PYTHONPATH": python}
    return {**os.environ, **homes, **quiet}


def audit(sources: Sequence[Path], report: Path, *options: str) -> tuple[str, ...]:
    """The command of an audit."""
    words = ("audit", *map(str, sources), "--report", str(report), *options)
    return (sys.executable, "-m", "reviewbot", *words)


def cost(command: Sequence[str], variables: Mapping[str, str]) -> Cost:
    """What a program costs. Raises SystemExit with its last words where it fails."""
    clock = time.perf_counter()
    process = _started(command, variables)
    said = b""
    if process.stderr is not None:
        with process.stderr as words:
            said = words.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - clock
    process.returncode = os.waitstatus_to_exitcode(status)
    _check(process, said)
    return Cost(wall, used.ru_utime + used.ru_stime)


def memory(command: Sequence[str], variables: Mapping[str, str]) -> Memory:
    """What memory a program and each process below it takes. Raises SystemExit where it fails."""
    process = _started(command, variables)
    peaks: dict[int, tuple[str, float]] = {}
    over = Event()
    watcher = Thread(target=_watch, args=(process.pid, peaks, over))
    watcher.start()
    _, said = process.communicate()
    over.set()
    watcher.join()
    _check(process, said)
    kinds: dict[str, list[float]] = {}
    for kind, most in peaks.values():
        kinds.setdefault(kind, []).append(most)
    (driver,) = kinds["driver"]
    workers = tuple(sorted(kinds.get(WORKER, ()), reverse=True))
    return Memory(driver, workers, max(kinds.get(GIT, (0.0,))))


def _started(command: Sequence[str], variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _check(process: subprocess.Popen[bytes], said: bytes) -> None:
    if process.returncode:
        words = said.decode("utf-8", "replace").strip()[-2000:]
        raise SystemExit(
            f"{' '.join(map(str, process.args))}\nended with {process.returncode}: {words}"
        )


def _watch(driver: int, peaks: dict[int, tuple[str, float]], over: Event) -> None:
    """Note the peak of each process, which only grows, again and again."""
    peaks[driver] = ("driver", 0.0)
    while not over.wait(_BEAT):
        for pid in (driver, *below(driver)):
            kind = "driver" if pid == driver else kind_of(pid)
            if kind and (found := peak(pid)):
                peaks[pid] = (kind, found)
