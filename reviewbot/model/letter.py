"""Letter: a reply on its way out, with what is said in it and where it stands.

Law: a stage is only ever left for one that `MOVES` names; what happened on the way is kept as moves, each with
who, when and why. Must not know how letters are kept or sent.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from msgspec import Struct

from reviewbot.model.posting import Posting
from reviewbot.model.reply import Claim, Reply

__all__ = ["MOVES", "Claim", "Letter", "Move", "Stage"]


class Stage(Enum):
    """Where a letter stands."""

    HELD = "held"
    APPROVED = "approved"
    SENDING = "sending"
    UNDECIDED = "undecided"
    SENT = "sent"
    DROPPED = "dropped"


# `sending` is left by what the server says: taken, not now (approved again), never (held again), or nothing at
# all (undecided). Nothing leaves `sent`.
MOVES: Mapping[Stage, frozenset[Stage]] = {
    Stage.HELD: frozenset({Stage.APPROVED, Stage.DROPPED}),
    Stage.APPROVED: frozenset({Stage.HELD, Stage.SENDING, Stage.DROPPED}),
    Stage.SENDING: frozenset({Stage.SENT, Stage.APPROVED, Stage.HELD, Stage.UNDECIDED}),
    Stage.UNDECIDED: frozenset({Stage.SENT, Stage.APPROVED, Stage.DROPPED}),
    Stage.SENT: frozenset(),
    Stage.DROPPED: frozenset({Stage.HELD}),
}


class Letter(Struct, frozen=True):
    """A reply, the posting it answers, and its claims."""

    reply: Reply
    posting: Posting
    claims: tuple[Claim, ...] = ()

    @property
    def message_id(self) -> str:
        """The Message-ID it will be sent under, without brackets."""
        return self.reply.message_id


class Move(Struct, frozen=True):
    """A letter went from one stage to another (`None`: it was made)."""

    letter: str
    before: Stage | None
    after: Stage
    who: str
    when: datetime
    why: str = ""
