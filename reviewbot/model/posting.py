"""Posting: what etiquette must know of the mail that is answered, and of the series it is in.

Law: facts of the mails only, never an opinion; all of it can be written down as JSON and read back. Must not
know rules, findings or who will be written to.
"""

from datetime import datetime

from msgspec import Struct

from reviewbot.model.message import Address, Message
from reviewbot.model.series import Series, SeriesKind


class Posting(Struct, frozen=True):
    """The mail `message_id`, which is answered, and its series.

    `lineage` is what the revisions of a series share: its change-id, else author and title. `is_reply` is True
    where the mail is itself an answer (`Re:`). `superseded_by` is the newest revision known, or 0. `date` is
    what the author says, `received` what the last server says that took the mail.
    """

    message_id: str
    series: str
    lineage: str
    subject: str
    author: Address
    revision: int = 1
    prefix: tuple[str, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    list_ids: tuple[str, ...] = ()
    date: datetime | None = None
    project: str = ""
    kind: SeriesKind = SeriesKind.PATCHES
    is_reply: bool = False
    auto_submitted: str = ""
    superseded_by: int = 0
    received: datetime | None = None

    def tagged(self, word: str) -> bool:
        """Whether a bracketed word of the subjects is `word`, in any case."""
        return word.lower() in (tag.lower() for tag in self.prefix)


def posting(series: Series, answered: Message) -> Posting:
    """The posting for an answer to `answered`, a patch or the cover letter of `series`."""
    subjects = {patch.message_id: patch.subject for patch in series.patches}
    own = subjects.get(answered.message_id)
    return Posting(
        message_id=answered.message_id,
        series=series.message_id,
        lineage=lineage(series),
        subject=answered.subject,
        author=answered.sender,
        revision=series.revision,
        prefix=series.prefix,
        to=answered.to,
        cc=answered.cc,
        list_ids=answered.list_ids,
        date=answered.date,
        project=series.project,
        kind=series.kind,
        is_reply=own.reply if own else answered.subject.lstrip().lower().startswith("re:"),
        auto_submitted=answered.auto_submitted,
        superseded_by=series.superseded_by,
        received=answered.received,
    )


def lineage(series: Series) -> str:
    """What all revisions share: `change-id:ID`, else `author:ADDRESS title:WORDS`, in lower case.

    Lone surrogates, which cannot be written down, are `?` in it: it is looked for as it was kept.
    """
    title = " ".join(series.subject.lower().split())
    shared = f"author:{series.author.email.lower()} title:{title}"
    if series.change_id:
        shared = f"change-id:{series.change_id}"
    return shared.encode("utf-8", "replace").decode()
