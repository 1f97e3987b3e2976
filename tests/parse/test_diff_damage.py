"""Damaged diffs: the file is lost, the reason is named, the other files are kept."""

import pytest

from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.parse.diff import Diff, file_changes
from tests.parse.diffs import HUNK, changed, header, plain

GOOD = "drivers/foo/good.c"


def damage(diff: str) -> Problem:
    """The one problem of a damaged file `x.c` between two good ones, which are kept."""
    assert file_changes(diff).files == ()
    found = file_changes(changed(GOOD) + diff + changed(GOOD))
    assert [change.path for change in found.files] == [GOOD, GOOD]
    (problem,) = found.problems
    return problem


def reason(diff: str) -> str:
    problem = damage(diff)
    assert problem.kind is ProblemKind.DIFF_DAMAGED
    return problem.detail


def test_a_short_hunk() -> None:
    said = "hunk at line 12 of x.c says 4 old and 5 new lines, has 3 and 3"
    short = HUNK.replace("+\tfoo->users++;\n", "").replace(" \treturn ret;\n", "")
    assert reason(changed("x.c", short)) == said
    assert reason(changed("x.c", short) + "-- \n2.39.5\n") == said
    assert reason(changed("x.c", short) + "\n\nThanks\n") == said


def test_a_short_hunk_in_front_of_another() -> None:
    short = HUNK.replace(" \treturn ret;\n", "")
    expected = "hunk at line 12 of x.c says 4 old and 5 new lines, has 3 and 4"
    assert reason(changed("x.c", short + "@@ -30 +31 @@\n-a\n+b\n")) == expected


@pytest.mark.parametrize("extra", ["+\tmore();\n", "-\tless();\n", " \tsame();\n"])
def test_a_hunk_longer_than_it_says(extra: str) -> None:
    expected = "hunk at line 12 of x.c is longer than the 4 old and 5 new lines it says"
    assert reason(changed("x.c", HUNK + extra)) == expected
    assert reason(changed("x.c", HUNK + extra + "@@ -30 +32 @@\n-a\n+b\n")) == expected
    assert reason(plain("a/x.c", "b/x.c", HUNK + extra)) == expected


def test_wrong_counts_in_the_middle() -> None:
    more = HUNK.replace("+\tfoo->users++;\n", "+\tfoo->users++;\n+\tmore();\n")
    expected = "hunk at line 12 of x.c says 4 old and 5 new lines, has 4 and 6"
    assert reason(changed("x.c", more)) == expected


def test_a_wrapped_line() -> None:
    wrapped = HUNK.replace("foo_tryget(foo);", "\nfoo_tryget(foo);")
    expected = (
        "hunk at line 12 of x.c is broken by a line that is no part of a diff, perhaps wrapped"
    )
    assert reason(changed("x.c", wrapped)) == expected
    heading = HUNK.replace("struct foo", "\nstruct foo")
    assert reason(changed("x.c", heading)) == expected


def test_a_wrapped_git_line() -> None:
    diff = changed("x.c").replace(" b/x.c\n", " \nb/x.c\n", 1)
    found = file_changes(diff)
    assert found.problems == (
        Problem(ProblemKind.DIFF_DAMAGED, "the header of a/x.c is not readable"),
    )


def test_every_second_line_blank() -> None:
    doubled = changed("x.c").replace("\n", "\n\n")
    assert reason(doubled) == "text stands in front of a hunk of x.c"


@pytest.mark.parametrize(
    "header_line",
    [
        "@@ -XX,X +XX,X @@",
        "@@ -1,99999999999 +1,2 @@",
        "@@ -" + "9" * 5000 + " +1 @@",
        "@@ garbage",
    ],
)
def test_a_hunk_header_that_is_not_readable(header_line: str) -> None:
    expected = "a hunk header of x.c is not readable"
    assert reason(changed("x.c", f"{header_line}\n-a\n+b\n")) == expected
    assert reason(changed("x.c", f"{HUNK}{header_line}\n-a\n+b\n")) == expected


@pytest.mark.parametrize("counts", ["-12,400000 +12,5", "-12,4 +12,999999999"])
def test_absurd_counts(counts: str) -> None:
    assert "says" in reason(changed("x.c", HUNK.replace("-12,4 +12,5", counts)))


@pytest.mark.parametrize(
    "hunks",
    [
        "@@ -0,2 +1 @@\n a\n-b\n",
        "@@ -9 +9 @@\n-a\n+b\n@@ -3 +3 @@\n-c\n+d\n",
        "@@ -3 +9 @@\n-a\n+b\n@@ -9 +3 @@\n-c\n+d\n",
        "@@ -1,0 +1,0 @@",
    ],
)
def test_hunks_that_do_not_follow_each_other(hunks: str) -> None:
    diff = changed("x.c", hunks)
    assert file_changes(diff).files == ()
    assert file_changes(diff).problems[0].kind is ProblemKind.DIFF_DAMAGED


def test_text_between_hunks() -> None:
    expected = "text stands in front of a hunk of x.c"
    for text in ("\n", "[...]\n", "Why this?\n\n"):
        assert reason(changed("x.c", HUNK + text + "@@ -30 +31 @@\n-a\n+b\n")) == expected


def test_no_hunks_at_all() -> None:
    assert reason(header("x.c", "index 1..2 100644")) == "the diff of x.c has no hunks"
    assert reason("diff --git a/x.c b/x.c\n") == "the diff of x.c has no hunks"


def test_names_that_contradict_each_other() -> None:
    diff = changed("x.c").replace("+++ b/x.c", "+++ b/y.c")
    assert reason(diff) == "the header of a/x.c b/x.c is not readable"


def test_a_hunk_without_names() -> None:
    found = file_changes(HUNK)
    assert found == Diff(
        problems=(Problem(ProblemKind.DIFF_DAMAGED, "a hunk stands under no file name"),)
    )


def test_a_damaged_plain_file_costs_no_other() -> None:
    short = plain("a/x.c", "b/x.c", "@@ -1,9 +1,9 @@\n a\n")
    found = file_changes(short + plain("a/y.c", "b/y.c"))
    assert [change.path for change in found.files] == ["y.c"]
    assert (
        found.problems[0].detail == "hunk at line 1 of x.c says 9 old and 9 new lines, has 1 and 1"
    )


def test_a_deleted_file_counts_on_the_old_side() -> None:
    gone = header("x.c", "deleted file mode 100644", new="/dev/null") + "@@ -1,3 +0,0 @@\n-a\n"
    assert reason(gone) == "hunk at line 1 of x.c says 3 old and 0 new lines, has 1 and 0"


def test_long_names_do_not_flood_a_message() -> None:
    (problem,) = file_changes(changed("x" * 5000 + ".c", "@@ -1,9 +1 @@\n a\n")).problems
    assert len(problem.detail) < 300


def test_the_same_problem_is_said_once() -> None:
    short = changed("x.c", "@@ -1,9 +1 @@\n a\n")
    assert len(file_changes(short * 3).problems) == 1


def test_names_without_a_hunk_in_front_of_all_files() -> None:
    found = file_changes(
        "--- x.c 2018-06-21\n+++ x.c 2018-09-12 @@ -1 +1 @@\n-a\n+b\n" + changed("y.c")
    )
    assert [change.path for change in found.files] == ["y.c"]
    assert [problem.detail for problem in found.problems] == [
        "the diff of x.c 2018-09-12 @@ -1 +1 @@ has no hunks"
    ]


@pytest.mark.parametrize("name", ["/dev/null", "", "a/"])
def test_a_file_without_a_name(name: str) -> None:
    found = file_changes(plain(name, name))
    assert found.files == ()
    assert found.problems[0].detail.endswith("is not readable")
