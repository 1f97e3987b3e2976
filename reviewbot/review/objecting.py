"""Objecting: what a wish in an answer is about, who may have it, and what it comes to.

Law: only the author of what is answered, and who is named in MAINTAINERS for its files, may ask; what an author
asks for holds for the author's own series. Whether a mail is from whom it says is for others to tell. A pure
function. Must not know where anything is kept.

Source: rule catalogue §4.2 rule 6.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.model.letter import Letter
from reviewbot.model.message import Address, Message
from reviewbot.model.posting import lineage
from reviewbot.model.printable import header
from reviewbot.model.reply import Claim
from reviewbot.model.said import Objection, Wish
from reviewbot.model.series import Patch, Series
from reviewbot.parse.feedback import Request
from reviewbot.parse.subject import subject
from reviewbot.review.terms import Terms

Title = tuple[str, int, int | None, int, int | None]
CHANGE_ID = "change-id:"
TITLE_LIMIT = 72


class Asker(Enum):
    """Whose word counts."""

    AUTHOR = "the author"
    MAINTAINER = "in MAINTAINERS"


class Place(Struct, frozen=True):
    """Where a mail stands: the series, and the patch (or cover letter) it is or is under."""

    series: Series
    under: str


class Ground(Struct, frozen=True):
    """What an answer is about: the series, who wrote it, its files, and what we said there.

    `author` is whom we write to, in lower case; `authors` who posted it. `subjects` are those of
    the mails that may have been answered.
    """

    lineage: str
    title: str
    author: str
    authors: frozenset[str]
    subjects: frozenset[Title]
    paths: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    series: Series | None = None


def places(series: Iterable[Series]) -> Mapping[str, Place]:
    """Where each mail of these series stands, by Message-ID; what patches and cover letters say comes first."""
    found: dict[str, Place] = {}
    all_series = tuple(series)
    for one in all_series:
        for mail in _mails(one):
            found.setdefault(mail.message_id, Place(one, mail.message_id))
    for one in all_series:
        for answer in one.follow_ups:
            found.setdefault(answer.message.message_id, Place(one, answer.under))
    return found


def ground(
    message: Message, places: Mapping[str, Place], letters: Mapping[str, Letter]
) -> Ground | None:
    """What an answer is about: our letter among what it answers, else the nearest mail that is known.

    `letters` are ours by Message-ID. None for an answer to nothing that is known.
    """
    above = (*message.in_reply_to, *reversed(message.references))
    letter = next((letters[name] for name in above if name in letters), None)
    # Who answers a letter speaks of what the letter is about, whatever else is referred to.
    names = (letter.posting.message_id,) if letter else above
    place = next((places[name] for name in names if name in places), None)
    if letter is None and place is None:
        return None
    return _ground(letter, place)


def asker(sender: Address, ground: Ground, maintainers: Collection[Address]) -> Asker | None:
    """As who the sender may ask, or None; `maintainers` are those of the files."""
    email = sender.email.lower()
    if email and email in ground.authors:
        return Asker.AUTHOR
    if email and any(email == person.email.lower() for person in maintainers):
        return Asker.MAINTAINER
    return None


def objections(
    request: Request, who: Asker, ground: Ground, mail: Message, terms: Terms, now: datetime
) -> tuple[Objection, ...]:
    """What a wish comes to; empty for a false positive where we said nothing and no rule is named."""
    when = min(mail.date, now) if mail.date else now
    days = terms.days(request.wish)
    base = Objection(
        wish=request.wish,
        by=mail.sender.email.lower(),
        source=mail.message_id,
        when=when,
        reason=request.reason,
        rule=request.rule,
        until=when + timedelta(days=days) if days else None,
    )
    return tuple(_narrowed(base, who, ground))


def title(text: str) -> Title:
    """What of a subject stays the same in its answers: the words, the revision and the place in the series."""
    parsed = subject(text)
    return (parsed.text.lower(), parsed.revision, parsed.position, parsed.insert, parsed.total)


def _narrowed(base: Objection, who: Asker, ground: Ground) -> Iterator[Objection]:
    # Whoever posts a series can put somebody else's name on a patch in it: an author speaks for nobody else.
    author = base.by if who is Asker.AUTHOR else ground.author
    # Anybody can post under a change-id; the other name of a lineage has the author in it.
    poster = author if ground.lineage.startswith(CHANGE_ID) else ""
    here = replace(base, lineage=ground.lineage, author=poster)
    match base.wish:
        case Wish.OPTOUT:
            yield replace(base, author=author)
        case Wish.OFF:
            yield here
        case Wish.FALSE_POSITIVE:
            where = here if who is Asker.AUTHOR else base
            meant = [claim for claim in ground.claims if base.rule in ("", claim.rule)]
            for claim in meant:
                yield replace(where, rule=claim.rule, fingerprint=claim.fingerprint)
            if base.rule and not meant:
                yield here


def _ground(letter: Letter | None, place: Place | None) -> Ground:
    """What a letter of ours is about, what is known of its series, or what is under a place; not both None."""
    posting = letter.posting if letter else None
    answered = [posting.subject, letter.reply.subject] if posting and letter else []
    senders = [posting.author] if posting else []
    patches: tuple[Patch, ...] = ()
    if place:
        # Not those of every patch: anybody can send one into a thread.
        senders.append(place.series.author)
        patches = tuple(p for p in place.series.patches if p.message_id == place.under)
        mails = sorted(_mails(place.series), key=lambda mail: mail.message_id != place.under)
        answered += [mail.subject for mail in mails]
    known = posting.lineage if posting else lineage(place.series) if place else ""
    paths = (path for p in patches or (place.series.patches if place else ()) for path in _paths(p))
    return Ground(
        lineage=known,
        title=header(answered[0] if answered else "", TITLE_LIMIT),
        author=senders[0].email.lower(),
        authors=frozenset(filter(None, (sender.email.lower() for sender in senders))),
        subjects=frozenset(map(title, answered)),
        paths=tuple(dict.fromkeys(paths)),
        claims=letter.claims if letter else (),
        series=place.series if place else None,
    )


def _paths(patch: Patch) -> Iterator[str]:
    for file in patch.files:
        yield from filter(None, (file.old_path, file.new_path))


def _mails(series: Series) -> Iterator[Message]:
    """The mails that were posted: the cover letter, the patches."""
    if series.cover is not None:
        yield series.cover
    yield from (patch.message for patch in series.patches)
