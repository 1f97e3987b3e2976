"""Trust: what is known of whether a mail is from whom it says.

Law: what could not be checked is neither verified nor failed. Must not know how it was checked.
"""

from enum import Enum

from msgspec import Struct


class Trust(Enum):
    """The three answers, the best first."""

    VERIFIED = "verified"
    FAILED = "failed"
    UNKNOWN = "cannot be checked"


class Vouched(Struct, frozen=True):
    """The answer, and why: for people.

    `by_subject`: what the mail answers is not vouched for, its subject is.
    """

    trust: Trust
    why: str
    by_subject: bool = False
