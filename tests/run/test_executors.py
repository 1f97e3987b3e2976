"""The word after `--executor`."""

import subprocess
import sys
from pathlib import Path

import pytest

from reviewbot.errors import UsageError
from reviewbot.run.executors import crew
from reviewbot.run.inline import Inline
from reviewbot.run.workers import Workers
from tests.run.chores import Chore, doubled

ROOT = Path(__file__).resolve().parents[2]


def refused(word: str, jobs: int | None = None) -> UsageError:
    with pytest.raises(UsageError) as caught, crew(word, jobs):
        pass
    return caught.value


def test_inline_is_this_process() -> None:
    with crew("inline", 8) as found:
        assert isinstance(found, Inline)


def test_processes_are_as_many_as_asked_for() -> None:
    with crew("processes", 3) as found:
        assert isinstance(found, Workers)
        assert found.ahead == 9


def test_without_a_number_there_are_as_many_as_processors() -> None:
    with crew("processes") as found:
        assert found.ahead >= 3
        assert found.entrust(doubled, Chore((1,))).result() == (2,)


@pytest.mark.parametrize("word", ["", "threads", "Processes", "dask:", "http://a:1", "ssh://a"])
def test_another_word_is_wrong(word: str) -> None:
    error = refused(word)
    assert str(error) == f"there is no executor {word!r}"
    assert "dask://scheduler.example.org:8786" in error.hint


@pytest.mark.parametrize(
    "word", ["dask://", "dask://host", "tcp://host:", "tls://:8786", "tcp://h:x"]
)
def test_an_address_needs_a_port(word: str) -> None:
    assert str(refused(word)) == f"the address {word!r} needs a host and a port"


@pytest.mark.parametrize("jobs", [0, -1])
def test_it_takes_somebody(jobs: int) -> None:
    assert "at least one" in str(refused("processes", jobs))


WITHOUT = """
import sys
sys.modules["distributed"] = sys.modules["dask"] = None
from reviewbot.errors import UsageError
from reviewbot.run.executors import crew
try:
    with crew("dask", 2):
        pass
except UsageError as error:
    print(error, error.hint)
"""


def test_dask_that_is_not_installed_is_said() -> None:
    said = subprocess.run(
        [sys.executable, "-c", WITHOUT], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert said == (
        "the executor 'dask' needs Dask, which is not installed pip install 'reviewbot[dask]'\n"
    )


def test_dask_is_imported_only_when_asked_for() -> None:
    code = (
        "import sys, reviewbot.run.executors, reviewbot.run.halving; print('dask' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert said.stdout == "False\n"
