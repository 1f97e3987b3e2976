"""Parts become postings: the cover letter and patches that were sent together.

A part joins the posting of the nearest patch or cover letter above it in the thread, or one of its thread
with the same sender, revision and total, or one its Message-ID shows to be of the same run; a part without
any reference joins the same sender's, sent within a day (git send-email --no-thread). It joins only where
its position is free, so that a second `1/2` begins a second posting. What its author sent under it within an
hour belongs to it even if the revision was left out (`v2 1/2`, then `2/2`).

Law: the same mails give the same postings in whatever order they come; a patch without counter is a
posting of its own. Must not know what becomes of resends and rerolls.
"""

from collections.abc import Hashable, Iterable, Iterator

from msgspec import Struct

from reviewbot.parse.links import Links
from reviewbot.parse.part import Part, Role, run
from reviewbot.parse.patch import was_mailed

Slot = tuple[int, int]

_DAY = 86_400
_HOUR = 3_600
# How many earlier postings of the same author and kind are tried; bounds the work on hostile input.
_TRIED = 8


class Posting(Struct, frozen=True, eq=False):
    """Parts sent together, in reading order. `slots` are the positions taken.

    `alone` says that no part has a reference or is answered by another part.
    """

    parts: list[Part]
    slots: dict[Slot, Part]
    alone: bool

    @property
    def lead(self) -> Part:
        """The part that tells revision and total: the first patch, else the cover letter."""
        return next((each for each in self.parts if not each.on_top), self.parts[0])

    @property
    def only_cover(self) -> bool:
        """Whether there is a cover letter and nothing else yet."""
        return all(each.on_top for each in self.parts)


class Sorting(Struct, frozen=True):
    """What came of the parts: postings, talk, and over each mail the nearest part in the thread.

    `parts` and `home` map the key of a part to it and its posting, `above` any key to that of a part.
    """

    links: Links
    answered: frozenset[str]
    postings: list[Posting]
    talk: list[Part]
    above: dict[str, str]
    parts: dict[str, Part]
    home: dict[str, Posting]
    shelves: dict[Hashable, list[Posting]]


def sort_out(parts: Iterable[Part], links: Links) -> Sorting:
    """Put every part into its posting."""
    in_order = sorted(parts, key=lambda part: (*links.when[part.key], *_rank(part)))
    answered = frozenset(
        links.parent.get(part.key, "") for part in in_order if part.role is not Role.TALK
    )
    sorting = Sorting(links, answered, [], [], {}, {}, {}, {})
    for part in in_order:
        _take(part, sorting)
    return sorting


def _rank(part: Part) -> tuple[int, int, int, str]:
    subject = part.subject
    return (subject.revision, subject.position or 0, subject.insert, part.key)


def _take(part: Part, sorting: Sorting) -> None:
    parent = sorting.links.parent.get(part.key, "")
    above = parent if parent in sorting.home else sorting.above.get(parent, "")
    if above:
        sorting.above[part.key] = above
    if part.role is Role.TALK:
        sorting.talk.append(part)
        return
    near = sorting.home.get(above)
    posting = _joined(part, near, sorting)
    if posting is None and near is not None and _is_remark(part, sorting.parts[above]):
        sorting.talk.append(part)
        return
    if posting is None:
        posting = Posting([], {}, _alone(part, sorting))
        sorting.postings.append(posting)
    posting.parts.append(part)
    posting.slots.setdefault(part.slot, part)
    sorting.home[part.key] = posting
    sorting.parts[part.key] = part
    for shelf in _shelves(part, sorting):
        places = sorting.shelves.setdefault(shelf, [])
        if posting not in places[-_TRIED:]:
            places.append(posting)


def _joined(part: Part, near: Posting | None, sorting: Sorting) -> Posting | None:
    if part.subject.position is None:
        return near if near is not None and _completes(part, near) else None
    for posting in _candidates(part, near, sorting):
        if _fits(part, posting, near, sorting.links):
            return posting
    return near if near is not None and _mislabelled(part, near, sorting.links) else None


def _candidates(part: Part, near: Posting | None, sorting: Sorting) -> Iterator[Posting]:
    if near is not None:
        yield near
    for shelf in _shelves(part, sorting):
        yield from reversed(sorting.shelves.get(shelf, [])[-_TRIED:])


def _shelves(part: Part, sorting: Sorting) -> Iterator[Hashable]:
    """Where to look for a posting that this part may belong to, likeliest first."""
    subject = part.subject
    if subject.position is None:
        return
    kind = (subject.revision, subject.total, part.aims)
    if series := run(part.message.message_id):
        yield series
    yield (sorting.links.thread[part.key], part.sender, *kind)
    if not was_mailed(part.message):
        # Files of git format-patch that were never mailed: the sender is each commit's author.
        yield (part.message.origin.rpartition("/")[0], *kind)
    elif _alone(part, sorting):
        yield (part.sender, *kind)


def _alone(part: Part, sorting: Sorting) -> bool:
    message = part.message
    return part.key not in sorting.answered and not message.in_reply_to and not message.references


def _completes(part: Part, near: Posting) -> bool:
    """Whether this is the one patch under a `[PATCH 0/1]`."""
    cover = near.parts[0]
    return near.only_cover and cover.subject.total == 1 and cover.sender == part.sender


def _fits(part: Part, posting: Posting, near: Posting | None, links: Links) -> bool:
    lead, subject = posting.lead, part.subject
    if lead.subject.position is None and not posting.only_cover:
        return False
    same_run = bool(run(part.message.message_id)) and _same_run(part, lead)
    same_revision = subject.revision == lead.subject.revision
    if part.slot in posting.slots:
        return same_run and same_revision and part.slot > (1, 0)
    if not (posting is near or same_run or _reaches(part, posting, links)):
        return False
    if part.role is Role.COVER and part.sender != lead.sender:
        return False
    if same_run and (same_revision or posting.only_cover):
        return True
    total = lead.subject.total or 1
    return same_revision and (subject.total == lead.subject.total or part.slot[0] > total)


def _mislabelled(part: Part, near: Posting, links: Links) -> bool:
    """Whether the author sent this at once under the cover letter or first patch, with another label.

    The cover letter counts or names the revision differently, or a later patch leaves the revision out.
    """
    lead = near.lead
    if part.slot in near.slots or part.sender != lead.sender or _apart(part, near, links) > _HOUR:
        return False
    return near.only_cover or (
        part.subject.total == lead.subject.total and part.subject.revision == 1
    )


def _apart(part: Part, posting: Posting, links: Links) -> float:
    return abs(links.when[part.key][0] - links.when[posting.parts[-1].key][0])


def _same_run(part: Part, lead: Part) -> bool:
    return run(part.message.message_id) == run(lead.message.message_id)


def _reaches(part: Part, posting: Posting, links: Links) -> bool:
    """Whether a posting found by its sender and counters is near enough: same thread, or same day."""
    if links.thread[part.key] == links.thread[posting.parts[0].key]:
        return True
    if not posting.alone:
        return False
    return not was_mailed(part.message) or _apart(part, posting, links) <= _DAY


def _is_remark(part: Part, over: Part) -> bool:
    """Whether a mail under a patch or cover letter is a remark on it, sent without `Re:`."""
    if over.slot != part.slot or over.subject.total != part.subject.total:
        return False
    if over.subject.revision != part.subject.revision:
        return False
    return part.role is Role.HOLLOW or (part.role is Role.COVER and part.sender != over.sender)
