"""Where the diff of a mail begins and ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.parse import extent
from tests.builders import new_file

DIFF = new_file("a.c", "one\n")


@pytest.mark.parametrize(
    "diff",
    [
        DIFF,
        "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n",
        "diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n",
        "diff --git a/x b/x\nBinary files a/x and b/x differ\n",
        "diff --git a/very/long \nb/very/long\nindex 1..2\n",
        "diff -u a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
        "diff -ruN a/x b/x\n--- a/x\n+++ b/x\n",
        "diff --cc x\nindex 1,2..3\n--- a/x\n+++ b/x\n",
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
        "--- x.orig\t2026-03-02\n+++ x\t2026-03-02\n@@ -1 +1 @@\n",
        "Index: x\n" + "=" * 67 + "\n--- x\n+++ x\n",
        "*** a/x\t2026\n--- b/x\t2026\n***************\n",
    ],
)
def test_beginnings(diff: str) -> None:
    text = "Log with `--- x`.\n---\n x | 1 +\n\n"
    assert extent.begin(text + diff) == len(text)
    assert extent.begin(diff) == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+++ x\n",
        "@@ -1 +1 @@\n",
        "> diff --git a/x b/x\n> index 1..2\n> --- a/x\n> +++ b/x\n",
        " diff --git a/x b/x\n index 1..2\n",
        "diff --git a/foo b/foo is what git prints.\nSo be it.\n\nAnd on\nand on.\n",
        "--- start of the log ---\n+1\n",
        "---\n+++\n",
        "Index: a finger\nof the hand\n",
        "Binary files one and two differ\n",
        "*** a headline\n--- another\n",
    ],
)
def test_no_beginning(text: str) -> None:
    assert extent.begin(text) == -1


def test_a_beginning_below_a_false_one() -> None:
    text = "diff --git a/foo b/foo is what git prints.\nSo be it.\n\nAnd on\nand on.\n\n"
    assert extent.begin(text + DIFF) == len(text)


@pytest.mark.parametrize(
    "tail", ["-- \n2.39.5\n", "-- \n", "-- ", "--\n2.39.5\n", "_" * 47 + "\nlist\n", ""]
)
@pytest.mark.parametrize("between", ["", "\n", "\nbase-commit: 0123456\n"])
def test_end(tail: str, between: str) -> None:
    diff = DIFF + between
    assert extent.end("x\n" + diff + tail, 2) == 2 + len(diff)


def test_a_removed_line_that_looks_like_a_signature() -> None:
    diff = "--- a/x\n+++ b/x\n@@ -1,4 +1,2 @@\n a\n-- \n--\n-b\n+c\n"
    assert extent.end(diff + "-- \n2.39.5\n", 0) == len(diff)


def test_a_context_line_whose_blank_was_lost() -> None:
    diff = "--- a/x\n+++ b/x\n@@ -1,3 +1,2 @@\n a\n\n-- \n\\ No newline at end of file\n"
    assert extent.end(diff + "-- \n2.39.5\n", 0) == len(diff)


@pytest.mark.parametrize("counts", ["-1,9 +1,9", "-1,2 +1", "-1,3 +1,1", "-x +y"])
def test_wrong_counts(counts: str) -> None:
    diff = f"--- a/x\n+++ b/x\n@@ {counts} @@\n a\n-b\n+c\n"
    assert extent.end(diff + "-- \n2.39.5\n", 0) == len(diff)


def test_a_wrapped_hunk() -> None:
    diff = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a line that was\nwrapped\n-b\n+c\n"
    assert extent.end(diff + "-- \n2.39.5\n", 0) == len(diff)


def test_without_hunks() -> None:
    diff = "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n"
    assert extent.end(diff + "-- \n2.39.5\n", 0) == len(diff)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("a\n---\nb", 2),
        ("a\n---  \t\nb", 2),
        ("a\n--- b\n", 2),
        ("a\ndiff -u\n", 2),
        ("a\nIndex: x\n", 2),
        ("---", 0),
        ("a\n----\nb\n", 9),
        ("a\n --- \n--\n-- \n--- \n", 15),
        ("a\n---b\n", 7),
        ("a\ndiffs\n", 8),
    ],
)
def test_the_end_of_the_log_is_gits(text: str, at: int) -> None:
    assert extent.log_end(text, 0) == at


def test_signature() -> None:
    assert extent.signature("a\n-- \nb", 0) == 2
    assert extent.signature("a\n", 0) == 2


LINES = st.lists(
    st.sampled_from(
        [
            "",
            " a",
            "-b",
            "+c",
            "-- ",
            "--",
            "---",
            "--- a/x",
            "+++ b/x",
            "@@ -1 +1 @@",
            "@@ -1,3 +1,3 @@",
            "diff --git a/x b/x",
            "index 1..2",
            "> q",
            "Index: x",
            "=" * 67,
            "_" * 47,
            "text",
            "\\ No",
        ]
    )
)


@given(LINES)
def test_begin_and_end_are_line_starts(lines: list[str]) -> None:
    text = "\n".join(lines)
    start = extent.begin(text)
    if start >= 0:
        end = extent.end(text, start)
        assert start <= end <= len(text)
        assert all(at in (0, len(text)) or text[at - 1] == "\n" for at in (start, end))
