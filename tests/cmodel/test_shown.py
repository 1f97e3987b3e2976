"""Places for the lines of a finding."""

from reviewbot.cmodel.shown import places
from tests.changes import edit, source


def test_only_lines_of_the_diff_have_a_place() -> None:
    change = source(edit("drivers/foo/foo.c", "\ta();", "\tb();", "\tc();"))
    assert [anchor.text for anchor in places(change, (12, 11, 9, 10, 40))] == [
        "\tc();",
        "\tb();",
        "\tc();",
    ]
