"""Amend: a person's changes to a letter, taken over only where the mail stays what it was meant to be.

Law: the headers stay; what is written parses back to exactly the text the person saw. Must not know the editor,
nor where letters are kept.

Sources: RFC 5322 §2.1.1 (998 octets a line), rule catalogue §4.2 (own text at 72 columns, quotes untouched).
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.errors import UsageError
from reviewbot.model.letter import Letter
from reviewbot.model.message import RawMessage
from reviewbot.model.printable import printable
from reviewbot.parse.mail import message
from reviewbot.review.seemly import COLUMNS, SIGNATURE, own_words
from reviewbot.sinks.drafts import draft

LONGEST = 998


class Amended(Struct, frozen=True):
    """The text a person left, and what may not be as it was meant."""

    body: str
    doubts: tuple[str, ...] = ()


def amendable(letter: Letter, when: datetime) -> bytes:
    """The letter as the mail to be edited."""
    return draft(letter.reply, when)


def amended(letter: Letter, when: datetime, data: bytes) -> Amended:
    """What came of `amendable` in an editor. Raises UsageError for what must not be sent like that."""
    body = _body(amendable(letter, when), data)
    old = frozenset(letter.reply.body.split("\n"))
    new = [line for line in body.split("\n") if line not in old]
    for line in new:
        if printable(line) != line:
            raise UsageError(f"a line holds what is not plain text: {printable(line[:COLUMNS])}")
        if len(line.encode()) > LONGEST:
            raise UsageError(f"a line is longer than a mail may have it: {line[:COLUMNS]}...")
    if not own_words(body):
        raise UsageError("nothing of our own is said in it", "To send nothing, drop the letter.")
    _check_round_trip(letter, body, when)
    return Amended(body, tuple(_doubts(letter, body, new)))


def _body(written: bytes, data: bytes) -> str:
    """The text below the headers, which must be those that were written."""
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UsageError("what the editor left is not UTF-8") from error
    head = written.decode("utf-8").partition("\n\n")[0]
    found, _, body = text.partition("\n\n")
    if [*map(str.rstrip, found.split("\n"))] != [*map(str.rstrip, head.split("\n"))]:
        raise UsageError(
            "the headers have changed", "Only the text below the first empty line is edited here."
        )
    return body.rstrip("\n") + "\n"


def _check_round_trip(letter: Letter, body: str, when: datetime) -> None:
    """Refuse a text that a reader would not see as it stands here."""
    reply = replace(letter.reply, body=body)
    read = message(RawMessage(draft(reply, when)))
    if (read.body, read.message_id) != (body, reply.message_id):
        raise UsageError("the mail would not be read as it is written here")


def _doubts(letter: Letter, body: str, new: list[str]) -> Iterator[str]:
    for line in new:
        if line.startswith(">"):
            yield f"a quoted line is not as it was: {line[:COLUMNS]}"
        elif len(line) > COLUMNS:
            yield f"a line is wider than {COLUMNS} columns: {line[:COLUMNS]}..."
    if f"\n{SIGNATURE}\n" in letter.reply.body and f"\n{SIGNATURE}\n" not in body:
        yield "the signature that tells how to stop these mails is gone"
