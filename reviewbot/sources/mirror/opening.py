"""One mirror, open for reading: its index, and its epochs as far as a mail of them was asked for.

Law: only reads, and starts no process before a mail is wanted. What the repository no longer has, or cannot
give, is not there. Must not know which questions there are.
"""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from reviewbot.errors import ServiceError
from reviewbot.model.message import RawMessage
from reviewbot.sources.gitbatch import Batch
from reviewbot.sources.gitstore import Store, environment
from reviewbot.sources.mirror.lookup import Place
from reviewbot.sources.mirror.shelf import Mirror

# Seconds that git may be silent in the middle of an answer.
_PATIENCE = 20.0
_SHA256_DIGITS = 64


class OpenMirror:
    """A mirror with its index; `close` ends all that was started."""

    def __init__(self, mirror: Mirror, index: sqlite3.Connection) -> None:
        self.mirror = mirror
        self._index = index
        self._epochs = mirror.epochs
        self._stores: dict[int, Store] = {}
        self._batches: dict[int, Batch] = {}

    def close(self) -> None:
        """End the processes, and let go of the index."""
        for batch in self._batches.values():
            batch.close()
        for store in self._stores.values():
            store.close()
        self._batches.clear()
        self._stores.clear()
        self._index.close()

    def ask(self, question: Callable[[sqlite3.Connection], Iterable[Place]]) -> list[Place]:
        """What the index answers. Raises ServiceError where it cannot be read."""
        try:
            return list(question(self._index))
        except sqlite3.Error as error:
            name = self.mirror.name
            raise ServiceError(
                f"mirror {name}: its index cannot be read ({error})",
                f"`reviewbot mirror update {name}` makes it anew",
            ) from None

    def mail(self, place: Place) -> RawMessage | None:
        """The mail at that place; None where the repository no longer has it."""
        path = self._epochs.get(place.epoch)
        if path is None:
            return None
        try:
            found = self._batch(path, place).ask(place.blob)
        except (EOFError, TimeoutError):
            # git ended over a damaged object; the next question starts another one.
            self._batches.pop(place.epoch).close()
            return None
        if found is None or found.kind != "blob":
            return None
        return RawMessage(found.data, f"mirror {self.mirror.name}: {place.message_id}")

    def _batch(self, path: Path, place: Place) -> Batch:
        """The git that reads the epoch."""
        number = place.epoch
        if number not in self._stores:
            algorithm = "sha256" if len(place.blob) == _SHA256_DIGITS else "sha1"
            objects = (path / "objects").resolve()
            self._stores[number] = Store(objects, algorithm, environment(path))
        if number not in self._batches:
            store = self._stores[number]
            self._batches[number] = Batch(store.path, store.environment, _PATIENCE)
        return self._batches[number]
