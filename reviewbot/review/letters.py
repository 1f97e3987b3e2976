"""Letters: the replies of an outcome, each with what etiquette must know of the mail it answers.

Law: a pure function; what cannot be answered, because nobody was sent it, is no letter. Must not know where
letters are kept.
"""

from collections.abc import Iterator

from reviewbot.model.letter import Letter
from reviewbot.model.message import MADE_UP, Message
from reviewbot.model.posting import posting
from reviewbot.model.printable import identifier
from reviewbot.model.series import Series
from reviewbot.review.outcome import Outcome


def letters(outcome: Outcome) -> Iterator[Letter]:
    """A letter for each reply to a mail that has a Message-ID of its own."""
    mails = {identifier(mail.message_id): mail for mail in _mails(outcome.series)}
    for reply in outcome.replies:
        answered = mails.get(reply.in_reply_to)
        if reply.in_reply_to and answered and not reply.in_reply_to.endswith(MADE_UP):
            yield Letter(reply, posting(outcome.series, answered), reply.claims)


def _mails(series: Series) -> Iterator[Message]:
    """The mails that are answered: the patches, and before them the cover letter."""
    if series.cover is not None:
        yield series.cover
    yield from (patch.message for patch in series.patches)
