"""Time, as a value that tests can replace, and the deadline of one question.

Law: the date is for what is kept and for `Retry-After`, the ticks for how long something took: a clock that
is set while we wait changes no deadline. Must not know what is waited for.
"""

import time
from collections.abc import Callable

from msgspec import Struct


class Clock(Struct, frozen=True):
    """`now`: seconds since 1970; `ticks`: seconds that never run backwards; `sleep`: waits that long."""

    now: Callable[[], float] = time.time
    ticks: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Deadline:
    """The moment by which the question being asked must be answered; it never passes before `start`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._end = float("inf")
        self._began = 0.0

    def start(self, seconds: float) -> None:
        """Begin a question that may take so many seconds."""
        self._began = self._clock.ticks()
        self._end = self._began + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, at least 0."""
        return max(0.0, self._end - self._clock.ticks())

    @property
    def spent(self) -> float:
        """Seconds since the question began."""
        return self._clock.ticks() - self._began
