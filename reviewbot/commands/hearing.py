"""Hearing: each wish in a mail is weighed, and comes to objections or to a reason why not.

Law: a wish is followed only if a person wrote it who may ask for it, and only if the mail is surely from there
or the person who runs this says so. What costs much (MAINTAINERS, DNS) is asked last. Must not know what
is kept.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from reviewbot.model.letter import Letter
from reviewbot.model.message import Address, Message, RawMessage
from reviewbot.model.said import Objection
from reviewbot.model.trust import Trust, Vouched
from reviewbot.parse.feedback import Request, by_program
from reviewbot.review.eligible import is_robot
from reviewbot.review.objecting import (
    Ground,
    Place,
    asker,
    ground,
    objections,
    title,
)
from reviewbot.review.terms import Terms

_NOTHING = "it answers no mail of ours; behind false-positive name the rule that is wrong"
# Maintainers of the files that something is about, or None where nobody knows.
PeopleOf = Callable[[Ground], Collection[Address] | None]
Vouch = Callable[[RawMessage], Vouched]


class Wished(Struct, frozen=True):
    """A wish, and the copies of the mail it stands in."""

    request: Request
    copies: tuple[tuple[RawMessage, Message], ...]

    @property
    def mail(self) -> Message:
        """The first copy."""
        return self.copies[0][1]


class Answer(Struct, frozen=True):
    """What a wish comes to: objections, or none; and why. `about` is the subject it is about, if known."""

    wished: Wished
    about: str
    objections: tuple[Objection, ...]
    why: str


class Manner(Struct, frozen=True):
    """What is set: how long wishes are kept, our own address in lower case, globs of programs."""

    terms: Terms = Terms()
    own: str = ""
    robots: tuple[str, ...] = ()


class Hearing(Struct, frozen=True):
    """All that wishes are weighed by.

    `accepted` are Message-IDs that the person who runs this vouches for, `several` those that are on mails
    which do not ask for the same.
    """

    places: Mapping[str, Place]
    letters: Mapping[str, Letter]
    people_of: PeopleOf
    vouch: Vouch
    now: datetime
    manner: Manner = Manner()
    accepted: frozenset[str] = frozenset()
    several: frozenset[str] = frozenset()

    def answer(self, wished: Wished) -> Answer:
        """What a wish comes to: by the first copy of its mail that stands the test, else by the first."""
        answers = [self._answer(wished, raw, mail) for raw, mail in wished.copies]
        return next((each for each in answers if each.objections), answers[0])

    def _answer(self, wished: Wished, raw: RawMessage, mail: Message) -> Answer:
        if why := self._program(raw, mail):
            return Answer(wished, "", (), why)
        about = ground(mail, self.places, self.letters)
        if about is None:
            return Answer(wished, "", (), "it answers nothing that is known here")
        who, people = asker(mail.sender, about, ()), None
        if who is None:
            people = self.people_of(about)
            who = asker(mail.sender, about, people or ())
        if who is None:
            return Answer(wished, about.title, (), _stranger(mail.sender, people is not None))
        found = objections(wished.request, who, about, mail, self.manner.terms, self.now)
        if why := self._doubt(raw, mail, about) if found else _NOTHING:
            return Answer(wished, about.title, (), why)
        by = "accepted by you" if mail.message_id in self.accepted - self.several else "signed"
        return Answer(wished, about.title, found, f"{by}, {who.value}")

    def _program(self, raw: RawMessage, mail: Message) -> str:
        """Why the mail is not a person's; empty if it may be."""
        if mail.message_id in self.letters or (
            self.manner.own and mail.sender.email.lower() == self.manner.own
        ):
            return "our own mail"
        if is_robot(mail.sender, self.manner.robots):
            return f"{mail.sender.email} is a program"
        return by_program(raw)

    def _doubt(self, raw: RawMessage, mail: Message, about: Ground) -> str:
        """Why it is not sure that the sender wrote this about that; empty if it is."""
        if mail.message_id in self.accepted - self.several:
            return ""
        vouched = self.vouch(raw)
        if vouched.trust is not Trust.VERIFIED and mail.message_id in self.accepted:
            return "several mails have this Message-ID: give the one you are sure of alone"
        if vouched.trust is not Trust.VERIFIED:
            return f"{vouched.trust.value}: {vouched.why}"
        if vouched.by_subject and title(mail.subject) not in about.subjects:
            return "cannot be checked: what it answers is not signed, and its subject is another"
        return ""


def _stranger(sender: Address, known: bool) -> str:
    """Why nobody has to listen to the sender; `known`: whether it is known who the maintainers are."""
    if known:
        return f"{sender.email} is neither its author nor in MAINTAINERS for its files"
    return f"{sender.email} is not its author, and without a --tree no maintainer is known"


def ambiguous(wishes: Iterable[Wished]) -> frozenset[str]:
    """The Message-IDs on mails that do not ask for the same, or not in the same name: one may be forged."""
    found: dict[str, dict[int, set[tuple[str, Request]]]] = {}
    for wished in wishes:
        for raw, mail in wished.copies:
            asked = found.setdefault(mail.message_id, {}).setdefault(id(raw), set())
            asked.add((mail.sender.email.lower(), wished.request))
    return frozenset(
        name for name, mails in found.items() if len(set(map(frozenset, mails.values()))) > 1
    )


def gathered(
    mails: Iterable[tuple[RawMessage, Message]],
    requests: Callable[[Message], Iterable[Request]],
) -> Iterator[Wished]:
    """The wishes in mails, each once however many copies there are of its mail."""
    found: dict[tuple[str, str, Request], list[tuple[RawMessage, Message]]] = {}
    for raw, mail in mails:
        for request in requests(mail):
            key = (mail.message_id, mail.sender.email, request)
            found.setdefault(key, []).append((raw, mail))
    for (_, _, request), copies in found.items():
        yield Wished(request, tuple(copies))
