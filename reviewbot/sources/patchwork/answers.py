"""What a Patchwork server says: the parts of its JSON that are read, and where a list goes on.

Source: Patchwork's API documentation, versions 1.1 to 1.3 (`docs/api/schemas`), RFC 8288 for `Link`.

Law: fields that are not named here may come and go; one that is named and is of another type is
refused. Must not know how it is asked for.
"""

import re
from typing import TypeVar

import msgspec
from msgspec import Struct

from reviewbot.errors import ServiceError

T = TypeVar("T")
_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[^,;\"]*(?:\"[^\"]*\")?)*)")
_FIELD = re.compile(r";\s*([\w*-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s\";,]+))")


class Ref(Struct, frozen=True):
    """A series, patch or cover letter named inside another answer."""

    id: int
    name: str | None = None
    msgid: str | None = None
    mbox: str | None = None


class SeriesAnswer(Struct, frozen=True):
    """`/api/series/ID/`: the series, and how much of it the server has received."""

    id: int
    mbox: str
    name: str | None = None
    version: int = 1
    total: int = 0
    received_total: int = 0
    received_all: bool = True
    cover_letter: Ref | None = None
    patches: tuple[Ref, ...] = ()


class PatchAnswer(Struct, frozen=True):
    """One of `/api/patches/` or `/api/covers/`: its id, its Message-ID, the series it is in.

    Of a patch also its state, in the server's words in lower case with dashes, and whether it was put away.
    """

    id: int
    mbox: str
    msgid: str | None = None
    name: str | None = None
    series: tuple[Ref, ...] = ()
    state: str | None = None
    archived: bool | None = None


def decoded(body: bytes, shape: type[T], asked: str) -> T:
    """The answer to `asked` as a value of `shape`. Raises ServiceError where it is something else."""
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.MsgspecError as error:
        raise ServiceError(
            f"{asked}: the answer is not what Patchwork says ({error})",
            "Is `url` in [[patchwork]] the address of the server's front page?",
        ) from None


def next_page(link: str) -> str:
    """The address of the next page that a `Link` header names, or an empty string."""
    for target, rest in _LINK.findall(link):
        fields = {name.lower(): quoted or bare for name, quoted, bare in _FIELD.findall(rest)}
        if "next" in fields.get("rel", "").lower().split():
            found: str = target
            return found
    return ""
