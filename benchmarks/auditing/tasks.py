"""What a job costs that does nothing: with worker processes, and through a Dask scheduler.

Law: jobs go through the window that audits use. Must not know audits.
"""

import time
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from reviewbot.run.crew import Crew
from reviewbot.run.executors import crew
from reviewbot.run.window import in_order

from .cluster import cluster
from .processes import spent
from .running import environment

_WARM = 20


class Overhead(Struct, frozen=True):
    """Microseconds for each job: wall with two workers, CPU of the driver, CPU of the scheduler (0: there is none)."""

    wall: float
    driver: float
    scheduler: float


def processes(jobs: int) -> Overhead:
    """With worker processes."""
    with crew("processes", 2) as hands:
        return _idle(hands, jobs, 0)


def dask(folder: Path, jobs: int) -> Overhead:
    """Through a scheduler and two workers over TCP."""
    with cluster(folder, 2, environment(folder)) as found, crew(found.address) as hands:
        return _idle(hands, jobs, found.scheduler)


def _idle(hands: Crew, jobs: int, scheduler: int) -> Overhead:
    _run(hands, _WARM)
    wall, driver = time.perf_counter(), time.process_time()
    theirs = spent(scheduler) if scheduler else 0.0
    _run(hands, jobs)
    return Overhead(
        (time.perf_counter() - wall) / jobs * 1e6,
        (time.process_time() - driver) / jobs * 1e6,
        (spent(scheduler) - theirs) / jobs * 1e6 if scheduler else 0.0,
    )


def _run(hands: Crew, jobs: int) -> None:
    with closing(in_order(hands, abs, range(jobs))) as window:
        for _, future in window:
            future.result()
