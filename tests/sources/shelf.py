"""An archive of mails in memory, which answers like lore does: a thread is what references tie together."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from reviewbot.errors import ServiceError
from reviewbot.model.message import Message, RawMessage
from reviewbot.parse.body import body
from reviewbot.parse.links import links
from reviewbot.parse.mail import message
from reviewbot.sources.archive import Sought


class Shelf:
    """The mails of one archive; `asked` are the questions that were put to it."""

    def __init__(self, mails: Sequence[bytes], name: str = "shelf") -> None:
        self.name = name
        self.asked: list[str | Sought] = []
        self._mails = [RawMessage(data, f"{name}, {n}") for n, data in enumerate(mails)]
        self._said = [message(raw) for raw in self._mails]

    def mail(self, message_id: str) -> RawMessage | None:
        pairs = zip(self._mails, self._said, strict=True)
        return next((raw for raw, said in pairs if said.message_id == message_id), None)

    def thread(self, message_id: str) -> Iterator[RawMessage]:
        self.asked.append(message_id)
        tied = links(self._said).thread
        home = tied.get(message_id)
        for raw, said in zip(self._mails, self._said, strict=True):
            if home is not None and tied[said.message_id] == home:
                yield raw

    def posted(self, sought: Sought) -> Iterator[RawMessage]:
        self.asked.append(sought)
        for raw, said in zip(self._mails, self._said, strict=True):
            if _is_sought(said, sought):
                yield raw


class Closed(Shelf):
    """An archive that does not answer."""

    def __init__(
        self, name: str = "closed", mails: Sequence[bytes] = (), has: bool = False
    ) -> None:
        super().__init__(mails, name)
        self._has = has

    def thread(self, message_id: str) -> Iterator[RawMessage]:
        if self._has:
            yield from super().thread(message_id)
        else:
            raise ServiceError(f"{self.name}: does not answer")

    def posted(self, sought: Sought) -> Iterator[RawMessage]:
        raise ServiceError(f"{self.name}: does not answer")
        yield


def _is_sought(said: Message, sought: Sought) -> bool:
    if sought.change_id:
        return body(said.body).change_id == sought.change_id
    date = said.date or datetime(1970, 1, 1, tzinfo=UTC)
    words = re.findall(r"\w+", sought.subject.lower())
    return (
        set(words) <= set(re.findall(r"\w+", said.subject.lower()))
        and sought.author.lower() in ("", said.sender.email.lower())
        and (sought.since is None or date >= sought.since)
        and (sought.until is None or date <= sought.until)
    )
