"""Trouble: what of an archive could not be read or reviewed.

Law: names the mail and the reason, in words for people. Must not know where it is kept.
"""

from msgspec import Struct


class Trouble(Struct, frozen=True, order=True):
    """What kind of trouble, in which archive, at which place there, and why."""

    kind: str
    archive: str
    place: str
    detail: str = ""
