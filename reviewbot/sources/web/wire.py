"""Connections that keep a deadline: no read lasts longer than the time that is left.

A read timeout counts from byte to byte, so that a server which sends one now and then is waited for without
end, in the head of an answer as in its body. Here every read asks the deadline first. Law: the only file that
imports urllib3; all its failures become one `WireError`. Must not know what is asked.
"""

import io
import ssl
from collections.abc import Iterator
from functools import partial
from http.client import HTTPResponse
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, SSLError
from urllib3.response import BaseHTTPResponse

from reviewbot.sources.web.clock import Deadline
from reviewbot.sources.web.failures import WireError

PIECE = 64 << 10

Failure = HTTPError


class _Reader(io.RawIOBase):
    """The bytes of a socket; each read may last as long as the timeout and the deadline allow."""

    def __init__(self, raw: io.RawIOBase, sock: Any, deadline: Deadline) -> None:
        self._raw = raw
        self._sock = sock
        self._timeout = sock.gettimeout()
        self._deadline = deadline

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        """As the socket's own."""
        left = self._deadline.left
        if not left:
            raise TimeoutError("timed out")
        self._sock.settimeout(left if self._timeout is None else min(left, self._timeout))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        """Close the bytes, and the socket where nobody else has it open."""
        self._raw.close()
        super().close()


class _Response(HTTPResponse):
    """An answer whose head and body are read through a `_Reader`."""

    def __init__(self, deadline: Deadline, sock: Any, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        raw: Any = self.fp
        self.fp = io.BufferedReader(_Reader(raw.detach(), sock, deadline))


def _pool(kind: type[HTTPConnectionPool], deadline: Deadline, *args: Any, **options: Any) -> Any:
    """A pool whose connections answer with `_Response`."""
    pool = kind(*args, **options)
    plain: Any = HTTPSConnection if kind is HTTPSConnectionPool else HTTPConnection
    kept: Any = partial(_connection, plain, deadline)
    pool.ConnectionCls = kept
    return pool


def _connection(kind: Any, deadline: Deadline, *args: Any, **options: Any) -> Any:
    connection = kind(*args, **options)
    connection.response_class = partial(_Response, deadline)
    return connection


def timed(pools: PoolManager, deadline: Deadline) -> None:
    """Make all connections of `pools` keep the deadline."""
    kinds: Any = {
        "http": partial(_pool, HTTPConnectionPool, deadline),
        "https": partial(_pool, HTTPSConnectionPool, deadline),
    }
    pools.pool_classes_by_scheme = kinds


def pieces(raw: BaseHTTPResponse) -> Iterator[bytes]:
    """The body as it was sent, not decoded. Raises WireError where it ends before it is complete."""
    while True:
        try:
            piece = raw.read(PIECE, decode_content=False)
        except (HTTPError, OSError) as error:
            raise failure(error) from None
        if not piece:
            return
        yield piece


def is_sized(raw: BaseHTTPResponse) -> bool:
    """Whether the end of the body can be told from a connection that broke (RFC 9112, section 6.3)."""
    is_chunked: bool = getattr(raw, "chunked", False)
    return is_chunked or getattr(raw, "length_remaining", None) is not None


def failure(error: BaseException) -> WireError:
    """An error of the layers below as one of ours."""
    causes = _causes(error)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return WireError(f"its certificate is not valid: {cause.verify_message}", is_tls=True)
    for cause in causes:
        if isinstance(cause, ssl.SSLError | SSLError):
            return WireError(f"no encrypted connection: {_ssl_reason(cause)}", is_tls=True)
    for cause in reversed(causes):
        if isinstance(cause, TimeoutError):
            return WireError("no answer in time")
        if isinstance(cause, OSError) and cause.strerror:
            return WireError(cause.strerror.lower())
    return WireError("the connection broke off")


def _ssl_reason(error: BaseException) -> str:
    reason = getattr(error, "reason", None)
    return reason.lower().replace("_", " ") if isinstance(reason, str) else "it failed"


def _causes(error: BaseException) -> list[BaseException]:
    """An error and all it was made of, each once, the outermost first."""
    found = [error]
    for each in found:
        inner = (getattr(each, "reason", None), *each.args, each.__cause__, each.__context__)
        known = {id(one) for one in found}
        found += [one for one in inner if isinstance(one, BaseException) and id(one) not in known]
    return found
