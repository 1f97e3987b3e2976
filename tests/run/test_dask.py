"""Dask: a real scheduler, real worker processes, TCP between them; and real deaths."""

import asyncio
import os
import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from gc import collect, disable, enable
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="distributed (reviewbot[dask]) is not installed")

from distributed.cfexecutor import _cascade_future

from reviewbot.errors import ServiceError
from reviewbot.run.crew import Crew, Death
from reviewbot.run.dask import opened
from reviewbot.run.executors import crew
from reviewbot.run.halving import Done, Lost, carried_out
from reviewbot.run.window import in_order
from tests.run import chores
from tests.run.chores import (
    Chance,
    Chore,
    by_chance,
    doubled,
    halves,
    slow,
    unpicklable,
    who,
    whole,
)
from tests.run.living import descendants, wait_for
from tests.run.scheduler import ROOT, Scheduler, running


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scheduler]:
    """With two workers; a job that kills one is not tried at the other."""
    folder = tmp_path_factory.mktemp("dask")
    with running(folder, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as started:
        started.hire(2)
        yield started


@pytest.fixture(scope="module")
def cluster(scheduler: Scheduler) -> Iterator[Crew]:
    address = scheduler.address.replace("tcp://", "dask://")
    with crew(address) as found:
        yield found


def test_it_is_a_standard_executor(cluster: Crew) -> None:
    assert isinstance(cluster, Executor)
    assert list(cluster.map(abs, [-1, -2, -3])) == [1, 2, 3]
    assert cluster.submit(sorted, [1, 2], reverse=True).result() == [2, 1]


def test_the_same_job_twice_is_done_twice(cluster: Crew) -> None:
    seen = {future.result() for future in [cluster.entrust(slow, 0.2) for _ in range(2)]}
    assert len(seen) == 2
    assert os.getpid() not in seen


def test_order_is_that_of_the_jobs(cluster: Crew) -> None:
    naps = [0.15, 0.0, 0.05, 0.0, 0.1, 0.0, 0.0] * 3
    assert [job for job, future in in_order(cluster, slow, naps) if future.result()] == naps


def test_jobs_are_not_read_far_ahead(cluster: Crew) -> None:
    taken: list[int] = []

    def jobs() -> Iterator[Chore]:
        for number in range(100):
            taken.append(number)
            yield Chore((number,))

    for given, _ in enumerate(in_order(cluster, doubled, jobs()), 1):
        assert len(taken) <= given - 1 + cluster.ahead


def test_the_guilty_one_is_found(cluster: Crew) -> None:
    """And none of those that waited at the same worker."""
    jobs = [Chore((1, 2)), Chore((3, chores.KILLS, 4)), *(Chore((n,)) for n in range(5, 12))]
    found = list(carried_out(cluster, doubled, jobs, halves))
    assert chores.numbers([one.job for one in found]) == chores.numbers(jobs)
    (lost,) = (one for one in found if isinstance(one, Lost))
    assert lost.job == Chore((chores.KILLS,))
    assert lost.why.startswith("its worker died, the last time tcp://127.0.0.1:")
    assert all(one.result == doubled(one.job) for one in found if isinstance(one, Done))


def test_a_death_by_chance_costs_a_repetition(cluster: Crew, tmp_path: Path) -> None:
    jobs = [Chance(number, str(tmp_path / str(number)), number == 2) for number in range(6)]
    found = list(carried_out(cluster, by_chance, jobs, whole))
    assert found == [Done(job, 2 * job.number) for job in jobs]


def test_what_hangs_ends_with_its_worker(cluster: Crew) -> None:
    error = cluster.entrust(doubled, Chore((chores.HANGS,)), 0.3).exception(20)
    assert isinstance(error, Death)


def test_an_exception_comes_as_what_it_is(cluster: Crew) -> None:
    with pytest.raises(ZeroDivisionError, match="by nothing") as caught:
        list(carried_out(cluster, doubled, [Chore((chores.RAISES,))], whole))
    assert "The job was Chore(numbers=(-5,))" in caught.value.__notes__


def test_a_large_job_and_a_large_result_pass_in_one_piece(cluster: Crew) -> None:
    """Dask would send each number alone, and that takes half a minute."""
    many = tuple(range(1, 200_000))
    begun = time.monotonic()
    assert cluster.entrust(doubled, Chore(many)).result()[-1] == 2 * many[-1]
    assert time.monotonic() - begun < 10


def test_what_cannot_travel_is_an_exception(cluster: Crew) -> None:
    assert cluster.entrust(unpicklable, 1).exception() is not None
    assert cluster.submit(lambda: 1).exception() is not None
    assert cluster.entrust(doubled, Chore((chores.BROKEN,))).exception() is not None
    assert cluster.entrust(who, 1).exception() is None


def test_results_are_not_kept(cluster: Crew) -> None:
    """Not even until garbage is collected. Dask keeps those of deaths and exceptions, which are few."""
    collect()
    disable()
    before = len(cluster._client.futures)
    for _, future in in_order(cluster, doubled, (Chore((n,)) for n in range(50))):
        assert future.result()
    assert wait_for(lambda: len(cluster._client.futures) <= before + 1)
    enable()


def test_who_leaves_early_leaves_nothing_under_way(scheduler: Scheduler) -> None:
    with crew(scheduler.address) as found:
        results = carried_out(found, slow, [0.1] * 1000, whole)
        next(results)
        results.close()
        assert wait_for(lambda: len(found._client.futures) <= 2)


# A cluster of our own


def test_a_cluster_of_our_own_comes_and_goes(capfd: pytest.CaptureFixture) -> None:
    before = descendants(os.getpid())
    environment = dict(os.environ)
    with crew("dask", 2) as own:
        jobs = [Chore((1,)), Chore((2, chores.KILLS)), Chore((3,))]
        found = list(carried_out(own, doubled, jobs, halves))
        assert [one.job.numbers for one in found] == [(1,), (2,), (chores.KILLS,), (3,)]
        assert isinstance(found[2], Lost)
        assert os.getpid() != own.entrust(who, 1).result()
    assert wait_for(lambda: descendants(os.getpid()) == before)
    assert dict(os.environ) == environment
    assert capfd.readouterr() == ("", "")


# What is not there


def test_nobody_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with (
            pytest.raises(ServiceError, match=f"no Dask scheduler answers at {address}"),
            opened(address, 1, 0.3),
        ):
            pass
    with pytest.raises(ServiceError, match="no Dask scheduler answers"), opened(address, 1, 0.3):
        pass


def test_who_is_gone_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """First the workers, then the scheduler."""
    monkeypatch.setattr("reviewbot.run.window._BEAT", 0.2)
    with running(tmp_path) as started:
        hired = started.hire(1)
        address = started.address
        with opened(address, 1, workerless=0.5) as found:
            results = carried_out(found, slow, [0.1] * 1000, whole)
            next(results)
            hired.terminate()
            with pytest.raises(
                ServiceError, match=f"no worker left at the Dask scheduler {address}"
            ):
                list(results)
        started.hire(1)
        with opened(address, 1) as found:
            results = carried_out(found, slow, [0.1] * 1000, whole)
            next(results)
            started.process.kill()
            with pytest.raises(ServiceError, match=f"{address} is gone") as caught:
                list(results)
    assert "--resume" in caught.value.hint


def test_workers_have_to_be_like_us(tmp_path: Path) -> None:
    """None; one with another Dask; one without reviewbot; one with another."""
    with running(tmp_path / "dask") as started:

        def trouble() -> str:
            with pytest.raises(ServiceError) as caught, opened(started.address, 1, workerless=0.2):
                pass
            return str(caught.value)

        def trouble_with(path: Path) -> str:
            process = started.hire(1, PYTHONPATH=str(path))
            said = trouble().partition(f" at the Dask scheduler {started.address} ")[2]
            process.terminate()
            process.wait()
            return said

        assert trouble() == f"there is no worker at the Dask scheduler {started.address}"
        said = trouble_with(other_dask(tmp_path))
        assert said.startswith("has distributed 1.0.0, and we have ")
        said = trouble_with(no_reviewbot(tmp_path))
        assert said == "lacks this reviewbot: No module named 'reviewbot.run'"
        said = trouble_with(other_reviewbot(tmp_path))
        assert said.startswith("has reviewbot 0.1.0 (")


def other_dask(folder: Path) -> Path:
    metadata = folder / "one" / "distributed-1.0.0.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text("Metadata-Version: 2.1\nName: distributed\nVersion: 1.0.0\n")
    return folder / "one"


def no_reviewbot(folder: Path) -> Path:
    package = folder / "two" / "reviewbot"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("__version__ = '0.0.1'\n")
    return folder / "two"


def other_reviewbot(folder: Path) -> Path:
    package = shutil.copytree(ROOT / "reviewbot", folder / "three" / "reviewbot")
    (package / "more.py").write_text("")
    return folder / "three"


class Gone:
    """A future of Dask of which the worker died before its result was fetched."""

    status = "lost"

    async def _result(self, raiseit: bool) -> bytes:
        return b"not what cfexecutor unpacks"


def test_a_result_that_is_lost_with_its_worker_is_a_death(cluster: Crew) -> None:
    future: Future = Future()
    asyncio.run(_cascaded(Gone(), future))
    assert isinstance(future.exception(), ValueError)
    assert isinstance(cluster._trouble(future), Death)  # type: ignore[attr-defined]


async def _cascaded(theirs: Gone, ours: Future) -> None:
    await _cascade_future(theirs, ours)
