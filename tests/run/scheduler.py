"""A Dask scheduler and its workers as programs of their own, on free ports of loopback."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.run.living import descendants, wait_for

ROOT = Path(__file__).resolve().parents[2]


class Scheduler:
    """One that runs, and the workers that were started for it."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._card = folder / "scheduler.json"
        self._environment = os.environ | {"PYTHONPATH": str(ROOT), **environment}
        self._started: list[subprocess.Popen] = []
        self.process = self._start("scheduler", "--port", "0", "--dashboard-address", "127.0.0.1:0")
        assert wait_for(self._is_up, 30), (folder / "scheduler.log").read_text()

    @property
    def address(self) -> str:
        return json.loads(self._card.read_text())["address"]

    def _is_up(self) -> bool:
        return self._card.exists() and self._card.read_text().endswith("}")

    def hire(self, count: int, **environment: str) -> subprocess.Popen:
        """Workers of one thread each, when they are there; they know us by what is in PYTHONPATH."""
        self._environment |= environment
        process = self._start(
            "worker", "--nworkers", str(count), "--nthreads", "1", "--local-directory", "."
        )
        log = self._folder / "worker.log"
        assert wait_for(lambda: log.read_text().count("Registered to") == count, 30), (
            log.read_text()
        )
        return process

    def _start(self, what: str, *options: str) -> subprocess.Popen:
        common = ("--host", "127.0.0.1", "--scheduler-file", str(self._card))
        with (self._folder / f"{what}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{what}", *common, *options],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._started.append(process)
        return process

    def stop(self) -> None:
        """All at once: who is asked to go takes leave of the others, for seconds."""
        families = [{process.pid} | descendants(process.pid) for process in self._started]
        for pid in set().union(*families):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in self._started:
            process.wait()


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[Scheduler]:
    folder.mkdir(exist_ok=True)
    scheduler = Scheduler(folder, environment)
    try:
        yield scheduler
    finally:
        scheduler.stop()
