"""What can be said of a mail that was handed over, and what every way out must offer.

Law: only `LATER` and `REFUSED` promise that nothing has left; where that is in doubt it is `UNKNOWN`. Must not
know letters, nor why a mail is sent.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Protocol

from msgspec import Struct

# Called right before the first byte that may make a mail leave; what it raises keeps the mail from leaving.
AtLast = Callable[[], None]


class Delivery(Enum):
    """What became of a mail: taken; not now, or never, and nothing has left; or nobody can say."""

    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Sent(Struct, frozen=True):
    """What became of a mail, in a sentence for people; `refused` are recipients that will not get it.

    `ends` is True where nothing further should be tried by this way now.
    """

    outcome: Delivery
    detail: str = ""
    refused: tuple[tuple[str, str], ...] = ()
    ends: bool = False


def nothing() -> None:
    """Nothing is to be done at last."""


class Transport(Protocol):
    """A way out for mails."""

    @property
    def name(self) -> str:
        """What people call it: a host, a program, a folder."""

    def ready(self) -> None:
        """Make sure that a mail can be handed over now: connected, logged in. Nothing leaves.

        Raises ServiceError, or ConfigError, where it cannot.
        """

    def send(
        self, mail: bytes, sender: str, recipients: Sequence[str], at_last: AtLast = nothing
    ) -> Sent:
        """Hand over one mail (`\\n` line ends, headers in ASCII) from `sender` to the addresses.

        Raises nothing but what `at_last` does; then nothing has left.
        """

    def close(self) -> None:
        """Let go of whatever is held; says nothing and never fails."""
