"""Tables: every finding counted once in each, whatever it says of itself."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.model.finding import Channel
from reviewbot.model.sighting import Fate, Proof, Sighting
from reviewbot.sinks.audit import tables
from reviewbot.sinks.audit.score import Score
from reviewbot.sinks.audit.tables import MESSAGE, OTHERS, TOP, counted, folder, month
from tests.sinks.audit.invented import DAY, START, Many, hostile, sighting

FIXED, MERGED = (Proof(Fate.FIXED, "v2@example.org"),), (Proof(Fate.MERGED, "0123456789ab"),)


def test_a_rule_is_counted_by_fate() -> None:
    found = counted(
        [
            sighting(1, proofs=FIXED),
            sighting(2, proofs=MERGED),
            sighting(3, channel=Channel.DRAFT),
        ]
    )
    (rule,) = found.rules
    assert rule.score == found.score == Score(confirmed=1, contradicted=1, unknown=1)
    assert rule.mailed == Score(confirmed=1, contradicted=1)
    assert rule.fates == found.fates == {Fate.FIXED: 1, Fate.MERGED: 1, Fate.OPEN: 1}
    assert found.channels == {Channel.MAIL: 2, Channel.DRAFT: 1}


def test_samples_are_the_newest_of_each_fate() -> None:
    (rule,) = counted(sighting(n, proofs=FIXED) for n in range(5)).rules
    samples = rule.samples[Fate.FIXED]
    assert [sample.message_id for sample in samples] == [sighting(n).message_id for n in (4, 3, 2)]
    assert samples[0].by == "v2@example.org"


def test_the_weightiest_proof_decides() -> None:
    both = (Proof(Fate.NAMED, "2@example.org"), *MERGED)
    assert counted([sighting(proofs=both)]).score == Score(confirmed=1)


def test_the_most_frequent_comes_first_and_names_break_ties() -> None:
    names = ["b", "c", "a", "c"]
    found = counted(sighting(n, rule=name, domain=name) for n, name in enumerate(names))
    assert [count.rule for count in found.rules] == ["c", "a", "b"]
    assert [share.name for share in found.domains] == ["c", "a", "b"]


def test_a_patch_for_two_lists_counts_in_both() -> None:
    found = counted([sighting(lists=("a.example", "b.example", "a.example")), sighting(lists=())])
    assert {share.name: share.score.fires for share in found.lists} == {
        "a.example": 1,
        "b.example": 1,
        "fooarm": 1,
    }
    assert [share.score.fires for share in found.archives] == [2]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("drivers/vfio/pci/mlx5/main.c", "drivers/vfio/pci"),
        ("drivers/vfio/pci/main.c", "drivers/vfio/pci"),
        ("virt/lib/irqbypass.c", "virt/lib"),
        ("kernel/fork.c", "kernel"),
        ("MAINTAINERS", TOP),
        ("", MESSAGE),
    ],
)
def test_paths_are_counted_by_folder(path: str, expected: str) -> None:
    assert folder(path) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (START, 2010 * 12),
        (START + 31 * DAY, 2010 * 12 + 1),
        (0, 0),
        (-5, 0),
        (1 << 45, 0),
        (4_200_000_000, 0),
    ],
)
def test_months_are_those_of_utc(seconds: int, expected: int) -> None:
    assert month(seconds) == expected


def test_what_has_no_date_is_counted_apart() -> None:
    found = counted([sighting(sent=0), sighting(sent=-1), sighting(3)])
    assert found.undated == 2
    assert found.months == {2010 * 12: Score(unknown=1)}
    assert found.rules[0].months == {2010 * 12: 1}
    assert found.score.fires == 3


def test_months_are_in_order() -> None:
    found = counted(Many(300))
    assert list(found.months) == sorted(found.months)
    assert sum(score.fires for score in found.months.values()) == 300


def test_names_beyond_the_limit_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_NAMES", 3)
    found = counted(sighting(n, domain=f"{n % 6}.example") for n in range(60))
    shares = {share.name: share.score.fires for share in found.domains}
    assert shares == {"0.example": 10, "1.example": 10, "2.example": 10, OTHERS: 30}


def test_nothing_makes_empty_tables() -> None:
    assert counted([]) == tables.Tables()


@given(st.lists(hostile(), max_size=8))
def test_each_table_counts_each_finding(sightings: list[Sighting]) -> None:
    found = counted(sightings)
    count = len(sightings)
    assert found.score.fires == count
    for shares in (found.archives, found.paths, found.domains):
        assert sum(share.score.fires for share in shares) == count
    for counts in (found.fates, found.channels, found.severities):
        assert sum(counts.values()) == count
    assert sum(score.fires for score in found.months.values()) + found.undated == count
    assert sum(busy.count for busy in found.series) == count
    assert {rule.rule: rule.score.fires for rule in found.rules} == Counter(
        one.rule for one in sightings
    )
