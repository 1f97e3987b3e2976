"""The window over real workers: order, bounds, and what is left behind."""

import os
import threading
from collections.abc import Iterator

import pytest

from reviewbot.errors import ServiceError
from reviewbot.run.crew import Crew
from reviewbot.run.executors import crew
from reviewbot.run.inline import Inline
from reviewbot.run.window import in_order
from reviewbot.run.workers import Workers
from tests.run.chores import Chore, doubled, slow
from tests.run.living import descendants


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with crew("processes", 2) as opened:
        yield opened


class Source:
    """Numbers, and how many were taken."""

    def __init__(self, items: list) -> None:
        self._items = items
        self.taken = 0

    def __iter__(self) -> Iterator:
        for item in self._items:
            self.taken += 1
            yield item


@pytest.mark.parametrize("word", ["inline", "processes"])
def test_order_is_that_of_the_jobs(word: str, workers: Workers) -> None:
    hands: Crew = workers if word == "processes" else Inline()
    naps = [0.15, 0.0, 0.05, 0.0, 0.1, 0.0, 0.0]
    found = [(job, future.exception()) for job, future in in_order(hands, slow, naps)]
    assert found == [(nap, None) for nap in naps]


def test_no_jobs_no_results(workers: Workers) -> None:
    assert list(in_order(workers, slow, [])) == []


def test_jobs_are_not_read_far_ahead(workers: Workers) -> None:
    source = Source([Chore((n,)) for n in range(500)])
    for given, _ in enumerate(in_order(workers, doubled, source), 1):
        assert source.taken <= given - 1 + workers.ahead
    assert given == 500


def test_alone_nothing_is_read_ahead() -> None:
    source = Source([0.0] * 5)
    for given, _ in enumerate(in_order(Inline(), slow, source), 1):
        assert source.taken == given


def test_who_stops_leaves_nothing_waiting(workers: Workers) -> None:
    before = descendants(os.getpid()), threading.active_count()
    source = Source([0.2] * 100)
    window = in_order(workers, slow, source)
    next(window)
    window.close()
    assert source.taken <= workers.ahead + 1
    assert next(in_order(workers, slow, [0.0]))[1].exception() is None
    assert (descendants(os.getpid()), threading.active_count()) == before


def test_trouble_in_the_jobs_is_passed_on(workers: Workers) -> None:
    def jobs() -> Iterator[float]:
        yield 0.0
        raise LookupError

    with pytest.raises(LookupError):
        list(in_order(workers, slow, jobs()))


class Deserted(Workers):
    """Its workers are there, but nobody has heard of them."""

    def look(self) -> None:
        raise ServiceError("gone")


def test_who_waits_looks_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewbot.run.window._BEAT", 0.05)
    deserted = Deserted(1)
    with pytest.raises(ServiceError, match="gone"):
        list(in_order(deserted, slow, [5.0]))
    deserted.shutdown(cancel_futures=True)
