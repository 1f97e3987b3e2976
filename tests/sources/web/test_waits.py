from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.sources.web.waits import Wish, backoff, spoken, wish

NOW = 1_772_409_600.0


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("1", 1),
        (" 120 ", 120),
        ("3600", 3600),
        ("9" * 5000, 999_999_999_999),
        (formatdate(NOW + 90, usegmt=True), 90),
        ("Mon, 02 Mar 2026 00:01:30 +0000", 90),
        ("Mon, 02 Mar 2026 01:01:30 +0100", 90),
        ("Monday, 02-Mar-26 00:01:30 GMT", 90),
        ("Mon Mar  2 00:01:30 2026", 90),
    ],
)
def test_seconds_and_all_forms_of_dates(written: str, seconds: float) -> None:
    """The three forms of RFC 9110, section 5.6.7; the last has no zone, which means UTC."""
    found = wish(written, NOW)
    assert found is not None
    assert found.seconds == seconds


@pytest.mark.parametrize(
    "written",
    [
        "",
        "0",
        "-5",
        "1.5",
        "soon",
        "Wed, 21 Oct 2015 07:28:00 GMT",
        "\u0663",
        "Mon, 99 Mar 2026",
        "1e3",
    ],
)
def test_what_asks_for_nothing(written: str) -> None:
    assert wish(written, NOW) is None


@given(st.text(max_size=80))
def test_nothing_written_raises(written: str) -> None:
    found = wish(written, NOW)
    assert found is None or isinstance(found, Wish)


def test_waits_double() -> None:
    assert [backoff(attempt) for attempt in range(1, 6)] == [1, 2, 4, 8, 16]
    assert backoff(10**9) == 1024


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.25, "0.2 s"),
        (1.0, "1 s"),
        (7.004, "7 s"),
        (6.96, "7 s"),
        (0.9, "0.9 s"),
        (12.4, "12 s"),
        (119, "119 s"),
        (120, "2 minutes"),
        (3600, "60 minutes"),
        (7200, "2 hours"),
        (86_400, "24 hours"),
    ],
)
def test_times_are_spoken(seconds: float, said: str) -> None:
    assert spoken(seconds) == said
