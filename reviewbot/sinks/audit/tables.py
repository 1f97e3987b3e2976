"""Tables: the findings of an audit counted, in one pass.

Law: every finding is counted, and memory does not grow with their number: what strangers name (paths, domains,
lists) has a bounded number of rows, the rest counts as `OTHERS`; what is shown of them is bounded too. Must not
know how tables look.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from enum import Enum
from time import gmtime
from typing import TypeVar

from msgspec import Struct

from reviewbot.model.finding import Channel, Severity
from reviewbot.model.sighting import Fate, Sighting, Standing
from reviewbot.sinks.audit.busiest import Busiest, Busy
from reviewbot.sinks.audit.score import Score

OTHERS = "(others)"
MESSAGE = "(commit message)"
TOP = "(top of the tree)"
LEVELS = 3
MOST_NAMES = 20_000
MOST_SAMPLES = 3
_YEARS = range(1970, 2100)

Kind = TypeVar("Kind", bound=Enum)


class Sample(Struct, frozen=True):
    """A finding to look at: its mail, and what shows its fate (a Message-ID or a commit; empty: nothing)."""

    message_id: str
    subject: str
    by: str


class RuleCount(Struct, frozen=True):
    """One rule: all its findings, those of them that would be mailed, and how they came out.

    `samples` are the newest few of each fate. `months` are findings by month, see `month`.
    """

    rule: str
    score: Score
    mailed: Score
    fates: Mapping[Fate, int]
    samples: Mapping[Fate, tuple[Sample, ...]]
    months: Mapping[int, int]


class Share(Struct, frozen=True):
    """What one list, folder or domain has of the findings."""

    name: str
    score: Score


class Tables(Struct, frozen=True):
    """All tables, each with its most frequent row first.

    `months` has for each month the findings of each standing. `undated` are findings without a date.
    `lists` go by archive, or by `List-Id` where the patch names several.
    """

    score: Score = Score()
    fates: Mapping[Fate, int] = {}
    channels: Mapping[Channel, int] = {}
    severities: Mapping[Severity, int] = {}
    months: Mapping[int, Score] = {}
    undated: int = 0
    rules: tuple[RuleCount, ...] = ()
    archives: tuple[Share, ...] = ()
    lists: tuple[Share, ...] = ()
    paths: tuple[Share, ...] = ()
    domains: tuple[Share, ...] = ()
    series: tuple[Busy, ...] = ()


def month(seconds: int) -> int:
    """Which month a Unix time is in, in UTC: years * 12 + 0 to 11; 0 where that is no time of a mail."""
    if seconds <= 0 or seconds >> 40:
        return 0
    date = gmtime(seconds)
    return date.tm_year * 12 + date.tm_mon - 1 if date.tm_year in _YEARS else 0


def folder(path: str) -> str:
    """The first levels of the folder of a path: `drivers/vfio/pci` of `drivers/vfio/pci/mlx5/main.c`."""
    if not path:
        return MESSAGE
    return "/".join(path.split("/", LEVELS)[:LEVELS][: path.count("/")]) or TOP


def counted(sightings: Iterable[Sighting]) -> Tables:
    """The tables of these findings, which come in order of time."""
    counts = _Counts()
    for sighting in sightings:
        counts.add(sighting)
    return counts.tables()


class _Shares:
    """Scores by name, for so many names."""

    def __init__(self) -> None:
        self._counts: dict[str, list[int]] = {}

    def add(self, name: str, standing: Standing) -> None:
        counts = self._counts.get(name)
        if counts is None:
            name = name if len(self._counts) < MOST_NAMES else OTHERS
            counts = self._counts.setdefault(name, [0, 0, 0])
        counts[_PLACES[standing]] += 1

    def shares(self) -> tuple[Share, ...]:
        made = (Share(name, Score(*counts)) for name, counts in self._counts.items())
        return tuple(sorted(made, key=lambda share: (-share.score.fires, share.name)))


_PLACES = {Standing.CONFIRMED: 0, Standing.CONTRADICTED: 1, Standing.UNKNOWN: 2}


class _OfRule:
    """The counts of one rule."""

    def __init__(self) -> None:
        self.score = [0, 0, 0]
        self.mailed = [0, 0, 0]
        self.fates: Counter[Fate] = Counter()
        self.months: Counter[int] = Counter()
        self.samples: dict[Fate, deque[Sample]] = {}

    def add(self, sighting: Sighting, place: int, when: int) -> None:
        proof = sighting.proofs[0]
        self.score[place] += 1
        if sighting.channel is Channel.MAIL:
            self.mailed[place] += 1
        self.fates[proof.fate] += 1
        self.months[when] += 1
        samples = self.samples.setdefault(proof.fate, deque(maxlen=MOST_SAMPLES))
        samples.append(Sample(sighting.message_id, sighting.subject, proof.by))

    def count(self, rule: str) -> RuleCount:
        return RuleCount(
            rule=rule,
            score=Score(*self.score),
            mailed=Score(*self.mailed),
            fates=in_order(self.fates),
            samples={fate: tuple(reversed(kept)) for fate, kept in self.samples.items()},
            months={when: count for when, count in self.months.items() if when},
        )


class _Counts:
    """What is counted of the findings so far."""

    def __init__(self) -> None:
        self._rules: dict[str, _OfRule] = {}
        self._channels: Counter[Channel] = Counter()
        self._severities: Counter[Severity] = Counter()
        self._months: dict[int, list[int]] = {}
        self._archives = _Shares()
        self._lists = _Shares()
        self._paths = _Shares()
        self._domains = _Shares()
        self._series = Busiest()

    def add(self, sighting: Sighting) -> None:
        standing = sighting.standing
        place, when = _PLACES[standing], month(sighting.sent)
        self._rules.setdefault(sighting.rule, _OfRule()).add(sighting, place, when)
        self._channels[sighting.channel] += 1
        self._severities[sighting.severity] += 1
        self._months.setdefault(when, [0, 0, 0])[place] += 1
        self._archives.add(sighting.archive, standing)
        for name in dict.fromkeys(sighting.lists) or (sighting.archive,):
            self._lists.add(name, standing)
        self._paths.add(folder(sighting.path), standing)
        self._domains.add(sighting.domain, standing)
        self._series.add(sighting)

    def tables(self) -> Tables:
        rules = (counts.count(rule) for rule, counts in self._rules.items())
        ranked = tuple(sorted(rules, key=lambda count: (-count.score.fires, count.rule)))
        undated = sum(self._months.pop(0, ()))
        return Tables(
            score=sum((count.score for count in ranked), Score()),
            fates=in_order(sum((Counter(count.fates) for count in ranked), Counter[Fate]())),
            channels=in_order(self._channels),
            severities=in_order(self._severities),
            months={when: Score(*counts) for when, counts in sorted(self._months.items())},
            undated=undated,
            rules=ranked,
            archives=self._archives.shares(),
            lists=self._lists.shares(),
            paths=self._paths.shares(),
            domains=self._domains.shares(),
            series=self._series.rows(),
        )


def in_order(counts: Mapping[Kind, int]) -> dict[Kind, int]:
    """Counts by the members of an enum, in the order in which it names them."""
    return {kind: counts[kind] for kind in _members(counts) if counts[kind]}


def _members(counts: Mapping[Kind, int]) -> tuple[Kind, ...]:
    return tuple(type(next(iter(counts)))) if counts else ()
