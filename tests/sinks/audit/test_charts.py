"""Charts: where bars stand."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.sinks.audit.charts import (
    HEIGHT,
    MOST_BARS,
    SPARK,
    WIDTH,
    grid,
    peak,
    spark,
    stacked,
    steps,
    timeline,
    widths,
)
from reviewbot.sinks.audit.score import Score

JANUARY = 2010 * 12
MONTHS = st.lists(st.integers(1970 * 12, 2100 * 12 - 1), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("months", "unit", "count"),
    [(1, 1, 1), (96, 1, 96), (97, 3, 33), (600, 12, 50), (1300, 24, 55)],
)
def test_bars_are_as_fine_as_can_be_seen(months: int, unit: int, count: int) -> None:
    axis = timeline([JANUARY, JANUARY + months - 1])
    assert axis is not None
    assert (axis.unit, axis.count) == (unit, count)


def test_without_a_date_there_is_no_axis() -> None:
    assert timeline([]) is None


@given(MONTHS)
def test_every_month_has_its_bar(months: list[int]) -> None:
    axis = timeline(months)
    assert axis is not None
    assert axis.count <= MOST_BARS + 1
    assert sum(axis.sums(dict.fromkeys(months, 2))) == 2 * len(set(months))
    assert all(0 <= tick.place <= WIDTH for tick in axis.years())


def test_bars_have_names() -> None:
    monthly = timeline([JANUARY + 3])
    quarters = timeline([JANUARY, JANUARY + 150])
    yearly = timeline([JANUARY, JANUARY + 600])
    assert monthly and quarters and yearly
    assert monthly.name(0) == "2010-04"
    assert quarters.name(1) == "2010-04 to 2010-06"
    assert yearly.name(2) == "2012"


def test_few_bars_do_not_fill_the_chart() -> None:
    axis = timeline([JANUARY + 3, JANUARY + 4])
    assert axis is not None
    first, second = stacked(axis, dict.fromkeys((JANUARY + 3, JANUARY + 4), Score(1)))
    assert (first.x, second.x) == (0, 40)
    assert axis.room == 24
    assert [(tick.place, tick.text) for tick in axis.years()] == [(0, "2010-04")]


def test_parts_are_stacked_from_below() -> None:
    axis = timeline([JANUARY])
    assert axis is not None
    (bar,) = stacked(axis, {JANUARY: Score(2, 1, 1)})
    assert bar.parts == ((HEIGHT / 2, HEIGHT / 2), (HEIGHT / 4, HEIGHT / 4), (0, HEIGHT / 4))
    assert [tick.text for tick in grid(axis, {JANUARY: Score(2, 1, 1)})] == ["1", "2", "3", "4"]


@given(
    st.dictionaries(
        st.integers(JANUARY, JANUARY + 400), st.builds(Score, *[st.integers(0, 99)] * 3)
    )
)
def test_no_bar_leaves_the_chart(months: dict[int, Score]) -> None:
    axis = timeline(months)
    for bar in stacked(axis, months) if axis else []:
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH + 0.01
        assert all(y >= -0.1 and y + height <= HEIGHT + 0.1 for y, height in bar.parts)


@given(st.integers(0, 10**9))
def test_steps_are_few_round_and_reach_the_top(most: int) -> None:
    marks = steps([most])
    assert marks[0] == 0
    assert marks[-1] >= most
    assert 2 <= len(marks) <= 6
    assert re.fullmatch("[125]0*", str(marks[1]))


def test_a_row_of_bars_is_one_path() -> None:
    axis = timeline([JANUARY, JANUARY + 2])
    assert axis is not None
    months = {JANUARY: 10, JANUARY + 2: 5}
    assert spark(axis, months) == f"M0 {SPARK}V0h.8V{SPARK}zM2 {SPARK}V10h.8V{SPARK}z"
    assert peak(axis, months) == "at most 10 (2010-01)"
    assert peak(axis, {}) == "nothing dated"


def test_lying_bars_share_a_scale() -> None:
    assert widths(Score(1, 2, 1), 8) == [(0, 12.5), (12.5, 25), (37.5, 12.5)]
    assert widths(Score(), 0) == [(0, 0)] * 3
