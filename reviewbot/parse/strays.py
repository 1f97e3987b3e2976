"""Patches that were sent outside the thread of their series: forgotten, bounced, resumed on the next day.

What joins is a posting without cover letter whose positions one posting of the same sender, revision, total and
bracketed words lacks. It must be the only one that lacks them, and no other series of that label may have a
patch of that title. A shortlog in the cover letter (git format-patch writes one) decides: what it
lists is looked for through a week and may answer any mail; what it does not list stays outside. Where there is
none, the patch must answer nothing, and share the word before the first colon with a title of the series.

Law: what could be of two series is of neither; what joined is named in the series. Must not know resends and
rerolls.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.parse.gaps import runs
from reviewbot.parse.group import Group, in_series
from reviewbot.parse.part import Part, Role, run
from reviewbot.parse.patch import was_mailed
from reviewbot.parse.posting import Slot, Sorting

_DAY = 86_400
_WEEK = 7 * _DAY
# With more postings of one author and kind in a week nothing is certain; it also bounds the work.
_MOST = 32

# git shortlog in a cover letter: `A. Author (5):`, titles behind two spaces, what is too long behind four.
_SHORTLOG = re.compile(r"^\S.{0,200} \(\d{1,4}\):\n((?:  .*\n?)+)", re.MULTILINE)
_SAID = re.compile(r"(?:patch|re-?(?:send|sent|post))\Z", re.IGNORECASE)
_WRAPPED = re.compile(r"\n {3,}")


class _Posting(Struct, frozen=True, eq=False):
    """A group and what is asked of it; `listed` are the titles of the shortlog in its cover letter."""

    group: Group
    when: float
    slots: frozenset[Slot]
    listed: frozenset[str]

    @property
    def titles(self) -> frozenset[str]:
        """The titles of its own patches."""
        return frozenset(part.subject.text for part in self.group.own)


def with_strays(groups: Sequence[Group], sorting: Sorting) -> list[Group]:
    """`groups` (in reading order) with those that are parts of another put into it."""
    claims: dict[str, list[_Posting]] = {}
    for home, stray in _pairs(groups, sorting):
        claims.setdefault(home.group.lead.key, []).append(stray)
    known = Counter(name for group in groups for name in {_name(part) for part in group.own})
    fragments = {stray.group.lead.key for strays in claims.values() for stray in strays}
    agreed = {
        home: list(_agreed(strays, known))
        for home, strays in claims.items()
        if home not in fragments
    }
    gone = {stray.lead.key for strays in agreed.values() for stray in strays}
    return [
        _with(group, agreed.get(group.lead.key, ()))
        for group in groups
        if group.lead.key not in gone
    ]


def _pairs(groups: Iterable[Group], sorting: Sorting) -> Iterator[tuple[_Posting, _Posting]]:
    """Series and what seems to be a part of it."""
    shelves: dict[Hashable, list[Group]] = {}
    for group in groups:
        if group.total is not None and not group.lead.is_pull:
            part, *_ = (*group.own, group.lead)
            shelves.setdefault(_kind(part), []).append(group)
    for shelf in shelves.values():
        postings = sorted((_posting(group, sorting) for group in shelf), key=lambda one: one.when)
        times = [one.when for one in postings]
        for stray in postings:
            first = bisect_left(times, stray.when - _WEEK)
            last = bisect_right(times, stray.when + _WEEK)
            if 1 < last - first <= _MOST and _is_fragment(stray.group):
                home = _home(stray, postings[first:last])
                if home is not None:
                    yield home, stray


def _kind(part: Part) -> Hashable:
    """What all parts of a series have in common; its words are compared but for `PATCH` and `RESEND`."""
    words = frozenset(word.lower() for word in part.subject.prefix if not _SAID.match(word))
    return (part.sender, part.subject.total, words)


def _posting(group: Group, sorting: Sorting) -> _Posting:
    return _Posting(
        group=group,
        when=sorting.links.when[group.lead.key][0],
        slots=frozenset(group.slots),
        listed=frozenset(_listed(group.cover)) if group.cover is not None else frozenset(),
    )


def _listed(cover: Part) -> Iterator[str]:
    for found in _SHORTLOG.finditer(cover.message.body):
        yield from (line.strip() for line in _WRAPPED.sub(" ", found[1]).split("\n"))


def _is_fragment(group: Group) -> bool:
    """Whether it may be a part of something: whole patches of one label, and no more of it elsewhere."""
    total = group.total or 0
    alike = len({(_kind(part), part.subject.revision) for part in group.own}) == 1
    return (
        alike
        and group.cover is None
        and not _has_lost_its_head(group)
        and all(
            part.role is Role.PATCH
            and part.slot[0] <= total
            and not part.slot[1]
            and part.message.date is not None
            and was_mailed(part.message)
            for part in group.own
        )
    )


def _has_lost_its_head(group: Group) -> bool:
    """Whether it answers a mail of its own run that is not here: then it is of a series that is not here."""
    runs_here = {run(part.message.message_id) for part in group.own} - {""}
    return any(run(name) in runs_here for name in _outside(group))


def _outside(group: Group) -> Iterator[str]:
    """What its patches answer, but for one another."""
    own = {part.key for part in group.own}
    for part in group.own:
        for name in (*part.message.in_reply_to, *part.message.references):
            if name not in own:
                yield name


def _home(stray: _Posting, near: Iterable[_Posting]) -> _Posting | None:
    """The only posting that the stray can be of."""
    lacking = [one for one in near if one is not stray and _lacks(one, stray)]
    listing = [one for one in lacking if stray.titles <= one.listed]
    among = listing or lacking
    if len(among) != 1 or among[0].group.revision != stray.group.revision:
        return None
    (home,) = among
    return home if listing or _goes_without_saying(home, stray) else None


def _lacks(one: _Posting, stray: _Posting) -> bool:
    """Whether all positions of the stray are free; who sends a part again may forget the revision."""
    larger = one.group.cover is not None or len(one.group.own) > len(stray.group.own)
    alike = stray.group.revision in (1, one.group.revision)
    return larger and alike and one.slots.isdisjoint(stray.slots)


def _goes_without_saying(home: _Posting, stray: _Posting) -> bool:
    """Whether a series without shortlog is the one the stray is of."""
    return (
        not home.listed
        and bool(home.group.own)
        and abs(home.when - stray.when) <= _DAY
        and not any(_outside(stray.group))
        and _areas(stray.titles) <= _areas(home.titles | {home.group.lead.subject.text})
    )


def _areas(titles: Iterable[str]) -> set[str]:
    """What stands before the first colon; a title without one is an area of its own."""
    return {title.partition(":")[0].strip().lower() for title in titles}


def _agreed(strays: Sequence[_Posting], known: Mapping[Hashable, int]) -> Iterator[Group]:
    """Those of the strays of one series that nothing speaks against."""
    rivals: dict[Slot, list[Part]] = {}
    for stray in strays:
        for part in stray.group.own:
            rivals.setdefault(part.slot, []).append(part)
    for stray in strays:
        if all(_is_sure(part, rivals[part.slot], known) for part in stray.group.own):
            yield stray.group


def _is_sure(part: Part, rivals: Sequence[Part], known: Mapping[Hashable, int]) -> bool:
    """Whether it is the first at its position, the others are resends of it, and no series has the title."""
    first, *again = rivals
    return (
        part is first
        and all(each.resent and _name(each) == _name(part) for each in again)
        and known[_name(part)] == len(rivals)
    )


def _name(part: Part) -> Hashable:
    return (_kind(part), part.subject.revision, part.subject.text)


def _with(group: Group, strays: Iterable[Group]) -> Group:
    parts = [part for stray in strays for part in stray.own]
    if not parts:
        return group
    own = tuple(sorted((*group.own, *parts), key=in_series))
    positions = sorted(part.slot[0] for part in parts)
    was = "was" if len(positions) == 1 else "were"
    detail = f"{runs(positions)} of {group.total} {was} not in the thread: joined by author, counter and time"
    problem = Problem(ProblemKind.STITCHED, detail)
    return replace(group, lead=group.cover or own[0], own=own, problems=(*group.problems, problem))
