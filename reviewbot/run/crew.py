"""Crew: whoever carries out jobs, somewhere: a standard Executor that can say a little more of itself.

Law: a job that ends with its worker ends in `Death`, whatever the crew is made of; every other exception is the
job's own, or says that the whole crew is gone. Must not know what a job is.
"""

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

# Seconds after which a job that is not done is taken for one that never will be.
PATIENCE = 600.0


class Death(BrokenExecutor):
    """The worker that had a job died; the text says how, and begins with whose death it was.

    `hung` is whether it was put to death because the job was not done in time: that is no chance.
    """

    def __init__(self, how: str, hung: bool = False) -> None:
        super().__init__(how)
        self.hung = hung


class Crew(Executor):
    """An Executor that knows how much it can use, and what a death says."""

    @property
    def ahead(self) -> int:
        """How many jobs should be with it at a time: under way, waiting, or done and not yet asked for."""
        return 1

    def entrust(
        self,
        function: Callable[[Job], Result],
        job: Job,
        patience: float = PATIENCE,  # noqa: ARG002 - a crew that cannot end a job waits for it
    ) -> Future[Result]:
        """`submit` for one job, whose worker dies when it is not done after so many seconds.

        A crew that cannot end a job says so in its own docstring, and waits.
        """
        return self.submit(function, job)

    def calm(self) -> None:
        """Wait until a death can only be that of the next job; at once where it never was in doubt."""

    def look(self) -> None:
        """Called now and then by who waits; raises ServiceError when nobody is there to wait for."""
