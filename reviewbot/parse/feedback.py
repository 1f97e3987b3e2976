"""Feedback: what people ask of us in their answers, one wish a line: `reviewbot: WISH [RULE] [reason]`.

Law: only a line that the answerer wrote is a wish: never one that is quoted, stands in a diff, below a
signature or in a mail that was copied whole; and no wish of a program is one. Must not know who may ask.
"""

import re
from collections.abc import Collection, Iterator

from msgspec import Struct

from reviewbot.model.message import Message, RawMessage
from reviewbot.model.printable import header as one_line
from reviewbot.model.said import Wish
from reviewbot.parse import header
from reviewbot.parse.answer import sayings
from reviewbot.parse.machine import machine

# Nobody writes more; of a longer answer only the beginning is read.
LONGEST = 100_000
MOST = 20
REASON_LIMIT = 200
_WORD = b"reviewbot:"
_REQUEST = re.compile(
    rf"[ \t]{{0,3}}reviewbot:[ \t]*(?P<wish>{'|'.join(wish.value for wish in Wish)})(?![\w-])(?P<rest>.*)",
    re.IGNORECASE,
)
_BETWEEN = " \t:,.;()-–—"
# Left by ours.
_OURS = b"x-reviewbot"


class Request(Struct, frozen=True):
    """What was asked for: the wish, the id of the rule it is narrowed to (or nothing), the reason given."""

    wish: Wish
    rule: str = ""
    reason: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.wish.value, self.rule)))


def may_ask(raw: RawMessage) -> bool:
    """Whether it is worth a look: the word is in the mail, or the mail is encoded and it may be."""
    return _WORD in (text := raw.data.lower()) or b"base64" in text or b"=3a" in text


def requests(message: Message, rules: Collection[str]) -> tuple[Request, ...]:
    """The wishes in a mail, each once, in its order; `rules` are the ids that are known.

    A word behind the wish that is no rule begins the reason.
    """
    return tuple(dict.fromkeys(_requests(message.body[:LONGEST], rules)))[:MOST]


def by_program(raw: RawMessage) -> str:
    """Why a mail was written by a program rather than a person, by its headers; empty if they say nothing."""
    fields = header.fields(header.split(raw.data)[0])
    if _OURS in fields:
        return f"written by a program ({_OURS.decode().title()})"
    return machine(fields)


def _requests(body: str, rules: Collection[str]) -> Iterator[Request]:
    if "reviewbot:" not in body.lower():
        return
    # What a diff changes are words of an answer too, but without the sign before them no line of the mail.
    lines = frozenset(body.split("\n"))
    for saying in sayings(body):
        for line in saying.words:
            if line in lines and (found := _REQUEST.fullmatch(line)):
                yield _request(Wish(found["wish"].lower()), found["rest"], rules)


def _request(wish: Wish, rest: str, rules: Collection[str]) -> Request:
    said = rest.strip(_BETWEEN)
    first, _, behind = said.partition(" ")
    named = first.strip(_BETWEEN).lower()
    rule = named if named in rules else ""
    return Request(wish, rule, one_line((behind if rule else said).strip(_BETWEEN), REASON_LIMIT))
