"""What postings take from one another: resends and partial rerolls.

* A resend (`RESEND`, or the same position again as a reply to it) of unchanged patches stands for them; a
  whole series resent with changes is a posting of its own, which supersedes the first. The same series sent
  again without a word is a posting of its own too (Patchwork counts them the same way).
* A partial reroll is, as b4 has it, an incomplete revision above 1 whose every patch was sent as a reply to
  the patch of that position in an earlier revision: it takes the rest, cover letter included, from there.

Law: nothing is lost: what one posting takes from another is named in it. Must not know diffs beyond equality.
"""

from collections.abc import Hashable, Iterator, Sequence

from msgspec.structs import replace

from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.parse.group import Group
from reviewbot.parse.part import Part
from reviewbot.parse.posting import Sorting

# How far up a thread the patch a reroll stands for is looked for, how many postings are compared, and how many
# times one is resent or rerolled before it is taken for something else. No author comes near; bad input does.
_CLIMB = 64
_TRIED = 8
_MOST_TIMES = 20


def without_resends(groups: Sequence[Group], sorting: Sorting) -> list[Group]:
    """`groups` (in reading order) with what was sent again folded into what stands for it."""
    kept: list[Group] = []
    times: list[int] = []
    shelves: dict[Hashable, list[int]] = {}
    for group in groups:
        subject = group.lead.subject
        shelf = (group.lead.sender, subject.revision, group.total, group.lead.aims)
        tried = shelves.setdefault(shelf, [])
        for number in reversed(tried[-_TRIED:]):
            if times[number] < _MOST_TIMES and _is_sent_again(kept[number], group, sorting):
                kept[number] = _over(kept[number], group)
                times[number] += 1
                break
        else:
            tried.append(len(kept))
            kept.append(group)
            times.append(1)
    return kept


def with_rerolls(groups: Sequence[Group], sorting: Sorting) -> list[Group]:
    """`groups` with partial rerolls completed from the revision they were sent against."""
    found: dict[Hashable, list[Group]] = {}
    rerolled: dict[str, Group] = {}
    for group in sorted(groups, key=lambda group: group.revision):
        family = (sorting.links.thread[group.lead.key], group.lead.sender, group.total)
        earlier = found.setdefault(family, [])
        bases = (base for base in reversed(earlier[-_TRIED:]) if base.revision < group.revision)
        base = next(bases, None) if len(earlier) < _MOST_TIMES else None
        whole = _completed(group, base) if base and _is_reroll(group, base, sorting) else group
        earlier.append(whole)
        rerolled[group.lead.key] = whole
    return [rerolled[group.lead.key] for group in groups]


def _is_sent_again(older: Group, newer: Group, sorting: Sorting) -> bool:
    before, after = older.slots, newer.slots
    shared = [(before[slot], after[slot]) for slot in after if slot in before]
    if not shared:
        return False
    if newer.lead.resent or newer.own[0].resent:
        whole = len(shared) == len(before)
        same_titles = all(old.subject.text == new.subject.text for old, new in shared)
        return same_titles and (not whole or not any(_differ(*pair) for pair in shared))
    partial = newer.cover is None and newer.total is not None and len(after) < len(before)
    return (
        partial
        and len(shared) == len(after)
        and all(old.key in {over.key for over in _climbed(new, sorting)} for old, new in shared)
    )


def _over(older: Group, newer: Group) -> Group:
    """One group of two postings of the same patches; the later mails stand for the earlier."""
    before, after = older.slots, newer.slots
    replaced = tuple(part for part in older.own if part.slot in after)
    kept = tuple(part for part in older.own if part.slot not in after)
    old_cover = (older.cover,) if older.cover is not None and newer.cover is not None else ()
    changed = sorted(
        slot for slot in after if slot in before and _differ(before[slot], after[slot])
    )
    problems = tuple(
        Problem(
            ProblemKind.DUPLICATE_POSITION,
            f"{slot[0]} was sent twice with changes, the later is taken",
        )
        for slot in changed
    )
    cover = newer.cover or older.cover
    own = tuple(sorted((*kept, *newer.own), key=lambda part: (part.slot, part.key)))
    return Group(
        lead=cover or own[0],
        cover=cover,
        own=own,
        folded=(*older.folded, *newer.folded, *replaced, *old_cover),
        problems=(*older.problems, *newer.problems, *problems),
    )


def _differ(one: Part, other: Part) -> bool:
    return (
        one.patch is None
        or other.patch is None
        or one.patch.diff.strip() != other.patch.diff.strip()
    )


def _is_reroll(group: Group, base: Group, sorting: Sorting) -> bool:
    if group.cover is not None or not group.own:
        return False
    if not {part.slot for part in base.patches} - set(group.slots):
        return False
    return all(
        any(
            over.slot == part.slot
            and over.subject.total == part.subject.total
            and over.subject.revision < part.subject.revision
            for over in _climbed(part, sorting)
        )
        for part in group.own
    )


def _completed(group: Group, base: Group) -> Group:
    sent_again = group.slots
    inherited = tuple(part for part in base.patches if part.slot not in sent_again)
    sent = ", ".join(str(part.slot[0]) for part in group.own)
    detail = f"of v{group.revision} only {sent} was sent, the rest is v{base.revision}"
    problem = Problem(ProblemKind.MIXED_REVISIONS, detail)
    return replace(
        group, cover=base.cover, inherited=inherited, problems=(*group.problems, problem)
    )


def _climbed(part: Part, sorting: Sorting) -> Iterator[Part]:
    """The parts above `part` in the thread, nearest first."""
    key = part.key
    for _ in range(_CLIMB):
        key = sorting.above.get(key, "")
        if not key:
            return
        yield sorting.parts[key]
