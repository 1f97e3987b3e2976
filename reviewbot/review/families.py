"""Families: the series of one input that are one work at different times.

Law: the relation is that of `parse.kin`, told from what a series holds; a thread without patches is of no
family. Must not know findings.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC

from reviewbot.model.message import Message
from reviewbot.model.problem import ProblemKind
from reviewbot.model.series import Patch, Series
from reviewbot.parse.backport import says_upstream
from reviewbot.parse.kin import Face, kin
from reviewbot.parse.links import key
from reviewbot.parse.part import Part, Role
from reviewbot.parse.subject import subject


def families(found: Iterable[Series]) -> tuple[tuple[Series, ...], ...]:
    """The series by the work that they are postings of, in the order given; each oldest first.

    `found` is what `parse.thread.series` made of one input. A series without kin is a family of its own;
    threads without patches are left out.
    """
    posted = {key(_lead(one)): one for one in found if one.cover or one.patches}
    homes = _homes(posted)
    faces = [_face(name, one, homes) for name, one in posted.items()]
    return tuple(tuple(posted[face.key] for face in family) for family in kin(faces))


def sent(message: Message) -> int:
    """When a mail was sent, in Unix seconds; 0 where it does not say."""
    if message.date is None:
        return 0
    date = message.date if message.date.tzinfo else message.date.replace(tzinfo=UTC)
    return int(date.timestamp())


def first_sent(one: Series) -> int:
    """When the first mail of a series that has patches was sent, in Unix seconds."""
    return sent(_lead(one))


def _lead(one: Series) -> Message:
    """Its cover letter or pull request, else its first patch; of a partial reroll its first own patch."""
    own = [patch for patch in one.patches if patch.subject.revision == one.revision]
    is_reroll = any(problem.kind is ProblemKind.MIXED_REVISIONS for problem in one.problems)
    if one.cover is not None and not (is_reroll and own):
        return one.cover
    return (own or one.patches)[0].message


def _face(name: str, one: Series, homes: Mapping[str, str]) -> Face:
    message = _lead(one)
    lead = Part(name, message, subject(message.subject), Role.TALK)
    return Face(
        key=name,
        sender=lead.sender,
        subject=lead.subject,
        revision=one.revision,
        total=one.total,
        sent=sent(message),
        titles=tuple((_slot(patch), patch.subject.text) for patch in one.patches),
        cover=subject(one.cover.subject).text if one.cover is not None else None,
        change_ids=(one.change_id,) if one.change_id else (),
        is_pull=lead.is_pull,
        recurs=lead.requests_pull,
        copied=any(says_upstream(patch.commit_message) for patch in one.patches),
        over=next((homes[above] for above in _above(message) if above in homes), ""),
    )


def _slot(patch: Patch) -> tuple[int, int]:
    return Part(patch.message_id, patch.message, patch.subject, Role.PATCH).slot


def _above(message: Message) -> Sequence[str]:
    """The mails that it answers, the nearest first."""
    return (*message.in_reply_to, *reversed(message.references))


def _homes(posted: Mapping[str, Series]) -> dict[str, str]:
    """The lead of the posting that each mail is of, or was said under."""
    homes: dict[str, str] = {}
    for lead, one in posted.items():
        for name in _named(one):
            homes.setdefault(name, lead)
    for lead, one in posted.items():
        for name in one.duplicates:
            homes.setdefault(name, lead)
    return homes


def _named(one: Series) -> Iterator[str]:
    if one.cover is not None:
        yield one.cover.message_id
    yield from (patch.message_id for patch in one.patches)
    yield from (answer.message.message_id for answer in one.follow_ups)
