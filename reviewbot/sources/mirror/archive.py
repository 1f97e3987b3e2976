"""The local mirrors as one archive: asked before the network is.

Law: answers as `sources.archive` has it, and asks nothing but disks; a mail that is in several mirrors is
given once. Must not know how mirrors are made or brought up to date.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial

from reviewbot.errors import ServiceError
from reviewbot.model.message import RawMessage
from reviewbot.sources.archive import Sought
from reviewbot.sources.mirror import lookup, schema
from reviewbot.sources.mirror.lookup import Place
from reviewbot.sources.mirror.opening import OpenMirror
from reviewbot.sources.mirror.settings import Mirrors
from reviewbot.sources.mirror.shelf import Mirror, mirrors

_Question = Callable[[sqlite3.Connection], Iterable[Place]]


class MirrorArchive:
    """All local mirrors together; implements `sources.archive.Archive`."""

    def __init__(self, shelf: Sequence[OpenMirror]) -> None:
        self._shelf = tuple(shelf)

    def __bool__(self) -> bool:
        """Whether there is any mirror to ask."""
        return bool(self._shelf)

    @property
    def name(self) -> str:
        """What people call it."""
        names = ", ".join(each.mirror.name for each in self._shelf)
        return f"the local mirror{'s' * (len(self._shelf) > 1)} {names}".rstrip()

    def mail(self, message_id: str) -> RawMessage | None:
        """The mail of that id, or None where no mirror has it."""
        return next(self._mails(partial(lookup.of_id, message_id=message_id)), None)

    def thread(self, message_id: str) -> Iterator[RawMessage]:
        """The mails of the thread the mail is in, oldest first; what one mirror lacks another may have."""
        known = partial(lookup.of_id, message_id=message_id)
        if any(each.ask(known) for each in self._shelf):
            ids = self._connected(message_id)
            yield from self._mails(partial(lookup.of_threads, ids=ids))

    def posted(self, sought: Sought) -> Iterator[RawMessage]:
        """Mails that are the ones sought, oldest first in each mirror."""
        return self._mails(partial(lookup.of_sought, sought=sought))

    def _connected(self, message_id: str) -> frozenset[str]:
        """The ids of a thread, as all mirrors together see it."""
        ids = frozenset((message_id,))
        while len(self._shelf) > 1:
            more = ids.union(
                place.message_id
                for each in self._shelf
                for place in each.ask(partial(lookup.of_threads, ids=ids))
            )
            if more == ids:
                break
            ids = more
        return ids

    def _mails(self, question: _Question) -> Iterator[RawMessage]:
        """The mails at the places that answer a question, each Message-ID once."""
        seen: set[str] = set()
        for each in self._shelf:
            for place in each.ask(question):
                if place.message_id not in seen and (mail := each.mail(place)):
                    seen.add(place.message_id)
                    yield mail


@contextmanager
def opened(settings: Mirrors) -> Iterator[MirrorArchive]:
    """The mirrors that have an index, open in a `with` block. Raises ServiceError for one that is damaged."""
    with ExitStack() as stack:
        yield MirrorArchive(
            [
                stack.enter_context(closing(OpenMirror(mirror, index)))
                for mirror in mirrors(settings)
                if (index := _index(mirror)) is not None
            ]
        )


def _index(mirror: Mirror) -> sqlite3.Connection | None:
    try:
        return schema.read(mirror.folder)
    except sqlite3.Error as error:
        raise ServiceError(
            f"mirror {mirror.name}: its index cannot be read ({error})",
            f"`reviewbot mirror update {mirror.name}` makes it anew",
        ) from None
