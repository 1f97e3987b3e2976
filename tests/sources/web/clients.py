"""A client whose clock is a value, for tests: waiting costs nothing, and what was waited for can be asked."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewbot.sources.web.client import Client
from reviewbot.sources.web.clock import Clock
from reviewbot.sources.web.settings import Network, agent

START = 1_772_409_600.0  # 2026-03-02 00:00:00 UTC


class Watch:
    """A clock that runs, and jumps ahead when somebody sleeps."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.told: list[str] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 2))

    def ticks(self) -> float:
        return time.monotonic() + sum(self.slept)

    def now(self) -> float:
        return START + sum(self.slept)

    @property
    def clock(self) -> Clock:
        return Clock(self.now, self.ticks, self.sleep)


@contextmanager
def client(
    state: Path, *named: str, watch: Watch | None = None, **settings: object
) -> Iterator[Client]:
    """A client for the hosts named; no pause unless it is asked for."""
    watch = watch or Watch()
    network = Network(**{"pause": 0.0, **settings})
    made = Client(network, named, state, agent(network), tell=watch.told.append, clock=watch.clock)
    with made:
        yield made
