"""Mails put away while a series is gathered: in a temporary file that nobody else sees.

Law: a mail comes out as it went in, byte for byte; what is in memory does not grow with the mails. Must not
know what they say.
"""

from collections.abc import Iterable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self, overload

from reviewbot.model.message import RawMessage

# Most threads are smaller, and never touch the disk.
_IN_MEMORY = 4 << 20


class Spool:
    """The mails by number, from 0; closed with its `with` block."""

    def __init__(self, in_memory: int = _IN_MEMORY) -> None:
        self._file = SpooledTemporaryFile(max_size=max(1, in_memory))  # noqa: SIM115 - closed by `close`
        self._places: list[tuple[int, int, str]] = []
        self._end = 0

    def __enter__(self) -> Self:
        """Nothing: it is open from the beginning."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def __len__(self) -> int:
        """How many mails there are."""
        return len(self._places)

    def put(self, mail: RawMessage) -> int:
        """Put a mail away; its number."""
        self._file.seek(self._end)
        self._file.write(mail.data)
        self._places.append((self._end, len(mail.data), mail.origin))
        self._end += len(mail.data)
        return len(self._places) - 1

    def mail(self, number: int) -> RawMessage:
        """The mail of that number."""
        at, size, origin = self._places[number]
        self._file.seek(at)
        return RawMessage(self._file.read(size), origin)

    def mails(self, numbers: Iterable[int]) -> "Mails":
        """Some of the mails, in that order, each read when it is asked for."""
        return Mails(self, numbers)

    def close(self) -> None:
        """Forget all mails."""
        self._file.close()


class Mails(Sequence[RawMessage]):
    """Mails of a spool; of use as long as it is open."""

    def __init__(self, spool: Spool, numbers: Iterable[int]) -> None:
        self._spool = spool
        self._numbers = tuple(numbers)

    def __len__(self) -> int:
        """How many mails there are."""
        return len(self._numbers)

    def __iter__(self) -> Iterator[RawMessage]:
        """One after the other."""
        return map(self._spool.mail, self._numbers)

    @overload
    def __getitem__(self, at: int) -> RawMessage: ...

    @overload
    def __getitem__(self, at: slice) -> "Mails": ...

    def __getitem__(self, at: int | slice) -> "RawMessage | Mails":
        """One of them, or some."""
        if isinstance(at, slice):
            return Mails(self._spool, self._numbers[at])
        return self._spool.mail(self._numbers[at])
