"""An answer: read to its end, unpacked, looked at, and only then given.

Law: what is given is complete; a body whose end cannot be told from a broken connection is refused. Must not
know why it was asked for.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import IO, BinaryIO, Protocol, Self, cast

from reviewbot.errors import OutputError
from reviewbot.sources.web.belief import HEAD, Doubt, Want, doubt, is_complete
from reviewbot.sources.web.body import plain, starts_packed

# An answer up to this size stays in memory.
_IN_MEMORY = 4 << 20
_TAIL = 64


class Reply(Protocol):
    """The head of an answer whose body is still to come."""

    url: str

    def header(self, name: str) -> str:
        """A field of the head, or an empty string."""

    @property
    def is_sized(self) -> bool:
        """Whether a body that is cut off can be told from one that is complete."""

    def pieces(self) -> Iterator[bytes]:
        """The body as sent."""


class DoubtError(Exception):
    """The answer is not what was asked for."""

    def __init__(self, doubt: Doubt) -> None:
        super().__init__(doubt.what)
        self.doubt = doubt


class EndlessError(Exception):
    """Nobody can tell whether the answer is complete."""


class Answer:
    """A complete answer, unpacked, in a temporary file that goes when the answer is closed (`with`)."""

    def __init__(self, url: str, body: IO[bytes], fields: Mapping[str, str]) -> None:
        """`url` is where it came from in the end; `fields` are those of its head, in lower case."""
        self.url = url
        self._body = body
        self._fields = fields

    def open(self) -> BinaryIO:
        """The body from its first byte; valid until the answer is closed."""
        self._body.seek(0)
        return cast(BinaryIO, self._body)

    def header(self, name: str) -> str:
        """A field of the head, or an empty string (`Link`, `Content-Disposition` and `Last-Modified`)."""
        return self._fields.get(name.lower(), "")

    def close(self) -> None:
        """Let the temporary file go."""
        self._body.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_KEPT = ("content-disposition", "last-modified", "link")


def received(reply: Reply, want: Want, limit: int) -> Answer:
    """The answer whose head is `reply`, of at most `limit` bytes unpacked.

    Raises DoubtError, EndlessError, what `plain` raises, and whatever the connection does.
    """
    with ExitStack() as stack:
        body = stack.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY))
        _fill(body, reply, want, limit)
        fields = {name: reply.header(name) for name in _KEPT}
        stack.pop_all()
        return Answer(reply.url, cast(IO[bytes], body), fields)


def _fill(body: IO[bytes], reply: Reply, want: Want, limit: int) -> None:
    encoding = reply.header("Content-Encoding").strip().lower()
    sent = reply.pieces()
    first = next(sent, b"")
    pieces = plain(_chained(first, sent), encoding, limit)
    head = beginning(pieces)
    if found := doubt(want, reply.header("Content-Type"), head):
        raise DoubtError(found)
    tail = head
    _write(body, head)
    for piece in pieces:
        _write(body, piece)
        tail = (tail + piece)[-_TAIL:]
    # A gzip says itself where it ends.
    if not (reply.is_sized or encoding or starts_packed(first) or is_complete(want, tail)):
        raise EndlessError


def beginning(pieces: Iterator[bytes]) -> bytes:
    """The first `HEAD` bytes, or more; all of them if there are fewer."""
    head = bytearray()
    for piece in pieces:
        head += piece
        if len(head) >= HEAD:
            break
    return bytes(head)


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _write(body: IO[bytes], piece: bytes) -> None:
    try:
        body.write(piece)
    except OSError as error:
        where = tempfile.gettempdir()
        raise OutputError(f"{where}: cannot be written: {error.strerror}") from error
