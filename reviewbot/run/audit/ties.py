"""Ties: what a mail shares with the others that decide how its series is read.

Two mails of which one could change what `parse.thread.series` makes of the other have a tie in common, or are
connected through mails that have. So the connected mails of an archive can be read alone, and make the series
that the whole archive would make.

Law: sound: a relation that `parse` looks for is a tie; a tie may be more than that. Must not know databases.
"""

from collections.abc import Iterator
from enum import IntEnum
from hashlib import blake2b

from msgspec import Struct

from reviewbot.model.message import MADE_UP
from reviewbot.model.series import Subject
from reviewbot.parse.part import run
from reviewbot.parse.skim import Skimmed
from reviewbot.parse.subject import subject

# A patch that was sent outside its thread joins what was sent within a week (`parse.strays`; in seconds). A
# mail is tied to its own window and to the next one, so that two in neighbouring windows have one in common.
WINDOW = 7 * 86_400
_BYTES = 8


class Role(IntEnum):
    """What a mail may be: talk, what stands over patches or claims to be one, or what has a diff."""

    TALK = 0
    CLAIM = 1
    DIFF = 2


class Tied(Struct, frozen=True, array_like=True):
    """The role of a mail and its ties, 8 bytes each: first its own Message-ID, then those it names."""

    role: Role
    own: bytes
    named: bytes
    shared: bytes


def tied(mail: Skimmed, folder: str) -> Tied:
    """The ties of a mail; `folder` is where its file lies, of use for what was never mailed."""
    role = Role.DIFF if mail.is_diff else Role.TALK
    own, named = digest(mail.message_id), b"".join(map(digest, mail.references))
    # Six mails of ten; `parse.subject` would say the same of them.
    if mail.subject.startswith("Re: "):
        return Tied(role, own, named, b"")
    title = subject(mail.subject)
    if title.reply:
        return Tied(role, own, named, b"")
    if title.prefix or not mail.references:
        role = max(role, Role.CLAIM)
    shared = b"".join(dict.fromkeys(map(digest, _shared(mail, title, folder))))
    return Tied(role, own, named, shared)


def digest(text: str) -> bytes:
    """Eight bytes that stand for a text; among a hundred million the chance that two meet is 1 in 3,700."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()


def split(ties: bytes) -> list[int]:
    """The ties as SQLite keeps them: signed integers."""
    return [
        int.from_bytes(ties[at : at + _BYTES], "big", signed=True)
        for at in range(0, len(ties), _BYTES)
    ]


def _shared(mail: Skimmed, title: Subject, folder: str) -> Iterator[str]:
    """What else than an answer ties a mail that is none (see `parse.posting`, `strays`, `kin`)."""
    if title.text:
        yield f"title\0{mail.sender}\0{title.text}"
    if mail.change_id:
        yield f"change\0{mail.change_id}"
    if title.position is None:
        return
    if common := run(mail.message_id):
        yield f"run\0{common}"
    if mail.message_id.endswith(MADE_UP):
        yield f"folder\0{folder}"
    else:
        window = mail.seconds // WINDOW
        yield f"near\0{mail.sender}\0{title.total}\0{window}"
        yield f"near\0{mail.sender}\0{title.total}\0{window + 1}"
