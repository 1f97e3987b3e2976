"""Group: a posting with its cover letter found and its patches in the author's order.

A cover letter may have lost its brackets: then it is the mail by the same sender that began the thread and
that the patches answer. The same person's bug report with one patch under it is read that way too; b4 does.

Law: a mail is in one field of one group. Must not know resends and rerolls, though it has room for them.
"""

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.model.problem import Problem
from reviewbot.parse.part import Part
from reviewbot.parse.posting import Posting, Slot, Sorting


class Group(Struct, frozen=True):
    """One posting at one revision.

    `lead` is the cover letter or pull request, else the first patch. `own` are the patches sent with it,
    `inherited` those of an earlier revision that a partial reroll leaves as they are, `folded` the parts
    others stand for.
    """

    lead: Part
    cover: Part | None
    own: tuple[Part, ...]
    inherited: tuple[Part, ...] = ()
    folded: tuple[Part, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def revision(self) -> int:
        """The highest revision any of its own mails names."""
        return max(part.subject.revision for part in (self.lead, *self.own))

    @property
    def patches(self) -> tuple[Part, ...]:
        """Own and inherited patches by position."""
        return tuple(sorted((*self.own, *self.inherited), key=in_series))

    @property
    def slots(self) -> dict[Slot, Part]:
        """Its own patches by position; of two at one position the first."""
        return {part.slot: part for part in reversed(self.own)}

    @property
    def total(self) -> int | None:
        """The total most patches name, the higher of two; without patches the cover letter's."""
        named = Counter(
            each.subject.total for each in self.patches if each.subject.total is not None
        )
        if named:
            return max(named, key=lambda total: (named[total], total))
        return self.lead.subject.total


def groups(sorting: Sorting) -> tuple[Group, ...]:
    """A group for every posting, in reading order."""
    bare = _bare_covers(sorting)
    return tuple(
        _group(posting, bare.get(number)) for number, posting in enumerate(sorting.postings)
    )


def in_series(part: Part) -> tuple[int, int, str]:
    """The order of parts in a series: position, insert, Message-ID."""
    return (*part.slot, part.key)


def _group(posting: Posting, bare: Part | None) -> Group:
    own = tuple(sorted((part for part in posting.parts if part.patch is not None), key=in_series))
    tops = (part for part in posting.parts if part.on_top)
    cover = next(tops, bare)
    return Group(lead=cover or own[0], cover=cover, own=own)


def _bare_covers(sorting: Sorting) -> dict[int, Part]:
    """The cover letters without brackets, by number of the posting; only where one posting claims it."""
    talk = {part.key: part for part in sorting.talk}
    claims = [
        (number, talk[parent])
        for number, posting in enumerate(sorting.postings)
        for parent in _parents(posting, sorting)
        if parent in talk and _is_cover(talk[parent], posting)
    ]
    wanted = Counter(part.key for _, part in claims)
    return {number: part for number, part in claims if wanted[part.key] == 1}


def _parents(posting: Posting, sorting: Sorting) -> Iterator[str]:
    """What the first part answers, unless there is a cover letter."""
    if posting.lead is posting.parts[0] and posting.lead.patch is not None:
        yield sorting.links.parent.get(posting.lead.key, "")


def _is_cover(mail: Part, posting: Posting) -> bool:
    message = mail.message
    return (
        not mail.subject.prefix
        and not mail.subject.reply
        and not message.in_reply_to
        and not message.references
        and mail.sender == posting.lead.sender
    )
