"""The order of things when letters are sent.

Law: a letter is `sending` on the disk before anything of it is on the wire, and stays so unless an answer
says otherwise: whatever happens in between, it leaves at most once. Must not know what is polite (it asks), nor
how a mail gets to a server. Only for who holds the lock of `outbox.sole`.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from msgspec import Struct

from reviewbot.errors import OutputError
from reviewbot.model.letter import Stage
from reviewbot.model.printable import email, header
from reviewbot.model.reply import Reply
from reviewbot.sinks.arrivals import Arrivals, arrived
from reviewbot.sinks.drafts import draft
from reviewbot.sinks.outbox.entry import Entry, Query
from reviewbot.sinks.outbox.mark import Mark
from reviewbot.sinks.outbox.outbox import Outbox
from reviewbot.sinks.transport.chosen import Way
from reviewbot.sinks.transport.delivery import Delivery, Sent
from reviewbot.sinks.transport.folder import file_sent

Tell = Callable[[str], None]
# The reasons why a letter must not leave now, for people; none: it may.
Reasons = Callable[[Entry, datetime], Sequence[str]]

DAY = timedelta(days=1)
# How long a letter waits that a server did not take for now: then twice as long, until the longest.
FIRST_WAIT = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=4)
_WHY = 400


class Clock(Struct, frozen=True):
    """`now` is the time with its zone, `sleep` waits so many seconds, `is_over`: no other letter is begun."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone()
    sleep: Callable[[float], None] = time.sleep
    is_over: Callable[[], bool] = lambda: False


class Pace(Struct, frozen=True):
    """Seconds between two letters, letters in 24 hours, and how often a server may put one off."""

    pause: float = 10.0
    daily: int = 50
    tries: int = 8


class Desk(Struct, frozen=True):
    """What letters are sent with. `copies` is the folder that a copy of each is put into, if any."""

    outbox: Outbox
    mark: Mark
    way: Way
    reasons: Reasons
    who: str
    tell: Tell
    pace: Pace = Pace()
    clock: Clock = Clock()
    copies: Path | None = None


class Result(Struct, frozen=True):
    """What came of a letter: the stage it is in now, and why. `tried` is True where it was handed over."""

    entry: Entry
    stage: Stage
    why: str = ""
    tried: bool = False


def recovered(desk: Desk, places: Sequence[Arrivals]) -> Iterator[Result]:
    """Find out about letters of which a run that ended could not say whether they left.

    One that was not wholly handed over is to be sent as before; one that is found has left; of another nobody
    knows, and a person decides; so of one that cannot be read, and is not looked for.
    """
    for lost in desk.outbox.unreadable((Stage.SENDING,)):
        if lost.stage is Stage.SENDING:
            now = desk.clock.now()
            why = "it cannot be read, so nobody looked whether it arrived"
            desk.outbox.move(lost.id, Stage.SENDING, Stage.UNDECIDED, desk.who, now, why)
    for entry in desk.outbox.letters(Query(stages=(Stage.SENDING, Stage.UNDECIDED))):
        is_open = entry.stage is Stage.SENDING
        if is_open and desk.mark.is_begun(entry.id):
            after, why = Stage.APPROVED, "the run that sent it ended before it was handed over"
        elif place := arrived(places, entry.letter.reply, entry.held, desk.tell):
            after, why = Stage.SENT, f"found in {place}"
        elif is_open:
            after, why = Stage.UNDECIDED, "the run that sent it ended before there was an answer"
        else:
            continue
        if _move(desk, entry, entry.stage, after, why):
            yield Result(entry, after, why)


def sent(desk: Desk, entries: Iterable[Entry]) -> Iterator[Result]:
    """Send the letters, one after the other, until the clock says that it is over; what came of each when it
    has come.

    Raises ServiceError or ConfigError where mails cannot be sent at all; no letter is under way then.
    """
    for entry in entries:
        if desk.clock.is_over():
            return
        now = desk.clock.now()
        if reasons := held_back(desk.way, desk.reasons, entry, now):
            yield Result(entry, entry.stage, "; ".join(reasons))
        elif left_in_a_day(desk.outbox, now) >= desk.pace.daily:
            yield Result(entry, entry.stage, spent(desk.pace))
            return
        else:
            _wait(desk, now)
            if desk.clock.is_over():
                return
            desk.way.transport.ready()
            came = _one(desk, entry)
            yield came.result
            if came.ends:
                return


def held_back(way: Way | None, polite: Reasons, entry: Entry, now: datetime) -> list[str]:
    """Why a letter would not be sent now: by etiquette, and, where the `way` is known, for what it lacks."""
    reasons = list(polite(entry, now))
    # A server puts nothing off for longer: the clock was wrong when that was written down.
    if entry.not_before and now < entry.not_before <= now + LONGEST_WAIT:
        reasons.append(f"put off by the server until {entry.not_before:%Y-%m-%d %H:%M}")
    if way is not None and way.is_final:
        if not email(entry.letter.reply.sender.email):
            reasons.append("it has no sender: identity.email is not set")
        if way.envelope and not email(way.envelope):
            reasons.append(f"the sender on the envelope is no address: {way.envelope}")
        if not recipients(entry.letter.reply):
            reasons.append("it has no recipient")
    return reasons


def left_in_a_day(outbox: Outbox, now: datetime) -> int:
    """How many letters left within the 24 hours up to `now`, or may have."""
    return len(outbox.departures(now - DAY))


def spent(pace: Pace) -> str:
    """Why no further letter leaves where as many left as may."""
    return f"{pace.daily} {'letter' if pace.daily == 1 else 'letters'} left within 24 hours"


def recipients(reply: Reply) -> tuple[str, ...]:
    """The addresses a reply goes to, each once."""
    known = (email(address.email) for address in (*reply.to, *reply.cc))
    return tuple({each.lower(): each for each in known if each}.values())


class _Came(Struct, frozen=True):
    result: Result
    ends: bool = False


def _one(desk: Desk, entry: Entry) -> _Came:
    """Claim a letter, hand it over, and write down what came of it."""
    desk.mark.begin(entry.id)
    if not _move(desk, entry, Stage.APPROVED, Stage.SENDING):
        return _Came(Result(entry, entry.stage, "it is not approved any more"))
    claimed = desk.outbox.letter(entry.id)
    if claimed is None or claimed.letter != entry.letter:
        why = "it was changed meanwhile"
        _move(desk, entry, Stage.SENDING, Stage.APPROVED, why)
        return _Came(Result(entry, Stage.APPROVED, why))
    mail = draft(claimed.letter.reply, desk.clock.now())
    came: Sent | None = None
    try:
        came = _handed_over(desk, claimed, mail)
    finally:
        if came is None:
            after = Stage.APPROVED if desk.mark.is_begun(entry.id) else Stage.UNDECIDED
            _move(desk, entry, Stage.SENDING, after, "interrupted while it was handed over")
    try:
        # Before it is settled: after a crash in between it is found there.
        if came.outcome is Delivery.ACCEPTED:
            _file(desk, mail)
    finally:
        result = _settled(desk, claimed, came)
    return _Came(result, came.ends)


def _handed_over(desk: Desk, entry: Entry, mail: bytes) -> Sent:
    reply = entry.letter.reply
    sender = desk.way.envelope or reply.sender.email
    at_last = partial(desk.mark.over, entry.id)
    return desk.way.transport.send(mail, sender, recipients(reply), at_last)


def _move(desk: Desk, entry: Entry, before: Stage, after: Stage, why: str = "") -> bool:
    now = desk.clock.now()
    return desk.outbox.move(entry.id, before, after, desk.who, now, header(why, _WHY))


def _settled(desk: Desk, entry: Entry, came: Sent) -> Result:
    """Move the letter to where the answer puts it."""
    after, now = _stage(came.outcome), desk.clock.now()
    why = came.detail
    if came.refused:
        words = "; ".join(f"{address}: {said}" for address, said in came.refused)
        why += f"; not for {words}" if after is Stage.SENT else f": {words}"
    wait = None
    if after is Stage.APPROVED:
        tries = _tries(desk.outbox, entry.id)
        if tries >= desk.pace.tries:
            after, why = Stage.HELD, f"put off {tries} times: {why}"
        elif not came.ends:
            wait = now + min(FIRST_WAIT * 2 ** min(tries - 1, 10), LONGEST_WAIT)
    why = header(why, _WHY)
    desk.outbox.move(entry.id, Stage.SENDING, after, desk.who, now, why, not_before=wait)
    return Result(entry, after, why, tried=True)


def _stage(outcome: Delivery) -> Stage:
    match outcome:
        case Delivery.ACCEPTED:
            return Stage.SENT
        case Delivery.LATER:
            return Stage.APPROVED
        case Delivery.REFUSED:
            return Stage.HELD
        case Delivery.UNKNOWN:
            return Stage.UNDECIDED


def _tries(outbox: Outbox, letter_id: str) -> int:
    """How often the letter has been tried since a person approved it."""
    tries = 0
    for move in outbox.moves(letter_id):
        if move.after is Stage.SENDING:
            tries += 1
        elif move.after is Stage.APPROVED and move.before is not Stage.SENDING:
            tries = 0
    return tries


def _wait(desk: Desk, now: datetime) -> None:
    """Keep the pause since the last letter, whichever run sent it."""
    latest = max((one.when for one in desk.outbox.departures(now - DAY)), default=None)
    if latest is not None:
        # Of a clock that was put back, the whole pause.
        left = desk.pace.pause - max(0.0, (now - latest).total_seconds())
        if left > 0:
            desk.clock.sleep(left)


def _file(desk: Desk, mail: bytes) -> None:
    if desk.copies is not None:
        try:
            file_sent(desk.copies, mail)
        except OutputError as error:
            desk.tell(f"no copy is kept: {error}")
