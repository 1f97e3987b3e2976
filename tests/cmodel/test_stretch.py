"""Lines of one side: from hunks, from a text, and hunks applied."""

import pytest

from reviewbot.cmodel.stretch import Stretch, applied, split, stretches, whole
from reviewbot.model.diff import Hunk, Side
from tests.cmodel.sources import hunk

EDIT = """
 a
-b
+B
+C
 d
"""


def test_each_side_has_its_own_lines() -> None:
    edit = hunk(EDIT, 10, 20, "int foo(void)")
    assert stretches((edit,), Side.OLD) == (Stretch(10, ("a", "b", "d"), "int foo(void)"),)
    assert stretches((edit,), Side.NEW) == (Stretch(20, ("a", "B", "C", "d"), "int foo(void)"),)


def test_hunks_with_a_gap_stay_apart() -> None:
    found = stretches((hunk(EDIT, 1, 1), hunk(EDIT, 9, 10, "x")), Side.OLD)
    assert [(part.first, part.heading) for part in found] == [(1, ""), (9, "x")]


def test_neighbours_make_one_stretch_with_the_first_heading() -> None:
    (found,) = stretches((hunk(EDIT, 1, 1, "one"), hunk(EDIT, 4, 5, "two")), Side.NEW)
    assert found == Stretch(1, ("a", "B", "C", "d", "a", "B", "C", "d"), "one")


def test_hunks_may_touch_on_one_side_only() -> None:
    hunks = (hunk(" a\n-b", 1, 1), hunk(" x", 5, 2))
    assert len(stretches(hunks, Side.OLD)) == 2
    assert stretches(hunks, Side.NEW) == (Stretch(1, ("a", "x")),)


def test_a_side_without_lines_has_no_stretch() -> None:
    assert stretches((hunk("+a\n+b", 0, 1),), Side.OLD) == ()
    assert stretches((), Side.NEW) == ()


def test_lines_out_of_order_are_not_joined() -> None:
    found = stretches((hunk(" a\n b", 8, 8), hunk(" c", 3, 3)), Side.NEW)
    assert [part.first for part in found] == [8, 3]


def test_a_whole_file_is_one_stretch_from_line_1() -> None:
    assert whole(("a", "b")) == (Stretch(1, ("a", "b")),)
    assert whole(()) == ()


LONG = "static int foo(" + "struct kvm *kvm, " * 8


@pytest.mark.parametrize(
    ("first", "heading", "kept"),
    [
        ("-int foo(void)\n+int bar(void)", "int foo(void)", False),
        ("-int foo(void)\n+int bar(void)", "int baz(void)", True),
        ("-int foo(void)\n+int foo(void)", "int foo(void)", True),
        (" int foo(void)\n-\tx();", "int foo(void)", True),
        (f"-{LONG}\n+int bar(void)", LONG[:80].rstrip(), False),
        ("-\tint foo(void)", "int foo(void)", True),
    ],
)
def test_a_heading_that_is_removed_says_nothing_of_the_new_file(
    first: str, heading: str, kept: bool
) -> None:
    hunks = (hunk(first, 1, 1), hunk(" a", 40, 40, heading))
    assert stretches(hunks, Side.NEW)[-1].heading == (heading if kept else "")
    assert stretches(hunks, Side.OLD)[-1].heading == heading


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ()),
        ("\n", ("",)),
        ("a", ("a",)),
        ("a\n", ("a",)),
        ("a\n\nb\n", ("a", "", "b")),
        ("a\x0cb\x85c\u2028d\r\n", ("a\x0cb\x85c\u2028d\r",)),
    ],
)
def test_only_a_line_feed_ends_a_line(text: str, lines: tuple[str, ...]) -> None:
    assert split(text) == lines


@pytest.mark.parametrize(
    ("hunks", "result"),
    [
        ((), ("1", "2", "3", "4")),
        ((hunk(" 1\n-2\n+two", 1, 1),), ("1", "two", "3", "4")),
        ((hunk("-1\n 2", 1, 1), hunk(" 3\n 4\n+5", 3, 2)), ("2", "3", "4", "5")),
        ((hunk("+0", 0, 1),), ("0", "1", "2", "3", "4")),
        ((hunk("+5", 4, 5),), ("1", "2", "3", "4", "5")),
        ((hunk("+2.5", 2, 3),), ("1", "2", "2.5", "3", "4")),
        ((hunk("-1\n-2\n-3\n-4", 1, 0),), ()),
    ],
)
def test_hunks_that_fit_are_applied(hunks: tuple[Hunk, ...], result: tuple[str, ...]) -> None:
    assert applied(("1", "2", "3", "4"), hunks) == result


@pytest.mark.parametrize(
    "hunks",
    [
        (hunk(" 1\n-x", 1, 1),),
        (hunk(" 2\n 3", 1, 1),),
        (hunk(" 4\n 5", 4, 4),),
        (hunk(" 1", 9, 9),),
        (hunk(" 3", 3, 3), hunk(" 2", 2, 2)),
        (hunk(" 1\n-2", 1, 1), hunk("-2", 2, 2)),
    ],
)
def test_hunks_that_do_not_fit_are_refused(hunks: tuple[Hunk, ...]) -> None:
    assert applied(("1", "2", "3", "4"), hunks) is None
