"""Which postings are one series at different times, and which of them is the newest.

Two postings are of one series when they share a change-id, or the sender and the title of the first patch; or
the titles of cover letter and of some patch; or that title alone at another revision (not for a pull request,
whose titles recur); or when one is sent in reply to the other at a higher revision with the same total. A
backport or a pull request is no newer posting of what it carries. Revisions are counted anew when an RFC
becomes a patch; there the date decides.

Law: only what was sent later supersedes. Must not know resends and rerolls.
"""

from collections.abc import Hashable, Iterator, Sequence

from reviewbot.parse.backport import says_upstream, tree_words
from reviewbot.parse.group import Group
from reviewbot.parse.links import joined
from reviewbot.parse.part import Part
from reviewbot.parse.posting import Sorting


def superseded(groups: Sequence[Group], sorting: Sorting) -> dict[str, int]:
    """For the lead of each group that a later one supersedes, the newest revision."""
    names = [group.lead.key for group in groups]
    above = joined(names, _kin(groups, sorting))
    families: dict[str, list[Group]] = {}
    for group in groups:
        families.setdefault(above[group.lead.key], []).append(group)
    return {
        key: revision for family in families.values() for key, revision in _older(family, sorting)
    }


def _kin(groups: Sequence[Group], sorting: Sorting) -> Iterator[tuple[str, str]]:
    """Pairs of leads of the same series at different times."""
    first: dict[Hashable, str] = {}
    titles: dict[Hashable, dict[int, str]] = {}
    known = {group.lead.key: (group.lead.sender, group.total, group.revision) for group in groups}
    leads = {part.key: group.lead.key for group in groups for part in _parts(group)}
    for group in groups:
        lead = group.lead.key
        for name in _names(group):
            yield lead, first.setdefault(name, lead)
        if title := _title(group):
            others = titles.setdefault(title, {})
            others[known[lead][-1]] = lead
            yield from ((lead, other) for other in list(others.values())[-2:])
        over = leads.get(sorting.above.get(lead, ""), lead)
        if known[lead][:2] == known[over][:2] and known[lead][-1] > known[over][-1]:
            yield lead, over


def _parts(group: Group) -> tuple[Part, ...]:
    return (group.lead, *group.own, *group.folded)


def _names(group: Group) -> Iterator[Hashable]:
    """What is the same in the next revision of a series."""
    whose = _whose(group)
    for part in _parts(group):
        if part.body is not None and part.body.change_id:
            yield part.body.change_id
    for part in group.own:
        if part.slot == (1, 0) and part.subject.text:
            yield (*whose, part.subject.text)
        if group.cover is not None:
            yield (*whose, group.cover.subject.text, part.subject.text)
    if not group.own:
        yield (*whose, group.lead.subject.text, "")


def _whose(group: Group) -> tuple[str, bool, bool, frozenset[str]]:
    """The sender, and what sets postings of the same patches apart: pull request, backport, its trees."""
    copied = any(part.patch and says_upstream(part.patch.commit_message) for part in group.own)
    return (group.lead.sender, group.lead.is_pull, copied, tree_words(group.lead.subject.prefix))


def _title(group: Group) -> Hashable:
    """What another revision is known by when its patches have new titles; None for a pull request."""
    lead = group.lead
    if lead.is_pull or lead.requests_pull or not lead.subject.text:
        return None
    return (*_whose(group), lead.subject.text)


def _older(family: Sequence[Group], sorting: Sorting) -> Iterator[tuple[str, int]]:
    def sent(group: Group) -> float:
        return sorting.links.when[group.lead.key][0]

    def age(group: Group) -> tuple[float, float]:
        order = (group.revision, sent(group))
        return order[::-1] if mixed else order

    mixed = len({_is_rfc(group) for group in family}) > 1
    newest = max(family, key=age)
    for group in family:
        if age(group) < age(newest) and sent(group) <= sent(newest):
            yield group.lead.key, newest.revision


def _is_rfc(group: Group) -> bool:
    return group.lead.subject.has("RFC")
