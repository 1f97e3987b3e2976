"""Brackets paired, lists divided, braces counted."""

import pytest

from reviewbot.cmodel.brackets import closing, imbalance, parentheses, parts, pieces


@pytest.mark.parametrize(
    ("code", "pairs"),
    [
        ("", {}),
        ("f()", {1: 2}),
        ("f(g(x), y)", {1: 9, 3: 5}),
        (") f(x)", {3: 5}),
        ("f(g(x)", {3: 5}),
        ("f(\n}\n)", {}),
        ("f(\n\t}\n)", {1: 6}),
    ],
)
def test_parentheses_are_paired(code: str, pairs: dict[int, int]) -> None:
    assert parentheses(code) == pairs


def test_absurd_depth_is_not_followed() -> None:
    pairs = parentheses("(" * 1000 + ")" * 1000)
    assert len(pairs) == 40
    assert pairs[0] == 1999


@pytest.mark.parametrize(
    ("code", "opened", "close"),
    [("f(a)", 1, 3), ("f(a(b)c)d", 1, 7), ("f(a(b)", 1, -1), ("f(a}\n}b)", 1, 7)],
)
def test_the_closing_parenthesis(code: str, opened: int, close: int) -> None:
    assert closing(code, opened) == close


@pytest.mark.parametrize(
    ("code", "divided"),
    [
        ("", []),
        ("  ", []),
        ("a", ["a"]),
        (" a , b ", ["a", "b"]),
        ("a(b, c), d", ["a(b, c)", "d"]),
        ("{ 1, 2 }, x[a, b]", ["{ 1, 2 }", "x[a, b]"]),
        ("a,", ["a", ""]),
        (",", ["", ""]),
        ("a), b", ["a), b"]),
    ],
)
def test_lists_are_divided_at_their_own_commas(code: str, divided: list[str]) -> None:
    assert pieces(code) == (divided if divided else [])


def test_parts_are_offsets_of_the_whole_code() -> None:
    assert parts("f(ab, c)", 2, 7) == [(2, 4), (5, 7)]


@pytest.mark.parametrize(
    ("code", "missing", "left"),
    [("", 0, 0), ("{}", 0, 0), ("}", 1, 0), ("{", 0, 1), ("} else {", 1, 1), ("}{}}{{}", 2, 1)],
)
def test_braces_closed_but_not_opened_and_the_reverse(code: str, missing: int, left: int) -> None:
    assert imbalance(code) == (missing, left)
