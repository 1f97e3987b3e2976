"""What is wrong with a series as a whole: gaps, mixtures, prerequisites, and whom it is not for.

Law: each problem names the positions or the words it was told from. Must not know how postings are made.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.parse.backport import says_upstream, tree_words
from reviewbot.parse.group import Group
from reviewbot.parse.part import Part, Role
from reviewbot.parse.prerequisites import needs

# `1/9999` must not become ten thousand numbers to carry about.
_MOST_NAMED = 1_000


def missing(group: Group) -> tuple[int, ...]:
    """The positions of 1..total that no mail claims."""
    held = {part.slot[0] for part in group.patches}
    total = min(group.total or 0, max(held, default=0) + _MOST_NAMED)
    return tuple(position for position in range(1, total + 1) if position not in held)


def problems(group: Group, prerequisites: Sequence[str], project: str) -> tuple[Problem, ...]:
    """Everything that is wrong with the series, in the order of `ProblemKind`."""
    return (
        *group.problems,
        *_hollow(group),
        *_gaps(group),
        *_mixed_revisions(group),
        *_positions(group),
        *_prerequisites(group, prerequisites),
        *_whom_for(group, project),
    )


def runs(numbers: Sequence[int]) -> str:
    """Ascending numbers for people: `3, 5-7`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(f"{one}-{last}" if last > one else str(one) for one, last in spans)


def _hollow(group: Group) -> Iterator[Problem]:
    for part in group.patches:
        if part.role is Role.HOLLOW:
            yield Problem(ProblemKind.NO_DIFF, f"{_counter(part)} has no diff")


def _gaps(group: Group) -> Iterator[Problem]:
    gone = missing(group)
    if gone:
        yield Problem(ProblemKind.MISSING_PATCHES, f"{runs(gone)} of {group.total}")


def _mixed_revisions(group: Group) -> Iterator[Problem]:
    named = sorted({part.subject.revision for part in (group.lead, *group.own)})
    if len(named) > 1:
        listed = ", ".join(f"v{revision}" for revision in named)
        yield Problem(ProblemKind.MIXED_REVISIONS, f"the subjects name {listed}")


def _positions(group: Group) -> Iterator[Problem]:
    times = Counter(part.slot for part in group.patches)
    for slot, number in times.items():
        if number > 1:
            yield Problem(
                ProblemKind.DUPLICATE_POSITION, f"{number} patches are {slot[0]}/{group.total}"
            )
    total = group.total
    for part in group.patches:
        if total is not None and part.slot[0] > total:
            yield Problem(ProblemKind.NUMBER_ABOVE_TOTAL, _counter(part))


def _prerequisites(group: Group, prerequisites: Sequence[str]) -> Iterator[Problem]:
    if prerequisites:
        yield Problem(ProblemKind.PREREQUISITES, f"prerequisite {prerequisites[0]}")
        return
    hint = next((found for text in _texts(group) if (found := needs(text))), "")
    if hint:
        yield Problem(ProblemKind.PREREQUISITES, hint)


def _texts(group: Group) -> Iterator[str]:
    if group.cover is not None:
        yield group.cover.message.body
    for part in group.patches:
        if part.patch is not None:
            yield part.patch.notes
            yield from (f"{each.key}: {each.value}" for each in part.patch.trailers)


def _whom_for(group: Group, project: str) -> Iterator[Problem]:
    if project:
        yield Problem(ProblemKind.NOT_KERNEL, project)
    pull = group.lead.is_pull or (group.cover is not None and group.cover.requests_pull)
    if pull:
        yield Problem(ProblemKind.PULL_REQUEST, group.lead.subject.text)
    trees = sorted(
        tree_words(word for part in (group.lead, *group.own) for word in part.subject.prefix)
    )
    if trees:
        yield Problem(ProblemKind.STABLE_BACKPORT, " ".join(trees))
    elif any(part.patch and says_upstream(part.patch.commit_message) for part in group.patches):
        yield Problem(ProblemKind.STABLE_BACKPORT, "the commit message names an upstream commit")


def _counter(part: Part) -> str:
    insert = f".{part.subject.insert}" if part.subject.insert else ""
    return f"{part.slot[0]}{insert}/{part.subject.total or 1}"
