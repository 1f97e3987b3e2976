"""A letter on a page: where it stands, how it came there, and the mail as it would be sent.

Law: what strangers wrote is made safe to look at; beyond that the mail is shown as it is. Must not know how a
letter is moved.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from reviewbot.model.letter import Move, Stage
from reviewbot.model.printable import header, printable
from reviewbot.sinks.drafts import draft
from reviewbot.sinks.outbox.entry import Entry, Unreadable

RULE = "-" * 72
NARROW = 60


def page(entry: Entry, moves: Sequence[Move], when: datetime) -> str:
    """All there is to know of a letter, with the mail as it would be sent at `when`."""
    mail = draft(entry.letter.reply, when).decode("utf-8", "replace")
    about = "".join(f"{line}\n" for line in (*_standing(entry), *history(moves)))
    return printable(f"{about}{RULE}\n{mail.rstrip(chr(10))}\n{RULE}\n")


def history(moves: Sequence[Move]) -> Iterator[str]:
    """One line for each move: when, from where to where, who, why."""
    for move in moves:
        way = move.after.value
        if move.before not in (None, move.after):
            way = f"{Stage(move.before).value} -> {way}"
        why = f": {header(move.why)}" if move.why else ""
        yield f"  {clock(move.when)}  {way}, by {header(move.who)}{why}"


def against(reasons: Sequence[str]) -> Iterator[str]:
    """What speaks against sending a letter now, or that nothing does."""
    yield from (f"  not now: {header(reason)}" for reason in reasons)
    if not reasons:
        yield "  nothing speaks against sending it"


def row(entry: Entry) -> tuple[str, str, str, str, str]:
    """A letter as a line of a table: id, stage, when it came there, rules, subject."""
    stage = f"{entry.stage.value}, edited" if entry.edited else entry.stage.value
    rules = ", ".join(dict.fromkeys(claim.rule for claim in entry.letter.claims))
    subject = header(entry.letter.reply.subject.removeprefix("Re: "))
    return entry.short, stage, clock(entry.changed), header(rules, NARROW), subject


def lost_row(one: Unreadable) -> tuple[str, str, str, str, str]:
    """A letter that cannot be read as a line of the same table: id, stage, nothing, nothing, why."""
    stage = one.stage.value if one.stage else "?"
    return one.short, f"{stage}, UNREADABLE", "-", "-", header(one.why)


def clock(when: datetime) -> str:
    """A time of the reader's clock, to the minute."""
    return when.astimezone().strftime("%Y-%m-%d %H:%M")


def _standing(entry: Entry) -> Iterator[str]:
    yield f"{entry.id}: {entry.stage.value}{', edited' if entry.edited else ''}"
    posting = entry.letter.posting
    yield f"  answers {header(posting.subject)} <{header(posting.message_id)}>"
    for claim in entry.letter.claims:
        symbol = f" {header(claim.symbol)}" if claim.symbol else ""
        yield f"  says {claim.rule}{symbol} ({claim.fingerprint})"
    yield f"  content {entry.digest}"
    if entry.not_before:
        yield f"  not before {clock(entry.not_before)}"
    if entry.tries:
        yield f"  tried {'once' if entry.tries == 1 else f'{entry.tries} times'}"
