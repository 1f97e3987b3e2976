"""Which postings are one series at different times, and which of them is the newest.

Two postings are of one series when they share a change-id, or the sender and the title of the first patch; or
the titles of cover letter and of some patch; or that title alone at another revision (not for a pull request,
whose titles recur); or when one is sent in reply to the other at a higher revision with the same total. A
backport or a pull request is no newer posting of what it carries. Revisions are counted anew when an RFC
becomes a patch; there the date decides.

Law: only what was sent later supersedes. Must not know resends and rerolls, nor what a posting is kept in.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence

from msgspec import Struct

from reviewbot.model.series import Subject
from reviewbot.parse.backport import says_upstream, tree_words
from reviewbot.parse.group import Group
from reviewbot.parse.links import joined
from reviewbot.parse.part import Part
from reviewbot.parse.posting import Slot, Sorting

_FIRST = (1, 0)


class Face(Struct, frozen=True):
    """What a posting is known by in later ones.

    `key` is that of its first mail, `subject` and `sender` are of that mail, `sent` is Unix time. `titles` are
    of its patches by position; `cover` is the title of the cover letter, None where there is none. `recurs` is
    True where the title stands for more than one series, as those of pull requests do. `copied` tells that a
    patch names the commit it was taken from. `over` is the key of the posting that it was sent in reply to.
    """

    key: str
    sender: str
    subject: Subject
    revision: int
    total: int | None
    sent: float
    titles: tuple[tuple[Slot, str], ...] = ()
    cover: str | None = None
    change_ids: tuple[str, ...] = ()
    is_pull: bool = False
    recurs: bool = False
    copied: bool = False
    over: str = ""

    @property
    def whose(self) -> tuple[str, bool, bool, frozenset[str]]:
        """The sender, and what sets postings of the same patches apart: pull request, backport, its trees."""
        return (self.sender, self.is_pull, self.copied, tree_words(self.subject.prefix))

    @property
    def names(self) -> Iterator[Hashable]:
        """What is the same in the next revision of a series."""
        yield from self.change_ids
        for slot, title in self.titles:
            if slot == _FIRST and title:
                yield (*self.whose, title)
            if self.cover is not None:
                yield (*self.whose, self.cover, title)
        if not self.titles:
            yield (*self.whose, self.subject.text, "")

    @property
    def title(self) -> Hashable:
        """What another revision is known by when its patches have new titles; None for a pull request."""
        if self.is_pull or self.recurs or not self.subject.text:
            return None
        return (*self.whose, self.subject.text)


def superseded(groups: Sequence[Group], sorting: Sorting) -> dict[str, int]:
    """For the lead of each group that a later one supersedes, the newest revision."""
    leads = {part.key: group.lead.key for group in groups for part in _parts(group)}
    faces = [_face(group, leads, sorting) for group in groups]
    return {key: revision for family in kin(faces) for key, revision in _older(family)}


def kin(faces: Iterable[Face]) -> list[list[Face]]:
    """The postings by the series that they are of, in the order given; each oldest first.

    Older is the lower revision, and of two of the same the one sent earlier; where there are RFCs among them
    the one sent earlier.
    """
    faces = list(faces)
    above = joined((face.key for face in faces), _pairs(faces))
    families: dict[str, list[Face]] = {}
    for face in faces:
        families.setdefault(above[face.key], []).append(face)
    return [_by_age(family) for family in families.values()]


def _pairs(faces: Sequence[Face]) -> Iterator[tuple[str, str]]:
    """Pairs of postings of the same series at different times."""
    first: dict[Hashable, str] = {}
    titles: dict[Hashable, dict[int, str]] = {}
    known = {face.key: face for face in faces}
    for face in faces:
        for name in face.names:
            yield face.key, first.setdefault(name, face.key)
        if title := face.title:
            others = titles.setdefault(title, {})
            others[face.revision] = face.key
            yield from ((face.key, other) for other in list(others.values())[-2:])
        over = known.get(face.over, face)
        if (face.sender, face.total) == (over.sender, over.total) and face.revision > over.revision:
            yield face.key, over.key


def _by_age(family: Sequence[Face]) -> list[Face]:
    mixed = len({face.subject.has("RFC") for face in family}) > 1
    return sorted(
        family, key=lambda face: (0 if mixed else face.revision, face.sent, face.revision)
    )


def _older(family: Sequence[Face]) -> Iterator[tuple[str, int]]:
    newest = family[-1]
    for face in family:
        is_older = (face.revision, face.sent) != (newest.revision, newest.sent)
        if is_older and face.sent <= newest.sent:
            yield face.key, newest.revision


def _parts(group: Group) -> tuple[Part, ...]:
    return (group.lead, *group.own, *group.folded)


def _face(group: Group, leads: dict[str, str], sorting: Sorting) -> Face:
    lead = group.lead
    return Face(
        key=lead.key,
        sender=lead.sender,
        subject=lead.subject,
        revision=group.revision,
        total=group.total,
        sent=sorting.links.when[lead.key][0],
        titles=tuple((part.slot, part.subject.text) for part in group.own),
        cover=group.cover.subject.text if group.cover is not None else None,
        change_ids=tuple(
            part.body.change_id
            for part in _parts(group)
            if part.body is not None and part.body.change_id
        ),
        is_pull=lead.is_pull,
        recurs=lead.requests_pull,
        copied=any(part.patch and says_upstream(part.patch.commit_message) for part in group.own),
        over=leads.get(sorting.above.get(lead.key, ""), ""),
    )
