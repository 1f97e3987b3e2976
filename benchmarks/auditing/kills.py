"""Audits that are killed again and again, driver or worker, and resumed until they end.

Law: what was going on is read from a copy of the journal: the audit that is resumed must find everything as the
kill left it. Must not know how many kills are wanted in all.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from msgspec import Struct

from .processes import WORKER, below, is_alive, kind_of

JOURNAL = "journal.sqlite3"
DRIVER = "driver"
VICTIMS = (DRIVER, WORKER)
# What an audit may be at when something of it is killed.
START, INDEX, REVIEW, REPORT = "start", "index pass", "review pass", "report writing"
PHASES = (START, INDEX, REVIEW, REPORT)
# One kill in so many waits for the report to be written, which is soon done, and strikes within so many seconds.
_AT_REPORT = 6
_WRITING = 0.2
_BEAT = 0.002
# Complaints of one audit after which it is given up.
_PATIENCE = 3
# Seconds that workers and git may outlive their driver.
_GRACE = 10.0


class Trial(Struct, frozen=True):
    """What is audited: the command without `--resume`, its environment, and how an undisturbed run was.

    `span` are its seconds, `slices` those in its journal when it had ended.
    """

    command: tuple[str, ...]
    variables: Mapping[str, str]
    report: Path
    span: float
    slices: int


class Round(Struct, frozen=True):
    """What became of one audit: kills by phase and victim, runs it took, seconds of wall of them all.

    `outlived` counts the processes that were still there after their driver, `complaints` are the last words of
    runs that ended badly although nobody had killed them.
    """

    kills: Mapping[tuple[str, str], int]
    runs: int
    seconds: float
    outlived: int
    complaints: tuple[str, ...]


def struck(trial: Trial, chance: Random, most: int) -> Round:
    """Run an audit to its end, with as many kills as it takes, but not more than `most`."""
    kills: Counter[tuple[str, str]] = Counter()
    complaints: list[str] = []
    runs = outlived = 0
    begin = time.monotonic()
    while True:
        runs += 1
        log = trial.report.parent / "words"
        with log.open("wb") as words:
            process = subprocess.Popen(
                (*trial.command, "--resume"),
                env=dict(trial.variables),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=words,
            )
        family = _strike(process, trial, chance, kills, most)
        process.wait()
        outlived += _outlived(family)
        if process.returncode not in (0, -signal.SIGKILL):
            complaints.append(log.read_text(errors="replace").strip()[-2000:])
        if not process.returncode or len(complaints) > _PATIENCE:
            return Round(kills, runs, time.monotonic() - begin, outlived, tuple(complaints))


def _strike(
    process: subprocess.Popen[bytes],
    trial: Trial,
    chance: Random,
    kills: Counter[tuple[str, str]],
    most: int,
) -> tuple[int, ...]:
    """Kill something of a run at random times until it ends; the processes it had when it was killed."""
    family: tuple[int, ...] = ()
    while sum(kills.values()) < most:
        if chance.randrange(_AT_REPORT) == 0:
            _wait_for_report(process, trial.report)
            delay = chance.uniform(0, _WRITING)
        else:
            delay = chance.uniform(0, trial.span)
        with suppress(subprocess.TimeoutExpired):
            process.wait(delay)
            break
        family = tuple(below(process.pid))
        workers = [pid for pid in family if kind_of(pid) == WORKER]
        victim = chance.choice(VICTIMS) if workers else DRIVER
        killed = _killed(process.pid if victim == DRIVER else chance.choice(workers))
        if killed:
            kills[phase(trial.report / JOURNAL, trial.slices), victim] += 1
        if victim == DRIVER:
            break
    return family


def _wait_for_report(process: subprocess.Popen[bytes], report: Path) -> None:
    """Until the first file of a report is begun, or the run has ended."""
    while process.poll() is None and not any(report.glob(".*.part")):
        time.sleep(_BEAT)


def _killed(pid: int) -> bool:
    """Whether a process was there to be killed; one that has ended and was not asked for is not."""
    if not is_alive(pid):
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def _outlived(family: Sequence[int]) -> int:
    """How many processes are still there a while after their driver."""
    over = time.monotonic() + _GRACE
    while time.monotonic() < over and any(map(is_alive, family)):
        time.sleep(0.02)
    return sum(map(is_alive, family))


def slices(report: Path) -> int:
    """How many slices there are in the journal of an audit that has ended."""
    with closing(sqlite3.connect(report / JOURNAL)) as base:
        return int(base.execute("SELECT count(*) FROM slice").fetchone()[0])


def phase(journal: Path, whole: int) -> str:
    """What an audit was at, by its journal; with so many slices in it only the report is left."""
    with TemporaryDirectory() as name:
        for path in journal.parent.glob(f"{journal.name}*"):
            with suppress(FileNotFoundError):
                shutil.copy(path, name)
        copy = Path(name) / journal.name
        if not copy.exists():
            return START
        try:
            with closing(sqlite3.connect(copy)) as base:
                asked = base.execute("SELECT pinned IS NOT NULL FROM request").fetchall()
                ((done,),) = base.execute("SELECT count(*) FROM slice")
        except sqlite3.Error:
            return START
    if not asked:
        return START
    if not asked[0][0]:
        return INDEX
    return REVIEW if done < whole else REPORT
