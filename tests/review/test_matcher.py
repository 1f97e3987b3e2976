"""Matcher: the same answer with hyperscan and without."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.cmodel.signs import Expression, added, calls, removed, shown
from reviewbot.review.matcher import has_fast, matcher

EXPRESSIONS = (
    shown("ab", r"b\d+"),
    added("ab"),
    removed("ab"),
    calls(("ab", "a_b")),
    calls(("ab",), "1a", sign="+"),
    Expression(),
)
WAYS = [False] + [True] * has_fast()

needs_fast = pytest.mark.skipif(not has_fast(), reason="hyperscan is not installed")


@pytest.mark.parametrize("fast", WAYS)
@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"\n ab;", {0}),
        (b"\n+ab;", {0, 1}),
        (b"\n-x ab;", {0, 2}),
        (b"\n+ab\n+\t(", {0, 1, 3, 4}),
        (b"\n ab (x)\n+ y", {0, 3}),
        (b"\n xab(x)", {0}),
        (b"\n+aba_b(x)", {0, 1}),
        (b"\n a_b(x)", {3}),
        (b"\n+1a", {4}),
        (b"\n 1a", set()),
        (b"\n b12", {0}),
        (b"", set()),
    ],
)
def test_what_matches(fast: bool, text: bytes, found: set[int]) -> None:
    assert matcher(EXPRESSIONS, fast).seen(text).mask == sum(1 << place for place in found)


@pytest.mark.parametrize("fast", WAYS)
def test_what_is_in_a_part_is_asked_of_what_was_seen(fast: bool) -> None:
    text = b"\n ab\n+a_b(1)"
    asked = matcher(EXPRESSIONS, fast)
    seen = asked.seen(text)
    assert asked.has(text, (0, 3), seen)
    assert asked.has(b"\n ab", (0,), seen) and not asked.has(b"\n ab", (0, 3), seen)
    assert asked.has(b"\n+a_b(1)", (3,), seen) and asked.has(b"", (), seen)


TEXTS = st.text("ab_1(\n+- ", max_size=40).map(str.encode)


@needs_fast
@given(TEXTS)
def test_law_hyperscan_changes_nothing(text: bytes) -> None:
    assert matcher(EXPRESSIONS, True).seen(text).mask == matcher(EXPRESSIONS, False).seen(text).mask


@given(TEXTS)
def test_law_it_is_what_re_says(text: bytes) -> None:
    mask = matcher(EXPRESSIONS, False).seen(text).mask
    assert (mask & 1 != 0) == (re.search(rb"ab|b\d+", text) is not None)
    assert (mask & 2 != 0) == (re.search(rb"(?:^|\n)\+[^\n]*ab", text) is not None)
    assert (mask & 8 != 0) == (re.search(rb"\b(?:ab|a_b)[\s+-]*\(", text) is not None)
