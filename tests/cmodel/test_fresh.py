"""Which matches a change brings in, and where they are told."""

from hypothesis import given
from hypothesis import strategies as st

from reviewbot.cmodel.fresh import Carried, Fresh, fresh
from reviewbot.cmodel.source import SourceChange
from reviewbot.model.diff import Side
from reviewbot.model.match import Match
from tests.changes import changed
from tests.values import file_change

PATH = "drivers/foo/foo.c"
OLD = """int foo(struct foo *a)
{
	foo_get(a);
	if (a->bar)
		return -EINVAL;
	foo_put(a);
	return 0;
}
"""


def change(*lines: str, start: int = 3, tree: str = OLD) -> SourceChange:
    """A change of `PATH` by one hunk of these lines that begins at a line of the tree."""
    old = sum(line[0] != "+" for line in lines)
    new = sum(line[0] != "-" for line in lines)
    diff = (
        f"diff --git a/{PATH} b/{PATH}\n--- a/{PATH}\n+++ b/{PATH}\n"
        f"@@ -{start},{old} +{start},{new} @@\n" + "".join(f"{line}\n" for line in lines)
    )
    return next(changed(diff, tree={PATH: tree}).sources)


def at(*lines: int) -> tuple[Match, ...]:
    return tuple(Match(line) for line in lines)


def found(source: SourceChange, old: tuple[Match, ...], new: tuple[Match, ...]) -> list[Fresh]:
    return list(fresh(source, old, new))


ADDED = change(" \tfoo_get(a);", "+\tif (!a->baz)", "+\t\treturn -ENODEV;", " \tif (a->bar)")


def test_a_match_on_an_added_line() -> None:
    assert found(ADDED, (), at(5)) == [Fresh(Match(5), 5, Side.NEW, True)]


def test_a_match_that_was_there_before() -> None:
    assert found(ADDED, at(5), at(7)) == []
    assert found(ADDED, at(5), at(5, 7)) == [Fresh(Match(5), 5, Side.NEW, True)]


def test_the_message_tells_matches_of_a_line_apart() -> None:
    old, new = (Match(5, "a leak"),), (Match(7, "a leak"), Match(7, "a double put"))
    assert [one.match.message for one in found(ADDED, old, new)] == ["a double put"]


def test_an_unchanged_line_leads_to_the_nearest_added_one() -> None:
    assert found(ADDED, (), at(3)) == [Fresh(Match(3), 4, Side.NEW, False)]
    assert found(ADDED, (), at(9)) == [Fresh(Match(9), 5, Side.NEW, False)]


def test_one_unchanged_line_of_a_function_is_enough() -> None:
    assert len(found(ADDED, (), at(3, 7, 9))) == 1
    assert [one.line for one in found(ADDED, (), at(3, 5, 9))] == [5]


def test_an_unchanged_line_may_lead_to_a_removed_one() -> None:
    gone = change(" \t\treturn -EINVAL;", "-\tfoo_put(a);", " \treturn 0;", start=5)
    assert found(gone, (), at(6)) == [Fresh(Match(6), 6, Side.OLD, False)]


def test_a_line_rewritten_in_its_function_is_no_new_match() -> None:
    rewritten = change(
        " \tif (a->bar)", "-\t\treturn -EINVAL;", "+\t\treturn  -EINVAL;\t/* bar */", start=4
    )
    assert found(rewritten, at(5), at(5)) == []


def test_as_many_matches_as_before_are_not_new() -> None:
    """One of two alike is new; the one on the unchanged line is taken for the old one."""
    more = change(
        " \tfoo_get(a);", "+\tif (!a->baz)", "+\t\treturn -EINVAL;", " \tif (a->bar)", start=3
    )
    assert [one.line for one in found(more, at(5), at(5, 7))] == [5]


def test_a_line_that_is_moved_is_not_new() -> None:
    moved = change(
        *(" \tfoo_get(a);", "+\tfoo_put(a);", " \tif (a->bar)", " \t\treturn -EINVAL;"),
        *("-\tfoo_put(a);", " \treturn 0;"),
    )
    assert found(moved, (), at(4)) == []


def test_outside_of_functions_only_the_added_line_is_a_place() -> None:
    text = "int a;\nint b;\n"
    source = change(" int a;", "+int c;", " int b;", start=1, tree=text)
    assert found(source, (), at(1)) == []
    assert found(source, (), at(2)) == [Fresh(Match(2), 2, Side.NEW, True)]


def test_another_function_is_another_place() -> None:
    twice = OLD + OLD.replace("int foo", "int bar")
    source = change(" \tfoo_get(a);", "+\tbaz(a);", " \tif (a->bar)", tree=twice)
    assert found(source, at(5, 13), at(6, 14)) == []
    assert [one.line for one in found(source, at(5), at(6, 14))] == []
    assert [one.line for one in found(source, at(13), at(6, 14))] == [4]


# Lines carried over


def test_a_line_is_carried_over_hunks() -> None:
    hunks = (
        *file_change(PATH, " a", "+b", "+c", " d", start=10).hunks,
        *file_change(PATH, " e", "-f", " g", start=20).hunks,
    )
    carried = Carried(hunks)
    assert [carried.line(n) for n in (1, 9, 10, 11, 12, 19)] == [1, 9, 10, 13, 14, 21]
    assert carried.line(21) == 0
    assert [carried.line(n) for n in (23, 100)] == [24, 101]


def test_a_hunk_without_old_lines_stands_behind_its_line() -> None:
    """`@@ -10,0 +11,2 @@`, as `git diff -U0` writes it."""
    carried = Carried(file_change(PATH, "+b", "+c", start=10).hunks)
    assert [carried.line(n) for n in (9, 10, 11)] == [9, 10, 13]


@given(st.lists(st.sampled_from(["+", "-", " "]), min_size=1, max_size=20))
def test_what_a_diff_keeps_is_carried_to_its_place(signs: list[str]) -> None:
    lines = [f"{sign}line {number}" for number, sign in enumerate(signs)]
    (hunk,) = file_change(PATH, *lines, start=1).hunks
    carried = Carried((hunk,))
    for line in hunk.lines:
        if line.old:
            assert carried.line(line.old) == line.new
