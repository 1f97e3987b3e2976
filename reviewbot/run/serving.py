"""Serving: what a worker process does: calls come through a pipe, and answers go back.

Law: a worker ends with the driver that started it, killed or not; in the middle of a call at the latest when
that call's time is up. An exception is an answer. Must not know which calls come.
"""

import gc
import os
import pickle
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from threading import Thread
from traceback import format_exception
from typing import Any

from reviewbot.run.inline import Inline

READY = b"ready"
# Values made, less those let go, before garbage is looked for.
_ALLOCATED = 100_000

# What goes there and back, pickled: seconds, a function and what it is given; whether it returned, and what.
Call = tuple[float, Callable[..., Any], tuple[Any, ...], dict[str, Any]]
Answer = tuple[bool, Any]


def serve(pipe: Connection, modules: Iterable[str]) -> None:
    """Import the modules, say READY, and answer calls until the pipe ends."""
    Thread(target=_follow, daemon=True).start()
    for module in modules:
        import_module(module)
    # What was imported stays; of a job's many small values few make circles, and to look for them early costs a
    # third of the work.
    gc.freeze()
    gc.set_threshold(_ALLOCATED, 20, 20)
    inline = Inline()
    with pipe, suppress(EOFError, OSError):
        pipe.send_bytes(READY)
        while True:
            done = inline.submit(_answered, pipe.recv_bytes())
            error = done.exception()
            pipe.send_bytes(done.result() if error is None else _refusal(error))


def _follow() -> None:
    """Die with the driver: what is under way is of use to nobody then."""
    driver = parent_process()
    if driver is not None:
        driver.join()
        os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def in_time(patience: float) -> Iterator[None]:
    """The process dies of SIGALRM where the block takes more than so many seconds.

    The kernel sees to that: a thread of ours could not, in the middle of a regular expression.
    """
    signal.setitimer(signal.ITIMER_REAL, patience)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _answered(call: bytes) -> bytes:
    patience, function, arguments, named = pickle.loads(call)
    with in_time(patience):
        return pickle.dumps((True, function(*arguments, **named)))


def _refusal(error: BaseException) -> bytes:
    """The exception as an answer; one that does not survive the journey is told in words."""
    told = "".join(format_exception(error))
    error.add_note(f"In a worker process:\n{told}")
    sent = Inline().submit(_there_and_back, error)
    return sent.result() if sent.exception() is None else pickle.dumps((False, RuntimeError(told)))


def _there_and_back(error: BaseException) -> bytes:
    sent = pickle.dumps((False, error))
    pickle.loads(sent)
    return sent
