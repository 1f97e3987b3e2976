"""The series with the most findings: exact in a small memory."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.model.sighting import Fate, Proof
from reviewbot.sinks.audit import busiest
from reviewbot.sinks.audit.busiest import KEPT, SPAN, Busiest
from tests.sinks.audit.invented import DAY, START, sighting


def rows(*found: tuple[str, int]) -> dict[str, int]:
    counts = Busiest()
    for number, (series, days) in enumerate(found):
        counts.add(sighting(number, series_id=series, sent=START + days * DAY))
    return {busy.series_id: busy.count for busy in counts.rows()}


def test_findings_of_a_series_are_counted_together() -> None:
    assert list(rows(("a", 0), ("b", 0), ("b", 1), ("a", 2), ("b", 3)).items()) == [
        ("b", 3),
        ("a", 2),
    ]


def test_the_newer_comes_first_among_equals() -> None:
    assert list(rows(("old", 0), ("new", 9))) == ["new", "old"]


def test_a_series_says_what_is_in_it() -> None:
    counts = Busiest()
    counts.add(sighting(1, series_id="a", subject="first", rule="r1"))
    counts.add(sighting(2, series_id="a", rule="r2", proofs=(Proof(Fate.FIXED),)))
    counts.add(sighting(3, series_id="a", rule="r1"))
    (busy,) = counts.rows()
    assert (busy.title, busy.count, busy.confirmed, busy.rules) == ("first", 3, 1, ("r1", "r2"))


def test_a_finding_without_a_series_stands_by_its_mail() -> None:
    counts = Busiest()
    counts.add(sighting(1, series_id=""))
    assert counts.rows()[0].series_id == sighting(1).message_id


def test_a_series_that_comes_again_is_the_same() -> None:
    far = SPAN // DAY + 1
    found = rows(("a", 0), ("a", 0), *((f"x{n}", far) for n in range(3)), ("a", far + 1))
    assert found["a"] == 3


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(busiest, "MOST_OPEN", 50)
    counts = Busiest()
    for number in range(2_000):
        counts.add(sighting(0, series_id=f"s{number}", sent=START))
    assert len(counts._open) <= 51
    assert len(counts._kept) <= 2 * KEPT
    assert len(counts.rows()) == KEPT


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 2)), max_size=300))
def test_the_first_are_the_true_first(found: list[tuple[int, int]]) -> None:
    """Series that are sent within the span, many more of them than are kept."""
    dated = sorted(((f"s{n}", n * 20 + days) for n, days in found), key=lambda pair: pair[1])
    true = Counter(name for name, _ in dated)
    shown = rows(*dated)
    assert all(true[name] == count for name, count in shown.items())
    assert sorted(shown.values(), reverse=True) == sorted(true.values(), reverse=True)[:KEPT]
