"""What an audit of many mails would take on many processors, from what the audit of a few took.

Law: every figure is a formula over measured ones, and is linear in the mails but where it says otherwise. The
second pass begins when the first has ended, and workers and driver work at the same time within each.
"""

from collections.abc import Iterator
from math import ceil

from msgspec import Struct

from reviewbot.run.audit.indexing import SLICE

from .growth import Step
from .running import Memory
from .tasks import Overhead
from .weighing import Pass, Weights

MILLION = 1_000_000
# An assumption, with its reasons on the page.
LORE = 10 * MILLION
# Mails of a list, and so of an archive, which the index pass reads one after the other.
LIST = 44_000
# Bytes a second that one file server gives all workers together: 10 Gbit/s.
SERVER = 1.25e9


class Measured(Struct, frozen=True):
    """All that the estimate is made of.

    `history` are the CPU-seconds of git's list of the mails, `whole` those of the same audit by the command line.
    """

    weights: Weights
    history: float
    whole: float
    memory: Memory
    pipe: Overhead
    dask: Overhead
    growth: tuple[Step, ...]

    def each(self, seconds: float) -> float:
        """Microseconds for each mail."""
        return seconds / self.weights.mails * 1e6

    @property
    def grown(self) -> float:
        """How many times what the databases take for a small index they take at the end of its growth."""
        return max(self.growth[-1].cpu / self.growth[0].cpu, 1.0) if self.growth else 1.0

    def driver(self, one: Pass) -> float:
        """Microseconds of the driver for each mail of a pass: its own work, the database grown, Dask's client."""
        own = one.driver
        if one is self.weights.look:
            own += one.stored * (self.grown - 1) - self.history
        return self.each(own) + one.jobs / self.weights.mails * self.dask.driver

    def scheduler(self, one: Pass) -> float:
        """Microseconds of Dask's scheduler for each mail of a pass."""
        return one.jobs / self.weights.mails * self.dask.scheduler

    @property
    def history_each(self) -> float:
        """Microseconds of git's list of the mails for each, which nobody else can work beside."""
        return self.each(self.history)


class Estimate(Struct, frozen=True):
    """Seconds of wall with so many workers: list of mails, first pass, second pass, report; who is the brake."""

    workers: int
    history: float
    look: float
    judge: float
    report: float
    brake: str

    @property
    def total(self) -> float:
        """All of it."""
        return self.history + self.look + self.judge + self.report


def estimate(found: Measured, mails: int, workers: int) -> Estimate:
    """What so many mails take."""
    weights = found.weights
    scale = mails / 1e6
    passes = []
    brakes = []
    for one in (weights.look, weights.judge):
        parts = {
            "workers": found.each(one.worker) / workers,
            "driver": found.driver(one),
            "scheduler": found.scheduler(one),
        }
        if one is weights.look:
            # The jobs of one list, in turns of as many as there are workers.
            turns = ceil(LIST / SLICE / workers)
            of_lists = turns * SLICE * found.each(one.worker) / LIST
            parts["workers" if turns > 1 else "list by list"] = of_lists
        brake = max(parts, key=lambda part: parts[part])
        brakes.append(brake)
        passes.append(parts[brake] * scale)
    return Estimate(
        workers,
        found.history_each * scale,
        *passes,
        found.each(weights.report) * scale,
        " / ".join(dict.fromkeys(brakes)),
    )


class Limit(Struct, frozen=True):
    """What is full with so many workers."""

    what: str
    workers: float


def limits(found: Measured) -> list[Limit]:
    """How many workers each part of the cluster can feed, the tightest first."""
    return sorted(_limits(found), key=lambda one: one.workers)


def _limits(found: Measured) -> Iterator[Limit]:
    weights = found.weights
    for name, one in (("index pass", weights.look), ("review pass", weights.judge)):
        worker = found.each(one.worker)
        yield Limit(f"the driver in the {name}", worker / found.driver(one))
        yield Limit(f"Dask's scheduler in the {name}", worker / found.scheduler(one))
    yield Limit(f"jobs of one list of {LIST:,} mails in the index pass", ceil(LIST / SLICE))
    read = weights.archive_bytes / weights.look.worker
    yield Limit(
        "one file server of 10 Gbit/s that holds all archives, in the index pass", SERVER / read
    )
