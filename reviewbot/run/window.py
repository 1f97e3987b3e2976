"""Window: jobs go out a few at a time, and what becomes of them comes back in their order.

Law: never reads further in the jobs, and never keeps more results, than the crew can use; who stops asking
leaves nothing waiting. Must not know what a result is.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, wait
from itertools import islice
from typing import TypeVar

from reviewbot.run.crew import PATIENCE, Crew

Job = TypeVar("Job")
Result = TypeVar("Result")

# Seconds after which a waiting window looks whether somebody is still at work.
_BEAT = 5.0


def in_order(
    crew: Crew,
    function: Callable[[Job], Result],
    jobs: Iterable[Job],
    patience: float = PATIENCE,
) -> Generator[tuple[Job, Future[Result]], None, None]:
    """Each job with its future, which is done: a result or an exception. To be closed if not used up.

    Up to `crew.ahead` jobs are with the crew at a time, each for at most `patience` seconds. Raises
    ServiceError where the crew is gone.
    """
    queue = iter(jobs)
    window: deque[tuple[Job, Future[Result]]] = deque()
    try:
        while True:
            for job in islice(queue, max(crew.ahead - len(window), 0)):
                window.append((job, crew.entrust(function, job, patience)))
            if not window:
                return
            finished(crew, window[0][1])
            yield window.popleft()
    finally:
        for _, future in window:
            future.cancel()


def finished(crew: Crew, future: Future[Result]) -> Future[Result]:
    """The same future, once it is done. Raises ServiceError where the crew is gone."""
    while not wait((future,), _BEAT).done:
        crew.look()
    return future
