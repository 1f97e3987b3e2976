"""Shelf: mails of archives that are at hand, read in bulk.

Law: what cannot be read is a trouble with its place; the bytes of a mail are let go when it is decoded. Must
not know series.
"""

from collections.abc import Iterable, Iterator, Mapping

from reviewbot.model.message import Message, RawMessage
from reviewbot.parse.mail import message
from reviewbot.parse.skim import skim
from reviewbot.run.audit.indexing import origin
from reviewbot.run.audit.jobs import Place
from reviewbot.run.audit.trouble import Trouble
from reviewbot.sources.bulk.bodies import Trouble as Unread
from reviewbot.sources.bulk.bodies import bodies
from reviewbot.sources.bulk.volume import Volume


class Shelf:
    """Mails of a slice that are at hand, by place; all that are asked for together are read together."""

    def __init__(self, volumes: Mapping[int, Volume]) -> None:
        self._volumes = volumes
        self._mails: dict[Place, RawMessage] = {}
        self.troubles: list[Trouble] = []

    def take(self, wanted: Iterable[Place]) -> None:
        """Read these mails; what cannot be read is noted."""
        by_volume: dict[int, list[str]] = {}
        for number, place in wanted:
            by_volume.setdefault(number, []).append(place)
        for number, places in by_volume.items():
            volume = self._volumes[number]
            for place, data in bodies(volume, places):
                if isinstance(data, Unread):
                    kind = data.kind.value
                    self.troubles.append(Trouble(kind, volume.name, data.place, data.detail))
                else:
                    self._mails[number, place] = RawMessage(data, origin(volume, place))

    def text(self, place: Place) -> bytes:
        """The text of a mail in which a diff may stand; empty for one that could not be read."""
        raw = self._mails.get(place)
        return b"" if raw is None else skim(raw.data).text

    def messages(self, places: Iterable[Place]) -> Iterator[Message | None]:
        """The mails, decoded, None for those that could not be read."""
        for place in places:
            raw = self._mails.pop(place, None)
            yield None if raw is None else message(raw)
