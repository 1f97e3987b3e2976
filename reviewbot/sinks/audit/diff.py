"""Two audits compared: what is new, what is gone, what came of the rest.

A finding is the same in both if its key is (fingerprint and mail), or if the new audit has seen it in a later
revision of what the old one saw: same fingerprint and domain, and there since that revision or before.

Law: every finding of either audit is in exactly one place of a `Difference`; a reason is given only where the
accounts tell it. Memory grows with the differences, not with the audits, as long as both are in order. Must not
know how a difference is shown.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum

from msgspec import Struct

from reviewbot.model.sighting import Sighting, Standing
from reviewbot.sinks.audit.account import Account, Audit, Sightings, order
from reviewbot.sinks.audit.score import Score

Name = Callable[[Sighting], tuple[str, ...]]
Fits = Callable[[Sighting, Sighting], bool]
# How many findings of one name are tried, so that nobody can make this quadratic.
_TRIED = 100


class Why(Enum):
    """Why a finding is in one audit only, as far as the accounts tell."""

    RULE = "the other audit did not run the rule"
    ARCHIVE = "the other audit did not read the archive"
    PERIOD = "the other audit was of another time"
    LATER = "sent after the other audit's last mail"
    UNTOLD = ""


class Lone(Struct, frozen=True):
    """A finding that is in one audit only."""

    sighting: Sighting
    why: Why


class Change(Struct, frozen=True):
    """A finding of both audits that came to another fate."""

    before: Sighting
    after: Sighting


class RuleChange(Struct, frozen=True):
    """A rule whose findings are not counted as before."""

    rule: str
    before: Score
    after: Score


class Difference(Struct, frozen=True):
    """Findings in order of time, rules in order of their ids.

    `same` are the findings with the fate they had; `carried` are those of them, and of `changes`, that were
    seen in a later revision now.
    """

    new: tuple[Lone, ...]
    gone: tuple[Lone, ...]
    changes: tuple[Change, ...]
    rules: tuple[RuleChange, ...]
    same: int
    carried: int


def compare(old: Audit, new: Audit) -> Difference:
    """What is different in the new audit."""
    befores, afters = _Scores(), _Scores()
    only_old: dict[int, Sighting] = {}
    only_new: dict[int, Sighting] = {}
    changes: list[Change] = []
    same = carried = 0

    def paired(before: Sighting, after: Sighting) -> None:
        nonlocal same, carried
        carried += before.message_id != after.message_id
        if before.fate is after.fate:
            same += 1
        else:
            changes.append(Change(before, after))

    for before, after in _side_by_side(befores.seen(old.sightings), afters.seen(new.sightings)):
        if before and after:
            paired(before, after)
        elif before:
            only_old[len(only_old)] = before
        elif after:
            only_new[len(only_new)] = after
    for before, after in _found_again(only_old, only_new):
        paired(before, after)
    return Difference(
        new=tuple(Lone(one, _why(one, old.account)) for one in _in_order(only_new.values())),
        gone=tuple(Lone(one, _why(one, new.account)) for one in _in_order(only_old.values())),
        changes=tuple(sorted(changes, key=lambda change: order(change.after))),
        rules=tuple(_rules(befores.scores, afters.scores)),
        same=same,
        carried=carried,
    )


class _Scores:
    """Counts findings that go by, by rule."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, Standing]] = Counter()

    def seen(self, sightings: Sightings) -> Iterator[Sighting]:
        for sighting in sightings:
            self._counts[sighting.rule, sighting.standing] += 1
            yield sighting

    @property
    def scores(self) -> dict[str, Score]:
        rules = {rule for rule, _ in self._counts}
        return {
            rule: Score(*(self._counts[rule, standing] for standing in Standing)) for rule in rules
        }


def _side_by_side(
    old: Iterator[Sighting], new: Iterator[Sighting]
) -> Iterator[tuple[Sighting | None, Sighting | None]]:
    """Both in step: pairs of the same place, and between them those that only one has."""
    before, after = next(old, None), next(new, None)
    while before or after:
        first = _order(before) if before else None
        second = _order(after) if after else None
        if first is not None and first == second:
            yield before, after
            before, after = next(old, None), next(new, None)
        elif second is None or (first is not None and first < second):
            yield before, None
            before = next(old, None)
        else:
            yield None, after
            after = next(new, None)


def _order(sighting: Sighting) -> tuple[tuple[int, str, str, int], str]:
    return order(sighting), sighting.fingerprint


def _found_again(
    old: dict[int, Sighting], new: dict[int, Sighting]
) -> Iterator[tuple[Sighting, Sighting]]:
    """Those left alone that belong together after all; they are taken out of both."""
    yield from _taken(old, new, lambda one: (one.key, str(one.line)), _is_same)
    yield from _taken(old, new, lambda one: (one.key,), _is_same)
    yield from _taken(old, new, lambda one: (one.fingerprint, one.domain), _is_carried)


def _is_same(_before: Sighting, _after: Sighting) -> bool:
    """Whether what has the same key is the same finding."""
    return True


def _is_carried(before: Sighting, after: Sighting) -> bool:
    """Whether the later of two revisions says that the fault was there in the earlier."""
    return after.since <= before.revision < after.revision and after.sent >= before.sent


def _taken(
    old: dict[int, Sighting], new: dict[int, Sighting], name: Name, fits: Fits
) -> Iterator[tuple[Sighting, Sighting]]:
    """Pairs of the same name that fit, each finding in at most one."""
    named: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, after in new.items():
        named[name(after)].append(place)
    for place, before in list(old.items()):
        places = named.get(name(before), [])
        found = next((p for p in places[:_TRIED] if fits(before, new[p])), None)
        if found is not None:
            places.remove(found)
            yield old.pop(place), new.pop(found)


def _in_order(sightings: Iterable[Sighting]) -> list[Sighting]:
    return sorted(sightings, key=_order)


def _why(sighting: Sighting, other: Account) -> Why:
    """Why an audit with that account does not have this finding."""
    if other.rules and sighting.rule not in {row.id for row in other.rules}:
        return Why.RULE
    archives = {archive.name: archive for archive in other.archives}
    if archives and sighting.archive not in archives:
        return Why.ARCHIVE
    if sighting.sent < other.since or (other.until and sighting.sent > other.until):
        return Why.PERIOD
    if archives and sighting.sent > archives[sighting.archive].last:
        return Why.LATER
    return Why.UNTOLD


def _rules(old: Mapping[str, Score], new: Mapping[str, Score]) -> Iterator[RuleChange]:
    for rule in sorted({*old, *new}):
        before, after = old.get(rule, Score()), new.get(rule, Score())
        if before != after:
            yield RuleChange(rule, before, after)
