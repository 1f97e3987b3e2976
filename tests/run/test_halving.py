"""Halving: with real deaths, and as a law over all kinds of jobs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.errors import ReviewbotError
from reviewbot.run.crew import Death
from reviewbot.run.executors import crew
from reviewbot.run.halving import Done, Lost, carried_out
from reviewbot.run.inline import Inline
from reviewbot.run.workers import Workers
from tests.run import chores
from tests.run.chores import Chance, Chore, by_chance, doubled, halves, whole
from tests.run.living import wait_for


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with crew("processes", 2) as opened:
        yield opened


def slices(*all_numbers: tuple[int, ...]) -> list[Chore]:
    return [Chore(numbers) for numbers in all_numbers]


def test_without_deaths_each_job_has_its_result(workers: Workers) -> None:
    jobs = slices((1, 2), (3,), (), (4, 5, 6))
    assert list(carried_out(workers, doubled, jobs, halves)) == [
        Done(job, doubled(job)) for job in jobs
    ]


def test_the_guilty_one_is_found(workers: Workers) -> None:
    jobs = slices((1, 2, 3), (4, 5, chores.KILLS, 6, 7), (8, 9), (10,))
    assert list(carried_out(workers, doubled, jobs, halves)) == [
        Done(jobs[0], (2, 4, 6)),
        Done(Chore((4, 5)), (8, 10)),
        Lost(Chore((chores.KILLS,)), "its worker was killed by SIGKILL"),
        Done(Chore((6, 7)), (12, 14)),
        Done(jobs[2], (16, 18)),
        Done(jobs[3], (20,)),
    ]


def test_several_guilty_ones_are_found(workers: Workers) -> None:
    jobs = slices((chores.KILLS, 1, chores.FAULTS), (2, 3), (chores.LEAVES,))
    found = list(carried_out(workers, doubled, jobs, halves))
    assert chores.numbers([one.job for one in found]) == chores.numbers(jobs)
    assert [one.why for one in found if isinstance(one, Lost)] == [
        "its worker was killed by SIGKILL",
        "its worker was killed by SIGSEGV",
        "its worker ended with exit code 3",
    ]


def test_a_death_by_chance_costs_a_repetition(workers: Workers, tmp_path: Path) -> None:
    jobs = [Chance(number, str(tmp_path / str(number)), number % 2) for number in range(8)]
    found = list(carried_out(workers, by_chance, jobs, whole))
    assert found == [Done(job, 2 * job.number) for job in jobs]
    tries = [len(Path(job.file).read_text().splitlines()) for job in jobs]
    assert tries == [1 + job.deaths for job in jobs]


def test_what_cannot_be_split_dies_twice(workers: Workers, tmp_path: Path) -> None:
    job = Chance(1, str(tmp_path / "x"), 99)
    assert list(carried_out(workers, by_chance, [job], whole)) == [
        Lost(job, "its worker was killed by SIGKILL")
    ]
    assert Path(job.file).read_text() == "x\n" * 2


def test_what_hangs_is_found(workers: Workers) -> None:
    jobs = slices((1, 2), (3, chores.HANGS), (4,))
    assert list(carried_out(workers, doubled, jobs, halves, patience=0.4)) == [
        Done(jobs[0], (2, 4)),
        Done(Chore((3,)), (6,)),
        Lost(Chore((chores.HANGS,)), "it was not done after 0.4 seconds"),
        Done(jobs[2], (8,)),
    ]


class Noted(Inline):
    """Alone, with the seconds each job was given; a HANGS is a death."""

    def __init__(self) -> None:
        self.given: list[tuple[int, float]] = []

    def entrust(self, function, job, patience=600.0):
        self.given.append((len(job.numbers), patience))
        return super().entrust(function, job, patience)


def hung(chore: Chore) -> tuple[int, ...]:
    if chores.HANGS in chore.numbers:
        raise Death("it was not done", hung=True)
    return doubled(chore)


def test_each_half_of_what_hung_gets_half_the_time() -> None:
    noted = Noted()
    jobs = slices((*range(1, 16), chores.HANGS))
    *_, last = carried_out(noted, hung, jobs, halves)
    assert last == Lost(Chore((chores.HANGS,)), "it was not done")
    assert noted.given == [
        *((16, 600), (8, 300), (8, 300), (4, 150), (4, 150), (2, 75), (2, 75)),
        *((1, 60), (1, 60), (1, 60)),
    ]


def test_who_was_killed_over_it_gets_all_the_time() -> None:
    noted = Noted()
    list(carried_out(noted, doubled, slices((1, chores.GREEDY)), halves))
    assert noted.given == [(2, 600), (2, 600), (1, 600), (1, 600), (1, 600)]


def test_memory_that_is_not_there_is_a_death(workers: Workers) -> None:
    found = list(carried_out(workers, doubled, slices((1, chores.GREEDY)), halves))
    assert found == [
        Done(Chore((1,)), (2,)),
        Lost(Chore((chores.GREEDY,)), "its worker ran out of memory"),
    ]


def test_an_exception_names_its_job(workers: Workers) -> None:
    results = carried_out(workers, doubled, slices((1,), (chores.RAISES,), (2,)), halves)
    assert next(results) == Done(Chore((1,)), (2,))
    with pytest.raises(ZeroDivisionError) as caught:
        next(results)
    assert "The job was Chore(numbers=(-5,))" in caught.value.__notes__
    assert list(results) == []


def test_a_long_job_is_named_in_short() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        list(carried_out(Inline(), doubled, slices((*range(9999), chores.RAISES)), halves))
    assert len(caught.value.__notes__[-1]) < 300


def test_too_many_deaths_end_the_run() -> None:
    jobs = slices(*[(chores.GREEDY,)] * 9)
    results = carried_out(Inline(), doubled, jobs, halves, most_deaths=5)
    with pytest.raises(ReviewbotError, match="6 workers have died; of the last job: its worker"):
        list(results)


def test_who_stops_asking_leaves_the_rest_undone(workers: Workers) -> None:
    results = carried_out(workers, chores.slow, [0.05] * 1000, whole)
    next(results)
    results.close()
    again = workers.entrust(doubled, Chore((1,)))
    assert wait_for(again.done, 5)


@settings(max_examples=200)
@given(st.lists(st.lists(st.integers(0, 9) | st.just(chores.GREEDY), max_size=12), max_size=8))
def test_nothing_is_lost_but_what_kills(lists: list[list[int]]) -> None:
    """A law: every number comes once, in order, with its result unless it is deadly."""
    jobs = [Chore(tuple(numbers)) for numbers in lists]
    found = list(carried_out(Inline(), doubled, jobs, halves))
    assert chores.numbers([one.job for one in found]) == chores.numbers(jobs)
    for one in found:
        if isinstance(one, Lost):
            assert one.job.numbers == (chores.GREEDY,)
        else:
            assert one.result == tuple(2 * number for number in one.job.numbers)
