"""Request: what an audit was asked for, and what it is held to.

Law: two audits with equal requests, held to the same, find the same. Must not know databases.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import PurePath

import msgspec
from msgspec import Struct

from reviewbot.run.audit.terms import Terms
from reviewbot.sources.bulk.volume import Volume

_UNFIT = re.compile(r"[^A-Za-z0-9._+-]+")


class Request(Struct, frozen=True):
    """The archives as named, the terms, and the span of time (Unix seconds, of the patches).

    `kit` is a digest of rules and configuration: with other ones an audit cannot go on.
    """

    sources: tuple[str, ...]
    volumes: tuple[Volume, ...]
    terms: Terms
    since: int
    until: int
    kit: str
    program: str

    @property
    def name(self) -> str:
        """Names the audit, for the folder of its report: equal requests have equal names."""
        first = PurePath(self.volumes[0].name).name if self.volumes else "nothing"
        return f"{_UNFIT.sub('-', first)[:60]}-{sha256(msgspec.json.encode(self)).hexdigest()[:8]}"

    def differences(self, other: "Request") -> tuple[str, ...]:
        """What is not the same in another request, in words."""
        words = {
            "sources": "the archives",
            "volumes": "the archives",
            "terms": "the rules or options",
            "since": "--since",
            "until": "--until",
            "kit": "the configuration",
            "program": "the release of reviewbot",
        }
        return tuple(
            dict.fromkeys(
                word for name, word in words.items() if getattr(self, name) != getattr(other, name)
            )
        )


class Span(Struct, frozen=True):
    """One volume as it was: its number in the index, its age there, and its mark."""

    number: int
    age: int
    mark: str


class Pinned(Struct, frozen=True):
    """What the audit sees of the index: mails up to the number `upto` of these volumes, by position."""

    upto: int
    spans: tuple[Span, ...]


def digest(config: Mapping[str, object]) -> str:
    """Sixteen hex digits that stand for a configuration."""
    return sha256(msgspec.json.encode(config, order="deterministic")).hexdigest()[:16]
