"""The table `[feedback]`: for how long is followed what people ask for in their answers.

Law: light, because every run reads it. Must not know mails.
"""

from typing import Annotated

from msgspec import Meta, Struct

from reviewbot.model.said import Wish

_Days = Annotated[int, Meta(ge=0, le=36_500)]


class Terms(Struct, frozen=True, forbid_unknown_fields=True):
    """For how many days a wish is kept, by what was asked for: the `[feedback]` table; 0 is for ever."""

    false_positive_days: _Days = 365
    off_days: _Days = 365
    optout_days: _Days = 0

    def days(self, wish: Wish) -> int:
        """The days for a wish."""
        return {
            Wish.FALSE_POSITIVE: self.false_positive_days,
            Wish.OFF: self.off_days,
            Wish.OPTOUT: self.optout_days,
        }[wish]
