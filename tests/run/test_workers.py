"""Processes of this machine: real ones, that really die."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor, as_completed, wait
from pathlib import Path

import pytest

from reviewbot.errors import InputError
from reviewbot.run.crew import Death
from reviewbot.run.executors import crew
from reviewbot.run.halving import Done, carried_out
from reviewbot.run.workers import Workers
from tests.run import chores
from tests.run.chores import Chore, doubled, slow, unpicklable, who, whole
from tests.run.living import descendants, is_alive, wait_for

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Two, for all tests that leave them as they are, or dead."""
    with crew("processes", 2) as opened:
        yield opened


def test_they_are_a_standard_executor(workers: Workers) -> None:
    assert isinstance(workers, Executor)
    assert list(workers.map(abs, [-1, -2, -3])) == [1, 2, 3]
    assert workers.submit(sorted, [1, 2], reverse=True).result() == [2, 1]
    futures = [workers.submit(divmod, number, 2) for number in range(4)]
    assert {future.result() for future in as_completed(futures)} == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_they_work_elsewhere_and_side_by_side(workers: Workers) -> None:
    seen = {future.result() for future in [workers.entrust(slow, 0.2) for _ in range(2)]}
    assert len(seen) == 2
    assert os.getpid() not in seen
    assert seen == {workers.entrust(slow, 0.01).result() for _ in range(8)} | seen


@pytest.mark.parametrize(
    ("trouble", "how"),
    [
        (chores.KILLS, "its worker was killed by SIGKILL"),
        (chores.FAULTS, "its worker was killed by SIGSEGV"),
        (chores.LEAVES, "its worker ended with exit code 3"),
    ],
)
def test_a_death_is_told(workers: Workers, trouble: int, how: str) -> None:
    error = workers.entrust(doubled, Chore((1, trouble))).exception()
    assert isinstance(error, Death)
    assert (str(error), error.hung) == (how, False)
    assert workers.entrust(doubled, Chore((1,))).result() == (2,)


def test_a_death_is_that_of_one_job(workers: Workers) -> None:
    beside = workers.entrust(slow, 0.3)
    futures = [
        workers.entrust(doubled, Chore((n,))) for n in (1, chores.KILLS, 2, 3, chores.KILLS, 4)
    ]
    wait(futures)
    assert [isinstance(future.exception(), Death) for future in futures] == [
        *(False, True, False, False, True, False)
    ]
    assert beside.exception() is None


def test_what_hangs_is_put_to_death(workers: Workers) -> None:
    """Even where it never lets go of the interpreter."""
    begun = time.monotonic()
    error = workers.entrust(doubled, Chore((chores.HANGS,)), 0.4).exception()
    assert isinstance(error, Death)
    assert (str(error), error.hung) == ("it was not done after 0.4 seconds", True)
    assert 0.4 <= time.monotonic() - begun < 5


def test_time_is_for_one_job(workers: Workers) -> None:
    futures = [workers.entrust(slow, 0.15, 0.6) for _ in range(12)]
    assert [future.exception() for future in futures] == [None] * 12


def test_who_dies_idle_takes_no_job_along(workers: Workers) -> None:
    for pid in {future.result() for future in [workers.entrust(slow, 0.2) for _ in range(2)]}:
        os.kill(pid, signal.SIGKILL)
        assert wait_for(lambda pid=pid: not is_alive(pid))
    # The kernel may close the pipe of a dead process a moment after it is gone: then the job is done again.
    done = carried_out(workers, doubled, [Chore((n,)) for n in range(3)], whole)
    assert [each.result for each in done if isinstance(each, Done)] == [(0,), (2,), (4,)]


def test_an_exception_comes_as_what_it_is(workers: Workers) -> None:
    error = workers.entrust(doubled, Chore((chores.RAISES,))).exception()
    assert isinstance(error, ZeroDivisionError)
    assert str(error) == "by nothing"
    assert "in doubled" in error.__notes__[0]
    ours = workers.entrust(doubled, Chore((chores.REFUSES,))).exception()
    assert isinstance(ours, InputError)
    assert (str(ours), ours.hint) == ("no such archive", "Look again.")


def test_an_exception_that_cannot_travel_is_told_in_words(workers: Workers) -> None:
    error = workers.entrust(doubled, Chore((chores.BROKEN,))).exception()
    assert isinstance(error, RuntimeError)
    assert "chores.OddError: ab" in str(error)


def test_what_cannot_travel_is_an_exception(workers: Workers) -> None:
    assert workers.entrust(unpicklable, 1).exception() is not None
    assert workers.submit(lambda: 1).exception() is not None
    assert workers.entrust(who, 1).exception() is None


def test_a_large_job_and_a_large_result_pass(workers: Workers) -> None:
    many = tuple(range(1, 200_000))
    assert workers.entrust(doubled, Chore(many)).result()[-1] == 2 * many[-1]


def test_modules_are_there_before_the_first_job() -> None:
    with crew("processes", 1, ("wave",)) as one:
        assert one.submit(chores.loaded, "wave").result()
        assert not one.submit(chores.loaded, "aifc").result()


def test_when_all_is_done_nobody_is_left() -> None:
    before = descendants(os.getpid())
    with crew("processes", 2) as two:
        two.entrust(slow, 0.01).result()
        assert len(descendants(os.getpid()) - before) == 2
    assert descendants(os.getpid()) == before


def test_who_leaves_early_leaves_nobody_behind() -> None:
    before = descendants(os.getpid())
    begun = time.monotonic()
    with crew("processes", 2) as two:
        futures = [two.entrust(slow, 30.0) for _ in range(6)]
        time.sleep(0.3)
    assert time.monotonic() - begun < 10
    assert descendants(os.getpid()) == before
    assert all(future.done() for future in futures)
    with pytest.raises((Death, CancelledError)):
        futures[0].result()
    with pytest.raises(RuntimeError):
        two.entrust(slow, 0)


def test_shutdown_waits_for_what_was_begun() -> None:
    two = Workers(2)
    futures = [two.entrust(doubled, Chore((n,))) for n in range(6)]
    two.shutdown()
    assert [future.result() for future in futures] == [(2 * n,) for n in range(6)]


# The driver's end


DRIVER = """
import sys
from reviewbot.run.executors import crew
from reviewbot.run.halving import Done, carried_out
from reviewbot.run.halving import carried_out
from tests.run.chores import told, whole
if __name__ == "__main__":
    with crew("processes", 2) as two:
        print("ready", flush=True)
        list(carried_out(two, told, [sys.argv[1]] * 9, whole))
"""


def driver(folder: Path) -> subprocess.Popen:
    """A program whose two workers are busy for long; each has left a file."""
    script = folder / "driver.py"
    script.write_text(DRIVER)
    told_in = folder / "told"
    told_in.mkdir()

    def ready() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    process = subprocess.Popen(
        [sys.executable, script, told_in],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=ready,
        start_new_session=True,
    )
    assert wait_for(lambda: len(list(told_in.iterdir())) == 2)
    return process


def busy(folder: Path) -> set[int]:
    return {int(path.name) for path in (folder / "told").iterdir()}


def test_ctrl_c_is_for_the_driver(tmp_path: Path) -> None:
    """Everybody in the group gets it; one speaks, and all are gone."""
    process = driver(tmp_path)
    workers = busy(tmp_path)
    assert workers <= descendants(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert process.returncode == -signal.SIGINT
    assert said.count("Traceback") == 1
    assert wait_for(lambda: not any(map(is_alive, workers)), 1)


def test_workers_do_not_outlive_a_driver_that_was_killed(tmp_path: Path) -> None:
    process = driver(tmp_path)
    workers = busy(tmp_path)
    begun = time.monotonic()
    process.kill()
    process.communicate()
    assert wait_for(lambda: not any(map(is_alive, workers)))
    assert time.monotonic() - begun < 3
