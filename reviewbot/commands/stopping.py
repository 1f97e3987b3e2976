"""Stopping: a run that is asked to end (SIGTERM) does so between two letters.

Law: what is under way is settled first; who asks a second time is obeyed at once. Must not know what is done
meanwhile.

Source: signal(7); systemd.kill(5), which sends SIGTERM and, 90 seconds later, SIGKILL.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds after which a sleeper looks whether it is to end.
_STEP = 0.5


class Stop:
    """Whether the run was asked to end."""

    def __init__(self) -> None:
        self._asked = False

    def is_asked(self) -> bool:
        """Whether it was."""
        return self._asked

    def ask(self, *_: object) -> None:
        """Ask for it, as a handler of the signal; the next signal ends the process."""
        self._asked = True
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds, or until it is asked for."""
        over = time.monotonic() + seconds
        while not self._asked and (left := over - time.monotonic()) > 0:
            time.sleep(min(left, _STEP))


@contextmanager
def stopping() -> Iterator[Stop]:
    """Take SIGTERM as a wish, in a `with` block."""
    stop = Stop()
    before = signal.signal(signal.SIGTERM, stop.ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)
