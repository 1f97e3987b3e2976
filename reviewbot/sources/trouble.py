"""Why the bytes of a mail cannot be had from where a store says they are.

Law: closed set, values only, told for each mail and never raised. Must not know stores.
"""

from enum import Enum

from msgspec import Struct


class TroubleKind(Enum):
    """What is wrong with a mail in a store."""

    MISSING = "missing"
    PURGED = "purged"
    NO_MAIL = "no-mail"
    TOO_LARGE = "too-large"
    DAMAGED = "damaged"
    VANISHED = "vanished"

    @property
    def words(self) -> str:
        """A line for people."""
        return _WORDS[self]


_WORDS = {
    TroubleKind.MISSING: "the repository lacks it",
    TroubleKind.PURGED: "it was purged from the archive",
    TroubleKind.NO_MAIL: "what is there is no mail",
    TroubleKind.TOO_LARGE: "it is too large to be a mail",
    TroubleKind.DAMAGED: "it cannot be read, the store is damaged",
    TroubleKind.VANISHED: "it is no longer where it was",
}


class Trouble(Struct, frozen=True, array_like=True):
    """A mail that cannot be read: its place in the store, why, and what was said about it, if anything."""

    place: str
    kind: TroubleKind
    detail: str = ""
