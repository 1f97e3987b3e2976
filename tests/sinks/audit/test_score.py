"""Scores: what precision is, and how sure one may be of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.sinks.audit.score import Score

COUNTS = st.integers(0, 10**6)
SCORES = st.builds(Score, COUNTS, COUNTS, COUNTS)


def test_what_is_unknown_counts_neither_way() -> None:
    score = Score(confirmed=3, contradicted=1, unknown=100)
    assert (score.fires, score.decided, score.precision) == (104, 4, 0.75)


def test_without_a_decision_there_is_no_precision() -> None:
    assert Score(unknown=5).precision is None
    assert Score(unknown=5).interval == (0.0, 1.0)


@pytest.mark.parametrize(
    ("confirmed", "contradicted", "low", "high"),
    [(1, 0, 0.2065, 1.0), (8, 2, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (87, 13, 0.7902, 0.9224)],
)
def test_the_interval_is_that_of_the_books(
    confirmed: int, contradicted: int, low: float, high: float
) -> None:
    found = Score(confirmed, contradicted).interval
    assert found == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


@given(SCORES)
def test_the_precision_lies_in_its_interval(score: Score) -> None:
    low, high = score.interval
    assert 0 <= low <= high <= 1
    if score.precision is not None:
        assert low - 1e-9 <= score.precision <= high + 1e-9


@given(SCORES, SCORES)
def test_scores_add_up(one: Score, other: Score) -> None:
    assert (one + other).fires == one.fires + other.fires
    assert one + Score() == one
