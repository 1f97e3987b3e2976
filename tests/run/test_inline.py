"""This process as an Executor."""

import os
from concurrent.futures import Executor

import pytest

from reviewbot.run.inline import Inline
from tests.run.chores import Chore, doubled, who


def test_it_is_a_standard_executor() -> None:
    with Inline() as inline:
        assert isinstance(inline, Executor)
        assert list(inline.map(abs, [-1, -2])) == [1, 2]
        assert inline.submit(divmod, 7, 2).result() == (3, 1)
        assert inline.submit(sorted, [1, 2], reverse=True).result() == [2, 1]


def test_it_is_done_here_and_now() -> None:
    future = Inline().entrust(who, 1)
    assert future.done()
    assert future.result() == os.getpid()


def test_what_a_job_raises_is_kept_for_who_asks() -> None:
    future = Inline().entrust(doubled, Chore((1, -5)))
    assert isinstance(future.exception(), ZeroDivisionError)


def test_an_end_is_not_kept() -> None:
    with pytest.raises(SystemExit):
        Inline().entrust(doubled, Chore((-3,)))


def test_nothing_is_done_ahead() -> None:
    assert Inline().ahead == 1
