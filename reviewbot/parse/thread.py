"""Mails become series: cover letters, patches in order, revisions apart, follow-ups where they belong.

The steps: who answers whom (`links`), what each mail is (`part`), what was sent together (`posting`,
`group`), beside its thread (`strays`) or again (`revisions`, `kin`), what is wrong (`gaps`), all of it as
values (`assembly`).

Law: the series depend on the set of mails alone, not on their order or the clock; each mail is a cover
letter, a patch, a follow-up or a named duplicate of just one series (and a patch also of the series that
inherits it). Must not know C, rules or trees.
"""

from collections.abc import Iterable, Sequence

from reviewbot.model.message import Message
from reviewbot.model.series import FollowUp, Series
from reviewbot.parse.assembly import discussion, posted, stand_ins
from reviewbot.parse.followup import follow_up
from reviewbot.parse.group import Group, groups
from reviewbot.parse.kin import superseded
from reviewbot.parse.links import links
from reviewbot.parse.part import Part, part
from reviewbot.parse.posting import Sorting, sort_out
from reviewbot.parse.revisions import with_rerolls, without_resends
from reviewbot.parse.strays import with_strays


def series(messages: Iterable[Message]) -> tuple[Series, ...]:
    """The series in `messages`, by date and then Message-ID of their first mail.

    A thread without any patch is one series of kind `DISCUSSION`, all its mails follow-ups. A mail that
    answers no patch (the report a patch answers) is a follow-up of the first series of its thread.
    """
    tied = links(messages)
    sorting = sort_out((part(key, message) for key, message in tied.mails.items()), tied)
    whole = with_strays(groups(sorting), sorting)
    found = with_rerolls(without_resends(whole, sorting), sorting)
    newer = superseded(found, sorting)
    talk = _talk(found, sorting)
    made = []
    for group in found:
        said = _said(group, talk.pop(group.lead.key, []), sorting)
        made.append(
            (group.lead.key, posted(group, said, tied.copies, newer.get(group.lead.key, 0)))
        )
    for parts in talk.values():
        made.append((parts[0].key, discussion([each.message for each in parts], tied.copies)))
    made.sort(key=lambda one: (tied.when[one[0]][0], one[0]))
    return tuple(each for _, each in made)


def _said(group: Group, talk: Sequence[Part], sorting: Sorting) -> tuple[FollowUp, ...]:
    instead = stand_ins(group)
    return tuple(
        follow_up(each.message, instead.get(above, above))
        for each in talk
        for above in (sorting.above.get(each.key, ""),)
    )


def _talk(found: Sequence[Group], sorting: Sorting) -> dict[str, list[Part]]:
    """The talk in reading order, by the lead of the group it belongs to, else by thread."""
    leads = {member.key: group.lead.key for group in found for member in members(group)}
    thread = sorting.links.thread
    first: dict[str, str] = {}
    for group in found:
        first.setdefault(thread[group.lead.key], group.lead.key)
    talk: dict[str, list[Part]] = {}
    for each in sorting.talk:
        if each.key in leads:
            continue
        above = sorting.above.get(each.key, "")
        place = leads.get(above) or first.get(thread[each.key]) or f"thread of {thread[each.key]}"
        talk.setdefault(place, []).append(each)
    return talk


def members(group: Group) -> tuple[Part, ...]:
    """All parts that are of this group and no other."""
    covers = (group.cover,) if group.cover is not None and not group.inherited else ()
    return (*covers, *group.own, *group.folded)
