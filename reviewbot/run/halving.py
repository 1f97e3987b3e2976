"""Halving: jobs are carried out whatever dies meanwhile, and what kills its worker is found.

Law: a death costs the job that died, no other; nothing is called lost but what cannot be halved and died twice,
the last time with nobody beside it. Results come in the order of the jobs. Must not know what a job is, nor
what carries it out.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from typing import Generic, TypeVar

from msgspec import Struct

from reviewbot.errors import ReviewbotError
from reviewbot.run.crew import PATIENCE, Crew, Death
from reviewbot.run.window import finished, in_order

Job = TypeVar("Job")
Result = TypeVar("Result")

# A run in which more die than that has a trouble that halving does not find.
MOST_DEATHS = 1000
# Seconds that a part of a job that hung gets at least.
LEAST_PATIENCE = 60.0
_LONGEST = 200  # characters of a job in the note of its exception


class Done(Struct, Generic[Job, Result], frozen=True):
    """A job, or a part of one, and its result."""

    job: Job
    result: Result


class Lost(Struct, Generic[Job], frozen=True):
    """The smallest part of a job that kills its worker each time, and how the worker died."""

    job: Job
    why: str


class _Suspect(Struct, Generic[Job], frozen=True):
    """A job, or a part of one, that died `died` times, and the seconds it gets."""

    job: Job
    patience: float
    is_part: bool = False
    died: int = 0


def carried_out(
    crew: Crew,
    function: Callable[[Job], Result],
    jobs: Iterable[Job],
    split: Callable[[Job], Sequence[Job]],
    *,
    patience: float = PATIENCE,
    most_deaths: int = MOST_DEATHS,
) -> Generator[Done[Job, Result] | Lost[Job], None, None]:
    """The result of every job, in order; of one whose worker died twice, of its parts in order.

    `split(job)` are its parts, fewer than two where it has none; it must come to an end. `patience` are the
    seconds a job may take, where the crew can see to that. An exception of `function` is raised here, with a
    note that names the job. Raises ReviewbotError after more than `most_deaths` deaths, ServiceError where the
    crew is gone. To be closed if not used up.
    """
    search = _Search(crew, function, split, most_deaths)
    with closing(in_order(crew, function, jobs, patience)) as window:
        for job, future in window:
            yield from search.settled(_Suspect(job, patience), future)


class _Search(Generic[Job, Result]):
    """What is the same for all jobs of a run, and how many workers have died."""

    def __init__(
        self,
        crew: Crew,
        function: Callable[[Job], Result],
        split: Callable[[Job], Sequence[Job]],
        most_deaths: int,
    ) -> None:
        self._crew = crew
        self._function = function
        self._split = split
        self._most = most_deaths
        self._deaths = 0

    def settled(
        self, suspect: _Suspect[Job], future: Future[Result]
    ) -> Iterator[Done[Job, Result] | Lost[Job]]:
        """What becomes of a job that was carried out once: itself, or its parts in order."""
        suspects = [suspect]
        while suspects:
            suspect = suspects.pop()
            death = self._death(suspect.job, future)
            if death is None:
                yield Done(suspect.job, future.result())
            elif tried := self._tried_after(death, suspect):
                suspects.extend(reversed(tried))
            else:
                yield Lost(suspect.job, str(death))
            if suspects:
                future = self._alone(suspects[-1])

    def _death(self, job: Job, future: Future[Result]) -> Death | None:
        """How its worker died, counted; None where there is a result."""
        error = future.exception()
        if error is None:
            return None
        death = Death("its worker ran out of memory") if isinstance(error, MemoryError) else error
        if not isinstance(death, Death):
            error.add_note(f"The job was {job!r:.{_LONGEST}}")
            raise error
        self._deaths += 1
        if self._deaths > self._most:
            raise ReviewbotError(
                f"{self._deaths} workers have died; of the last job: {death}",
                "What is finished is kept. Is the machine short of memory?",
            )
        return death

    def _tried_after(self, death: Death, suspect: _Suspect[Job]) -> tuple[_Suspect[Job], ...]:
        """What is tried next: the same once more, its parts, or nothing.

        Once more is for a death by chance. It is not tried where a part died, because its parts are as good,
        nor where a job hung, because it costs all that time again.
        """
        died = suspect.died + 1
        parts = self._split(suspect.job)
        is_sure = len(parts) > 1 and (suspect.is_part or death.hung)
        if died < 2 and not is_sure:
            return (_Suspect(suspect.job, suspect.patience, suspect.is_part, died),)
        if len(parts) < 2:
            return ()
        least = min(LEAST_PATIENCE, suspect.patience)
        patience = max(suspect.patience / 2, least) if death.hung else suspect.patience
        return tuple(_Suspect(part, patience, is_part=True) for part in parts)

    def _alone(self, suspect: _Suspect[Job]) -> Future[Result]:
        """Carried out with nobody beside it whose death could be taken for its own."""
        self._crew.calm()
        future = self._crew.entrust(self._function, suspect.job, suspect.patience)
        return finished(self._crew, future)
