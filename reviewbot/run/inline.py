"""Inline: jobs carried out in this process, the moment they are handed in.

Law: an Executor like any other, so that what works here works everywhere; one of the three places that may
catch everything, because a future keeps what its job raises. Ctrl-C is nobody's job, and ends the run. Must not
know what a job is.
"""

from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

from reviewbot.run.crew import Crew

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Inline(Crew):
    """A crew of one: ourselves. A job that hangs hangs the run, and one that kills its process kills it."""

    def submit(
        self, fn: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> Future[Result]:
        """Carry it out now; the future is done when it is returned."""
        future: Future[Result] = Future()
        future.set_running_or_notify_cancel()
        try:
            result = fn(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - kept for whoever asks for the result
            future.set_exception(error)
        else:
            future.set_result(result)
        return future
