"""Which series is meant: the one a mail is of, its revisions, what an archive has of newer ones.

The rules are b4's: a change-id decides, where both have one; else the sender's address and the title of the
cover letter or of the first patch. A backport and a pull request are no revision of anything.

Law: told from what the mails say; nothing is fetched here. Must not know archives.
"""

from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from reviewbot.model.message import Message
from reviewbot.model.series import Series, SeriesKind, Subject
from reviewbot.parse.backport import tree_words
from reviewbot.parse.body import body
from reviewbot.parse.subject import subject
from reviewbot.sources.pile import ids, own_ids

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Hit(Struct, frozen=True):
    """A mail that an archive offers: the first of a posting, to judge by."""

    message_id: str
    subject: Subject
    sender: str
    date: datetime
    change_id: str = ""


def hits(messages: Iterable[Message]) -> Iterator[Hit]:
    """Those of the mails that may stand for a posting: no answers, and no patch but the first."""
    for said in messages:
        title = subject(said.subject)
        if title.reply or title.position not in (None, 0, 1) or not title.prefix:
            continue
        yield Hit(
            message_id=said.message_id,
            subject=title,
            sender=said.sender.email.lower(),
            date=aware(said.date),
            change_id=body(said.body).change_id,
        )


def aware(date: datetime | None) -> datetime:
    """The date with a zone; a mail without one is older than all others."""
    if date is None:
        return _EPOCH
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def sent(one: Series) -> datetime:
    """When the first mail of the series was sent."""
    mails = [patch.message for patch in one.patches]
    mails += [one.cover] if one.cover is not None else []
    mails = mails or [each.message for each in one.follow_ups]
    return min((aware(mail.date) for mail in mails), default=_EPOCH)


def last_sent(one: Series) -> datetime:
    """When the last patch of the series was sent."""
    return max((aware(patch.message.date) for patch in one.patches), default=sent(one))


def holder(found: Iterable[Series], message_id: str) -> Series | None:
    """The series the mail is of; for one that several have the one it was first sent in."""
    among = [one for one in found if message_id in ids(one)]
    return min(among, key=lambda one: (one.revision, sent(one)), default=None)


def is_kin(one: Series, other: Series) -> bool:
    """Whether two series are revisions of the same."""
    if one.change_id and other.change_id:
        return one.change_id == other.change_id
    if {one.kind, other.kind} != {SeriesKind.PATCHES}:
        return False
    if one.author.email.lower() != other.author.email.lower():
        return False
    return tree_words(one.prefix) == tree_words(other.prefix) and bool(titles(one) & titles(other))


def titles(one: Series) -> frozenset[str]:
    """What the series may be called by: its own title, and that of its first patch."""
    first = (patch.subject.text for patch in one.patches[:1])
    return frozenset(title.lower() for title in (one.subject, *first) if title)


def newest(found: Iterable[Series], named: Series) -> Series:
    """The revision of the series that nothing supersedes; `named` itself where there is none newer."""
    if not named.superseded_by:
        return named
    left = [one for one in found if not one.superseded_by and one.kind is named.kind]
    kin = [one for one in left if is_kin(one, named)]
    heirs = kin or [
        one
        for one in left
        if one.revision == named.superseded_by and one.author.email == named.author.email
    ]
    return max(heirs, key=lambda one: (one.revision, sent(one)), default=named)


def newer(offered: Iterable[Hit], known: Series, have: Container[str]) -> list[Hit]:
    """Of the mails offered the first ones of newer revisions, the newest first.

    Revisions are counted anew when an RFC becomes a patch: with RFCs among them the later date is newer. A
    resend of the same revision counts where something is missing.
    """
    left = [hit for hit in offered if hit.message_id not in have and _is_of(hit, known)]
    is_mixed = len({known.tagged("RFC"), *(hit.subject.has("RFC") for hit in left)}) > 1
    lowest = known.revision - bool(known.missing)
    begin = sent(known)

    def age(hit: Hit) -> tuple[int, datetime]:
        return (0 if is_mixed else hit.subject.revision, hit.date)

    found = [
        hit for hit in left if hit.date > begin and (is_mixed or hit.subject.revision > lowest)
    ]
    return sorted(found, key=age, reverse=True)


def others(offered: Iterable[Hit], known: Series, have: Container[str]) -> list[Hit]:
    """Of the mails offered one for each other posting of the series, oldest first."""
    left = [hit for hit in offered if hit.message_id not in have and _is_of(hit, known)]
    return sorted(left, key=lambda hit: (hit.date, hit.message_id))


def _is_of(hit: Hit, known: Series) -> bool:
    if known.change_id and (hit.change_id or hit.subject.position == 0):
        return hit.change_id == known.change_id
    return (
        hit.sender == known.author.email.lower()
        and hit.subject.text.lower() in titles(known)
        and tree_words(hit.subject.prefix) == tree_words(known.prefix)
    )


def alike(said: Message, known: Series) -> bool:
    """Whether the mail is a part of this series or of one with the same label: sender, total and tree."""
    title = subject(said.subject)
    return (
        not title.reply
        and title.total == known.total
        and said.sender.email.lower() == known.author.email.lower()
        and tree_words(title.prefix) == tree_words(known.prefix)
    )


def missing_parts(messages: Iterable[Message], known: Series) -> list[Message]:
    """Of the mails offered those that fill a gap: same label and revision, a position not there."""
    wanted = {*known.missing, *(() if known.cover else (0,))}
    found = []
    for said in messages:
        title = subject(said.subject)
        if alike(said, known) and title.position in wanted and title.revision == known.revision:
            found.append(said)
    return found


def kept(found: Sequence[Series], target: Series, beside: Collection[str]) -> list[Series]:
    """Of what lies in the threads of the target all but other revisions of it.

    A revision that the target takes patches from stays, or the target would not be what it is.
    """
    own = frozenset(own_ids(target))
    left = []
    for one in found:
        shares = not own.isdisjoint(own_ids(one))
        other = bool(one.superseded_by) or is_kin(one, target)
        near = not frozenset(beside).isdisjoint(ids(one))
        if shares or one is target or (near and not other):
            left.append(one)
    return left
