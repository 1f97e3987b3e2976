"""Entry: a letter as it lies in the outbox, or one that cannot be read any more; and what letters are asked
for by.

Law: an entry is what was read at one moment; only `Outbox` changes what is kept. Must not know how.
"""

from datetime import datetime
from fnmatch import fnmatchcase
from hashlib import sha256

import msgspec
from msgspec import Struct

from reviewbot.model.letter import Letter, Stage

SHORT = 8
DIGEST = 12


class Entry(Struct, frozen=True):
    """A letter and where it stands.

    `id` is 32 hex digits over the mail that is answered and what is said; it stays when the words are edited,
    the Message-ID and `digest` do not. `held` is when it was put in, `changed` when it was moved or edited
    last. `not_before` is when it may be tried again, where a server said so. `tries` counts the moves to
    sending.
    """

    id: str
    letter: Letter
    stage: Stage
    held: datetime
    changed: datetime
    edited: bool = False
    not_before: datetime | None = None
    tries: int = 0

    @property
    def short(self) -> str:
        """What people name it by."""
        return self.id[:SHORT]

    @property
    def digest(self) -> str:
        """12 hex digits over all of the mail that would be sent, by which a person can say what was read."""
        return digest(self.letter)


class Unreadable(Struct, frozen=True):
    """A letter whose row is damaged: its id, the stage it seems to be in, and what is wrong with it."""

    id: str
    stage: Stage | None
    why: str

    @property
    def short(self) -> str:
        """What people name it by."""
        return self.id[:SHORT]


def digest(letter: Letter) -> str:
    """12 hex digits over the mail that a letter would be, headers and words."""
    return sha256(msgspec.json.encode(letter.reply)).hexdigest()[:DIGEST]


class Query(Struct, frozen=True):
    """Which letters are meant; empty fields match all, the others must all agree.

    `ids` are beginnings of ids; `series` is a Message-ID or words of the subject; `rule` and `list` are globs,
    the latter on List-Ids and addresses of the mail that is answered.
    """

    stages: tuple[Stage, ...] = ()
    ids: tuple[str, ...] = ()
    series: str = ""
    rule: str = ""
    list: str = ""

    def matches(self, entry: Entry) -> bool:
        """Whether this letter is meant."""
        return (
            (not self.stages or entry.stage in self.stages)
            and (not self.ids or any(entry.id.startswith(start) for start in self.ids))
            and (not self.series or _in_series(entry, self.series))
            and (not self.rule or _says(entry, self.rule))
            and (not self.list or _to_list(entry, self.list.lower()))
        )


class Holding(Struct, frozen=True):
    """What came of holding a letter: its id, whether it lies there now and did not before, and why not."""

    id: str
    held: bool
    why: str = ""


def _in_series(entry: Entry, wanted: str) -> bool:
    posting = entry.letter.posting
    bare = wanted.strip().removeprefix("<").removesuffix(">")
    ids = (posting.series, posting.message_id, posting.lineage)
    return bare in ids or wanted.lower() in posting.subject.lower()


def _says(entry: Entry, rule: str) -> bool:
    named = (*entry.letter.reply.rules, *(claim.rule for claim in entry.letter.claims))
    return any(fnmatchcase(name, rule) for name in named)


def _to_list(entry: Entry, wanted: str) -> bool:
    """Whether the mail that is answered went to a list: `kvm`, `kvm.vger.kernel.org` or `kvm@*`."""
    posting = entry.letter.posting
    names = [name.lower() for name in posting.list_ids]
    names += [address.email.lower() for address in (*posting.to, *posting.cc)]
    return any(
        fnmatchcase(name, wanted) or wanted in (name.partition("@")[0], name.partition(".")[0])
        for name in names
    )
