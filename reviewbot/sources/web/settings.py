"""The table `[network]`: how reviewbot asks servers, and as whom.

Law: light, because every run reads it; nothing of the network is imported here. Must not know who is asked.
"""

from typing import Annotated

from msgspec import Meta, Struct

from reviewbot import __version__
from reviewbot.errors import ConfigError

_Count = Annotated[int, Meta(ge=1)]
_Seconds = Annotated[float, Meta(gt=0)]


class Network(Struct, frozen=True, forbid_unknown_fields=True):
    """How servers are asked; times in seconds, sizes in bytes."""

    contact: str = ""
    user_agent: str = ""
    hosts: tuple[str, ...] = ()
    pause: Annotated[float, Meta(ge=0)] = 1.0
    daily_requests: _Count = 1000
    connect_timeout: _Seconds = 10.0
    read_timeout: _Seconds = 30.0
    deadline: _Seconds = 120.0
    attempts: _Count = 4
    max_retry_after: Annotated[float, Meta(ge=0)] = 60.0
    max_bytes: _Count = 256 << 20


def agent(settings: Network, plus: str = "") -> str:
    """The `User-Agent` that is sent: `reviewbot/VERSION (+CONTACT)`, or the template of the settings.

    `{version}` and `{contact}` are filled in; `plus` is what git's `lore.useragentplus` adds to the first
    word, as b4 does (`reviewbot/0.1.0+PLUS`). Raises ConfigError for what cannot stand in a header line.
    """
    plain = "reviewbot/{version} (+{contact})" if settings.contact else "reviewbot/{version}"
    name = (
        (settings.user_agent or plain)
        .replace("{version}", __version__)
        .replace("{contact}", settings.contact)
    )
    if plus:
        first, _, rest = name.partition(" ")
        name = f"{first}+{plus} {rest}".rstrip()
    if not (name.isascii() and name.isprintable()):
        raise ConfigError("network.user_agent: only printable ASCII can be sent as a User-Agent")
    return name
