"""The table `[cache]`: how much is kept, and how long a thread is believed to be as it was.

Law: light, because every run reads it. Must not know where the cache lies.
"""

from typing import Annotated

from msgspec import Meta, Struct


class Keep(Struct, frozen=True, forbid_unknown_fields=True):
    """What the cache may hold: `max_bytes` in all; threads and searches are fresh for `thread_minutes`."""

    max_bytes: Annotated[int, Meta(ge=0)] = 1 << 30
    thread_minutes: Annotated[float, Meta(ge=0)] = 30.0
