"""Diff values: what a file change answers about itself."""

import pytest

from reviewbot.model.diff import FileChange, FileKind, Hunk, Line, Sign

LINES = (
    Line(Sign.CONTEXT, "{", 3, 3, 10),
    Line(Sign.REMOVED, "a", 4, 0, 11),
    Line(Sign.ADDED, "b", 0, 4, 12),
    Line(Sign.ADDED, "c", 0, 5, 13),
)


def test_lines_are_counted_over_all_hunks() -> None:
    hunk = Hunk(3, 3, "", LINES, 9)
    change = FileChange(FileKind.MODIFIED, "x.c", "x.c", (hunk, hunk))
    assert (change.added, change.removed) == (4, 2)


def test_a_change_without_hunks_counts_nothing() -> None:
    change = FileChange(FileKind.RENAMED, "x.c", "y.c")
    assert (change.added, change.removed) == (0, 0)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [("x.c", "x.c", "x.c"), ("x.c", "y.c", "y.c"), ("", "y.c", "y.c"), ("x.c", "", "x.c")],
)
def test_path_is_the_one_after_the_change(old: str, new: str, path: str) -> None:
    assert FileChange(FileKind.MODIFIED, old, new).path == path


def test_values_are_frozen_and_comparable() -> None:
    line = LINES[0]
    assert line == Line(Sign.CONTEXT, "{", 3, 3, 10)
    with pytest.raises(AttributeError):
        line.text = "}"  # type: ignore[misc]
