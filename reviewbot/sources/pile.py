"""The mails gathered so far, and the series they make.

To tell series apart the text of answers is not needed, nor the middle of a long patch: the bytes of a mail go
into the spool, and of its text no more is kept than what the grouping looks at.

Law: the series of a pile are those of its mails, whatever order they came in. Must not know archives.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from msgspec.structs import replace

from reviewbot.model.message import Message, RawMessage
from reviewbot.model.series import Series
from reviewbot.parse import extent
from reviewbot.parse.mail import message
from reviewbot.parse.subject import subject
from reviewbot.parse.thread import series
from reviewbot.sources.spool import Spool

# Characters of a patch that are kept: from where its diff begins, and its end, where base and change-id are.
_HEAD = 3_000
_TAIL = 2_000
# A cover letter is kept whole, unless it is none.
_LONGEST = 64_000


class Pile:
    """Mails by Message-ID and by the answer of an archive they came in."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._messages: list[Message] = []
        self._numbers: dict[str, list[int]] = {}
        self._answers: list[frozenset[str]] = []
        self._series: tuple[Series, ...] | None = None

    def __contains__(self, message_id: object) -> bool:
        """Whether the mail of that id is here."""
        return message_id in self._numbers

    def add(self, mails: Iterable[RawMessage]) -> int:
        """Put the mails of one answer on the pile; how many were new.

        A mail that an earlier answer brought is not taken again. Copies within one answer are, since lists
        change mails and only all copies together tell which is the fullest.
        """
        here: set[str] = set()
        new = 0
        try:
            for raw in mails:
                said = message(raw)
                if said.message_id in here or said.message_id not in self._numbers:
                    self._take(raw, said)
                    new += 1
                here.add(said.message_id)
        finally:
            if here:
                self._answers.append(frozenset(here))
                self._series = None
        return new

    def series(self) -> tuple[Series, ...]:
        """The series that the mails make."""
        if self._series is None:
            self._series = series(self._messages)
        return self._series

    def beside(self, ids: Iterable[str]) -> frozenset[str]:
        """The ids of all mails that came in one answer with any of these."""
        wanted = frozenset(ids)
        return frozenset().union(*(each for each in self._answers if each & wanted), wanted)

    def numbers(self, ids: Iterable[str]) -> tuple[int, ...]:
        """Where the mails of these ids lie in the spool, every copy, in the order they came."""
        return tuple(sorted({n for each in ids for n in self._numbers.get(each, ())}))

    def _take(self, raw: RawMessage, said: Message) -> None:
        number = self._spool.put(raw)
        self._numbers.setdefault(said.message_id, []).append(number)
        self._messages.append(replace(said, body=_needed(said), origin=f"{raw.origin}#{number}"))


def number(said: Message) -> int:
    """Where the mail lies in the spool that a message of a pile's series was made from."""
    return int(said.origin.rpartition("#")[2])


def ids(one: Series) -> Iterator[str]:
    """The Message-IDs of all mails of a series, what was folded away included."""
    yield from own_ids(one)
    yield from (each.message.message_id for each in one.follow_ups)


def own_ids(one: Series) -> Iterator[str]:
    """The Message-IDs of cover letter and patches."""
    if one.cover is not None:
        yield one.cover.message_id
    yield from (patch.message_id for patch in one.patches)
    yield from one.duplicates


def _needed(said: Message) -> str:
    """As much of the text as tells what the mail is."""
    if subject(said.subject).reply:
        return ""
    body = said.body
    begin = extent.begin(body)
    keep = begin + _HEAD if begin >= 0 else _LONGEST
    if len(body) <= keep + _TAIL:
        return body
    # Two patches are the same if the digests are.
    digest = sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{body[:keep]}\n {digest}\n{body[-_TAIL:]}"
