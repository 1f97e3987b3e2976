"""Mails become series: covers, patches in order, revisions apart, follow-ups where they belong.

The steps: who answers whom (`links`), what each mail is (`part`), what was sent together (`posting`,
`group`), what was sent again (`revisions`), what is wrong (`gaps`).

Law: the series depend on the set of mails alone, not on their order or the clock; each mail is a cover
letter, a patch, a follow-up or a named duplicate of just one series (and a patch also of the series that
inherits it). Must not know C, rules or trees.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from reviewbot.model.message import Message
from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.model.series import FollowUp, Patch, Series, SeriesKind
from reviewbot.parse.followup import follow_up
from reviewbot.parse.gaps import missing, problems
from reviewbot.parse.group import Group, groups
from reviewbot.parse.links import Links, links
from reviewbot.parse.part import Part, Role, part
from reviewbot.parse.patch import says_patch
from reviewbot.parse.posting import Sorting, sort_out
from reviewbot.parse.project import project
from reviewbot.parse.revisions import superseded, with_rerolls, without_resends


def series(messages: Iterable[Message]) -> tuple[Series, ...]:
    """The series in `messages`, by date and then Message-ID of their first mail.

    A thread without any patch is one series of kind `DISCUSSION`, its mails follow-ups.
    """
    tied = links(messages)
    sorting = sort_out((part(key, message) for key, message in tied.mails.items()), tied)
    found = with_rerolls(without_resends(groups(sorting), sorting), sorting)
    newer = superseded(found, sorting)
    talk = _talk(found, sorting)
    posted = [
        (tied.when[group.lead.key][0], group.lead.key, _series(group, talk.get(group.lead.key, ()), newer, tied))
        for group in found
    ]
    discussed = [
        (tied.when[parts[0].key][0], parts[0].key, _discussion(parts, tied))
        for parts in _discussions(found, sorting)
    ]
    return tuple(each for *_, each in sorted((*posted, *discussed), key=lambda entry: entry[:2]))
