"""The runs that `audit.py` measures: rounds of audits, audits of twice the mails, and what others make of a sample.

Law: all runs of a round come one after the other, each with caches of its own but for the one that is to find the
index of the run before it.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from msgspec import Struct

from . import archive, peers
from .running import Cost, Memory, audit, cost, environment, memory
from .speeds import FOUNDING, Speeds

ONE = ("--executor", "inline")
TWO = ("--executor", "processes", "--jobs", "2")
FLOOR = Path(__file__).with_name("floor.py")
KEPT = "again"
# A round behind the floor; `KEPT` finds the index of the first.
RUNS = {
    "all": ONE,
    KEPT: ONE,
    "founding": (*ONE, "--rules", FOUNDING),
    "one": ("--executor", "processes", "--jobs", "1"),
    "two": TWO,
}


class Others(Struct, frozen=True):
    """Who else is measured, on how many mails or patches; commands, and a kernel source for checkpatch."""

    mails: int
    patches: int
    b4: str
    linux: Path | None
    parsearchive: str


def measured(repository: Path, folder: Path, count: int, who: Others) -> Speeds:
    """All figures of so many rounds."""
    rounds = list(turns(repository, folder, count))
    _say("without the filter")
    home = folder / "unfiltered"
    home.mkdir()
    command = audit([repository], home / "report", *ONE, "--no-filter")
    unfiltered = cost(command, environment(home))
    account = json.loads((home / "report" / "account.json").read_bytes())
    return Speeds(
        mails=archive.count(repository),
        patches=sum(each["patches"] for each in account["archives"]),
        name=repository.name.removesuffix(".git"),
        costs={run: tuple(each[run] for each in rounds) for run in rounds[0]},
        unfiltered=unfiltered,
        memories=tuple(memories(repository, folder)),
        peers=tuple(others(repository, folder, who)),
    )


def turns(
    repository: Path, folder: Path, count: int, runs: Mapping[str, tuple[str, ...]] = RUNS
) -> Iterator[dict[str, Cost]]:
    """The cost of the floor and of each run, round by round."""
    for number in range(count):
        _say(f"round {number + 1} of {count}")
        found = {"floor": cost((sys.executable, str(FLOOR), str(repository)), environment(folder))}
        for run, options in runs.items():
            home = folder / f"{number}-{'all' if run == KEPT else run}"
            home.mkdir(exist_ok=True)
            found[run] = cost(audit([repository], home / run, *options), environment(home))
        yield found


def memories(repository: Path, folder: Path) -> Iterator[tuple[str, Memory, Memory]]:
    """What an audit takes in one process and in two, for the archive and for twice as many mails."""
    _say("twice the mails")
    twin = archive.doubled(repository, folder)
    for run, options in (("one process", ONE), ("two processes", TWO)):
        _say(f"memory, {run}")
        taken = []
        for sources in ([repository], [repository, twin]):
            home = folder / f"memory-{run}-{len(sources)}"
            home.mkdir()
            taken.append(memory(audit(sources, home / "report", *options), environment(home)))
        yield run, taken[0], taken[1]


def others(repository: Path, folder: Path, who: Others) -> Iterator[peers.Peer]:
    """What the others make of mails that came one after the other, in the middle of the archive."""
    _say("others")
    total = archive.count(repository)
    start = max(0, (total - who.mails) // 2)
    found = archive.mails(repository)
    some = list(islice(found, start, start + who.mails))
    yield peers.parsearchive(who.parsearchive, some, folder)
    yield peers.assembled(who.b4, some, folder)
    diffs = peers.patches([*some, *found])
    yield peers.checked(who.linux, list(islice(diffs, who.patches)), folder)


def _say(what: str) -> None:
    """Say on stderr how far it is."""
    print(f"{what} …", file=sys.stderr, flush=True)
