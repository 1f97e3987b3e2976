"""A Dask scheduler and workers of one thread each, programs of their own that speak TCP on loopback.

Law: whatever was started is ended with the block.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

_STARTING = 60.0
_LEAVING = 10.0


class Cluster(Struct, frozen=True):
    """Where the scheduler listens, and the number of its process."""

    address: str
    scheduler: int


@contextmanager
def cluster(folder: Path, workers: int, variables: Mapping[str, str]) -> Iterator[Cluster]:
    """A scheduler and so many workers; whoever uses it waits for them."""
    folder.mkdir(parents=True)
    card = folder / "scheduler.json"
    common = ("--host", "127.0.0.1", "--scheduler-file", str(card))
    started: list[subprocess.Popen[bytes]] = []

    def start(what: str, *options: str) -> None:
        command = (sys.executable, "-m", "dask", what, *common, *options)
        started.append(_started(command, folder / f"{what}.log", variables))

    try:
        start("scheduler", "--port", "0", "--dashboard-address", "127.0.0.1:0")
        address = _address(card)
        start("worker", "--nworkers", str(workers), "--nthreads", "1")
        yield Cluster(address.replace("tcp://", "dask://"), started[0].pid)
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            _ended(process)


def _started(
    command: Sequence[str], log: Path, variables: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    with log.open("wb") as words:
        return subprocess.Popen(
            command,
            cwd=log.parent,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
        )


def _address(card: Path) -> str:
    """What a scheduler writes into its card once it listens."""
    over = time.monotonic() + _STARTING
    while time.monotonic() < over:
        if card.exists() and (text := card.read_text()).endswith("}"):
            return str(json.loads(text)["address"])
        time.sleep(0.05)
    raise SystemExit("the Dask scheduler does not start")


def _ended(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_LEAVING)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
