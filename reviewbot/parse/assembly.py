"""A group and what was said under it become a Series value.

Law: nothing is decided here, only gathered: what the mails say of base, change-id and prerequisites, which
Message-IDs were folded away, and the problems. Must not know how groups are made.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from reviewbot.model.message import Message
from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.model.series import FollowUp, Patch, Series, SeriesKind
from reviewbot.parse.body import Body
from reviewbot.parse.gaps import missing, problems
from reviewbot.parse.group import Group
from reviewbot.parse.part import Role
from reviewbot.parse.project import project
from reviewbot.parse.subject import subject as read_subject


def posted(
    group: Group, said: Sequence[FollowUp], copies: Collection[str], superseded_by: int
) -> Series:
    """The series of a posting; `copies` are the Message-IDs of which there was more than one mail."""
    lead = group.lead
    patches = tuple(_patches(group))
    bodies = tuple(_bodies(group))
    prerequisites = tuple(dict.fromkeys(each for body in bodies for each in body.prerequisites))
    whose = project(
        lead.subject, lead.message, (file.path for patch in patches for file in patch.files)
    )
    return Series(
        kind=SeriesKind.PULL_REQUEST
        if lead.is_pull or lead.role is Role.PULL
        else SeriesKind.PATCHES,
        subject=(group.cover or lead).subject.text,
        author=lead.message.sender,
        revision=group.revision,
        prefix=_prefix(group),
        total=group.total,
        cover=group.cover.message if group.cover is not None else None,
        patches=patches,
        missing=missing(group),
        follow_ups=tuple(said),
        base_commit=next((body.base_commit for body in bodies if body.base_commit), ""),
        change_id=next((body.change_id for body in bodies if body.change_id), ""),
        prerequisites=prerequisites,
        project=whose,
        duplicates=_duplicates(group, said, copies),
        superseded_by=superseded_by,
        problems=problems(group, prerequisites, whose),
    )


def discussion(mails: Sequence[Message], copies: Collection[str]) -> Series:
    """The series of a thread without patches; `mails` in reading order."""
    first = mails[0]
    subject = read_subject(first.subject)
    claims = not subject.reply and any("patch" in word.lower() for word in subject.prefix)
    return Series(
        kind=SeriesKind.DISCUSSION,
        subject=subject.text,
        author=first.sender,
        revision=subject.revision,
        prefix=subject.prefix,
        follow_ups=tuple(FollowUp(message=mail) for mail in mails),
        project=project(subject, first, ()),
        duplicates=tuple(mail.message_id for mail in mails if mail.message_id in copies),
        problems=(Problem(ProblemKind.NO_DIFF, "the subject says PATCH"),) if claims else (),
    )


def stand_ins(group: Group) -> Mapping[str, str]:
    """For each part folded away, the Message-ID of the one that stands for it."""
    slots = {part.slot: part.key for part in reversed(group.patches)}
    if group.cover is not None:
        slots[group.cover.slot] = group.cover.key
    return {part.key: slots[part.slot] for part in group.folded if part.slot in slots}


def _patches(group: Group) -> Iterator[Patch]:
    return (part.patch for part in group.patches if part.patch is not None)


def _bodies(group: Group) -> Iterator[Body]:
    parts = (group.cover, *group.patches)
    return (part.body for part in parts if part is not None and part.body is not None)


def _prefix(group: Group) -> tuple[str, ...]:
    """The bracketed words of all its subjects, each once, in the order they first stand."""
    first: dict[str, str] = {}
    for part in (group.lead, *group.own):
        for word in part.subject.prefix:
            first.setdefault(word.lower(), word)
    return tuple(first.values())


def _duplicates(group: Group, said: Sequence[FollowUp], copies: Collection[str]) -> tuple[str, ...]:
    mails = [part.message for part in (group.lead, *group.own) if part.key in copies]
    mails += [each.message for each in said if each.message.message_id in copies]
    folded = [part.message for part in group.folded]
    return tuple(dict.fromkeys(message.message_id for message in (*folded, *mails)))
