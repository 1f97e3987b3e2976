"""A way out that answers what a test wants, an outbox full of letters, and a clock that a test moves."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from reviewbot.errors import ServiceError
from reviewbot.model.letter import Stage
from reviewbot.sinks.outbox.entry import Entry
from reviewbot.sinks.outbox.mark import Mark
from reviewbot.sinks.outbox.outbox import Outbox
from reviewbot.sinks.sending import DAY, Clock, Desk, Pace
from reviewbot.sinks.transport.chosen import Way
from reviewbot.sinks.transport.delivery import AtLast, Delivery, Sent, nothing
from tests.letters import brought, letter

START = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
TAKEN = Sent(Delivery.ACCEPTED, "250 queued")


class Hatch:
    """Keeps what it is handed, and answers with each of `answers` in turn, then with the last for ever."""

    name = "hatch"

    def __init__(self, *answers: Sent | BaseException) -> None:
        self.answers = list(answers) or [TAKEN]
        self.mails: list[tuple[bytes, str, tuple[str, ...]]] = []
        self.before: Callable[[], None] = nothing
        self.during: Callable[[], None] = nothing
        self.is_open = True

    def ready(self) -> None:
        if not self.is_open:
            raise ServiceError("hatch cannot be reached")

    def send(
        self, mail: bytes, sender: str, recipients: Sequence[str], at_last: AtLast = nothing
    ) -> Sent:
        self.before()
        at_last()
        self.mails.append((mail, sender, tuple(recipients)))
        self.during()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def close(self) -> None:
        self.is_open = False


class Hands:
    """A clock that only moves when somebody sleeps, or a test says so."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.time = START
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


def approved(outbox: Outbox, count: int = 1) -> list[Entry]:
    """So many letters, approved, oldest first."""
    for number in range(count):
        brought(outbox, letter(parent=f"{number}@example.org"), Stage.APPROVED, START - DAY)
    return list(outbox.letters())


def desk(outbox: Outbox, hatch: Hatch, hands: Hands, **fields: object) -> Desk:
    """A desk without a pause, and where nothing is objected to; what is told goes nowhere."""
    clock = Clock(hands.now, hands.sleep)
    known = {"outbox": outbox, "mark": Mark(hands.folder), "way": Way(hatch), "who": "anna"}
    known |= {"reasons": lambda *_: ()}
    known |= {"tell": lambda _: None, "pace": Pace(pause=0), "clock": clock}
    return Desk(**(known | fields))
