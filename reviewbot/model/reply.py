"""Reply: one mail answering one patch.

Law: its Message-ID is derived from the patch it answers and from what it says, so that a second run
cannot make a second mail. Must not know how it is worded or sent; it has no date until it is written.
"""

from msgspec import Struct

from reviewbot.model.message import Address


class Reply(Struct, frozen=True):
    """One mail to come. `body` has `\\n` line ends; `rules` are the ids of the rules that speak in it."""

    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    sender: Address
    reply_to: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    body: str
    rules: tuple[str, ...]
