"""Follow-ups: what people answered, the trailers they gave, and the patch they gave them for.

Law: only what the answerer wrote counts, not what is quoted, below the signature or in a diff. Must not
know who may give which trailer.
"""

import re

from reviewbot.model.message import Message
from reviewbot.model.series import FollowUp, Trailer
from reviewbot.parse.trailers import trailers

# The signature line, with or without the blank RFC 3676 §4.3 asks for; or a diff.
_END = re.compile(r"^(?:--[ \t]*$|diff --)", re.MULTILINE)
_GIVEN = re.compile(r"[a-z]+(?:-[a-z]+)*-by\Z", re.IGNORECASE)


def follow_up(message: Message, under: str) -> FollowUp:
    """`message` as a follow-up; `under` is the Message-ID of the patch or cover letter it answers."""
    return FollowUp(message=message, trailers=given(message.body), under=under)


def given(text: str) -> tuple[Trailer, ...]:
    """The `…-by:` trailers with an address in an answer's own words."""
    if "-by:" not in text.lower():
        return ()
    end = _END.search(text)
    own = text[: end.start()] if end else text
    return tuple(
        trailer for trailer in trailers(own) if _GIVEN.match(trailer.key) and "@" in trailer.value
    )
