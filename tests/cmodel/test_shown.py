"""Places for the lines of a finding."""

from reviewbot.cmodel.shown import above, places
from tests.changes import edit, source


def test_only_lines_of_the_diff_have_a_place() -> None:
    change = source(edit("drivers/foo/foo.c", "\ta();", "\tb();", "\tc();"))
    assert [anchor.text for anchor in places(change, (12, 11, 9, 10, 40))] == [
        "\tc();",
        "\tb();",
        "\tc();",
    ]


def test_above_a_line_is_what_comes_before_it_in_the_mail() -> None:
    change = source(edit("drivers/foo/foo.c", "\ta();", "\tb();", "\tc();"))
    assert [anchor.text for anchor in above(change, 11, (10, 11, 12, 40))] == ["\tc();"]
    assert above(change, 10, (10, 11)) == ()
