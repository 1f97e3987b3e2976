"""Whom this process wants to reach by itself, past any proxy: told by the interpreter, which no library avoids.

    with connections() as seen:
        ...
    assert seen == {"127.0.0.1:25"}

Names count when they are looked up, so that a host is seen even where it cannot be reached. What a server of
the test sends from its own port is an answer, and does not count. What a child process does is not seen; see
proxy.py for that.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

# https://docs.python.org/3/library/audit_events.html; all but the last say the address in one value.
_CONNECTING = frozenset(("socket.connect", "socket.sendto", "socket.sendmsg"))
_LOOKUP = "socket.getaddrinfo"


class _Watch(NamedTuple):
    seen: set[str]
    servers: frozenset[str]


_watching: list[_Watch] = []


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watching or not (event in _CONNECTING or event == _LOOKUP):
        return
    address = arguments[:2] if event == _LOOKUP else arguments[1]
    # What has no pair of host and port stays within the machine.
    if not isinstance(address, tuple) or len(address) < 2 or not address[0]:
        return
    asker = "" if event == _LOOKUP else _named(arguments[0].getsockname())
    for watch in _watching:
        if asker not in watch.servers:
            watch.seen.add(_named(address))


def _named(address: tuple[Any, ...]) -> str:
    host = address[0].decode() if isinstance(address[0], bytes) else address[0]
    return f"{host}:{address[1]}"


@cache
def _hooked() -> None:
    """Hooks cannot be taken away, so there is one for all tests."""
    sys.addaudithook(_note)


@contextmanager
def connections(servers: Iterable[str] = ()) -> Iterator[set[str]]:
    """Each `host:port` that is looked up or connected to until the block ends, but for what `servers` send."""
    _hooked()
    watch = _Watch(set(), frozenset(servers))
    _watching.append(watch)
    try:
        yield watch.seen
    finally:
        _watching.remove(watch)
