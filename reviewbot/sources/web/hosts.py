"""Which hosts may be asked: those of the configured addresses, and no other.

Law: what is not named is refused before anything is sent; an address that two readers could read in two ways
is refused too. Must not know what is asked.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from msgspec import Struct

from reviewbot.errors import UsageError
from reviewbot.model.printable import header

_PORTS = {"http": 80, "https": 443}
# What no address holds unencoded, and what some readers take for a slash.
_UNSAFE = re.compile(r"[^!-~]|[\\<>\"]")


class Place(Struct, frozen=True):
    """Where a request would go."""

    scheme: str
    host: str
    port: int

    @property
    def name(self) -> str:
        """`host`, or `host:port` where the port is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")


def place(url: str) -> Place:
    """Where `url` leads. Raises UsageError for what is no plain http or https address."""
    if not _UNSAFE.search(url):
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise UsageError(f"{_short(url)}: not an address") from None
        host = (parts.hostname or "").rstrip(".")
        if parts.scheme in _PORTS and host and "@" not in parts.netloc:
            return Place(parts.scheme, host, port or _PORTS[parts.scheme])
    raise UsageError(f"{_short(url)}: not a plain http or https address")


class Hosts(Struct, frozen=True):
    """The places that may be asked."""

    places: frozenset[Place]

    def allow(self, where: Place) -> bool:
        """Whether a request may go there."""
        return where in self.places

    def admit(self, url: str) -> Place:
        """The place `url` leads to. Raises UsageError where it is not configured."""
        where = place(url)
        if not self.allow(where):
            raise UsageError(
                f"{where.name} is not a configured host: nothing was asked of it", to_add(where)
            )
        return where


def to_add(where: Place) -> str:
    """What a person does to have a place allowed."""
    return f'To allow it: hosts = ["{where.scheme}://{where.name}"] in the table [network].'


def hosts(named: Iterable[str]) -> Hosts:
    """The hosts of base addresses (`https://lore.kernel.org/all`: that scheme, host and port).

    A bare `host` or `host:port` means http and https; an http address allows the same host by https, for a
    server that knows better. Raises UsageError for what is neither.
    """
    return Hosts(frozenset(each for name in named for each in _places(name.strip())))


def _places(name: str) -> Iterator[Place]:
    given = place(name if "://" in name else f"http://{name}")
    yield given
    if given.scheme == "http":
        yield Place("https", given.host, 443 if given.port == 80 else given.port)


def _short(url: str) -> str:
    return header(url, 80) or "(nothing)"
