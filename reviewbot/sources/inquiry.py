"""Archives asked one after the other.

Law: the first that has the mail answers, and none behind it is asked but for what is missing; what one cannot
tell is said once, and does not hinder the next. Must not know series.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from reviewbot.errors import ServiceError
from reviewbot.model.message import RawMessage
from reviewbot.sources.archive import Archive, Sought

Question = TypeVar("Question")


class Inquiry:
    """The archives in their order, and what went wrong with them, by name."""

    def __init__(self, archives: Sequence[Archive]) -> None:
        self.archives = tuple(archives)
        self.troubles: dict[str, ServiceError] = {}
        self._home = len(self.archives)

    @property
    def names(self) -> str:
        """What the archives are called, for people."""
        return ", ".join(archive.name for archive in self.archives) or "no archive"

    def thread(self, message_id: str) -> Iterator[RawMessage]:
        """The thread of a mail, from the first archive that has it, which is home from now on."""
        for place, archive in enumerate(self.archives, 1):
            some = False
            for mail in self.asked(archive, archive.thread, message_id):
                some = True
                yield mail
            if some:
                self._home = place
                return

    def threads_elsewhere(self, message_id: str) -> Iterator[Iterator[RawMessage]]:
        """The thread as each archive behind home has it, one archive after the other."""
        for archive in self.archives[self._home :]:
            yield self.asked(archive, archive.thread, message_id)

    def posted(self, sought: Sought) -> Iterator[RawMessage]:
        """What the archives down to home have of what is sought."""
        for archive in self.archives[: self._home]:
            yield from self.asked(archive, archive.posted, sought)

    def asked(
        self,
        archive: Archive,
        ask: Callable[[Question], Iterator[RawMessage]],
        question: Question,
    ) -> Iterator[RawMessage]:
        """The answer of one archive as far as it comes; a failure is noted down."""
        try:
            yield from ask(question)
        except ServiceError as error:
            self.troubles.setdefault(archive.name, error)
