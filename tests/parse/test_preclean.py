"""Diff text in sections: where a file's diff starts."""

import pytest

from reviewbot.parse.preclean import LONGEST_LINE, Form, sections
from tests.parse.diffs import HUNK, changed, plain

CONTEXT_DIFF = """\
*** a/x.c	2020-01-01
--- b/x.c	2020-01-02
***************
*** 1,2 ****
! int a;
  int b;
--- 1,2 ----
! long a;
  int b;
"""


def forms(diff: str) -> list[Form]:
    return [section.form for section in sections(diff)]


def test_one_section_a_file() -> None:
    found = list(sections(changed("x.c") + changed("y.c")))
    assert [section.form for section in found] == [Form.GIT, Form.GIT]
    assert found[0].lines[0] == "diff --git a/x.c b/x.c"
    assert found[1].lines[0] == "diff --git a/y.c b/y.c"
    assert found[1].first == changed("x.c").count("\n")
    assert found[0].lines[found[0].body].startswith("@@ -12,4")


def test_every_line_is_in_one_section_at_its_place() -> None:
    diff = (
        "text\n"
        + changed("x.c")
        + "more\n"
        + plain("l.orig/y.c", "l/y.c")
        + CONTEXT_DIFF
        + changed()
    )
    lines = diff.split("\n")
    found = list(sections(diff))
    assert [line for section in found for line in section.lines] == lines
    assert all(lines[s.first] == s.lines[0] for s in found)
    assert forms(diff) == [Form.STRAY, Form.GIT, Form.PLAIN, Form.CONTEXT, Form.GIT]


def test_plain_files_follow_each_other() -> None:
    diff = plain("a/x.c", "b/x.c") + plain("a/y.c", "b/y.c")
    assert forms(diff) == [Form.PLAIN, Form.PLAIN]


def test_removed_and_added_lines_that_look_like_names_are_content() -> None:
    hunks = "@@ -1,2 +1,2 @@\n int a;\n--- comment\n+++ x\n@@ -9 +9 @@\n-b\n+c\n"
    assert forms(plain("a/x.c", "b/x.c", hunks)) == [Form.PLAIN]
    assert forms(changed("x.c", hunks)) == [Form.GIT]


def test_names_behind_a_short_hunk_are_names() -> None:
    short = "@@ -1,9 +1,9 @@\n int a;\n"
    assert forms(plain("a/x.c", "b/x.c", short) + plain("a/y.c", "b/y.c")) == [Form.PLAIN] * 2


@pytest.mark.parametrize("verb", ["--cc", "--combined"])
def test_combined_diffs(verb: str) -> None:
    combined = f"diff {verb} x.c\nindex 1,2..3\n--- a/x.c\n+++ b/x.c\n@@@ -1,1 -1,1 +1,1 @@@\n- a\n -b\n++c\n"
    assert forms(combined + changed()) == [Form.COMBINED, Form.GIT]
    assert forms(changed() + combined) == [Form.GIT, Form.COMBINED]


def test_context_diff_behind_a_git_diff() -> None:
    assert forms(changed() + CONTEXT_DIFF) == [Form.GIT, Form.CONTEXT]


def test_binary_line_belongs_to_gits_header_or_stands_alone() -> None:
    inside = (
        "diff --git a/x.bin b/x.bin\nindex 1..2 100644\nBinary files a/x.bin and b/x.bin differ\n"
    )
    assert forms(inside + changed()) == [Form.GIT, Form.GIT]
    assert forms(plain("a/x.c", "b/x.c") + "Binary files a/x.bin and b/x.bin differ\n") == [
        Form.PLAIN,
        Form.BINARY,
    ]


def test_other_diff_lines_are_nothing_by_themselves() -> None:
    diff = "diff -urN l.orig/x.c l/x.c\n" + plain("l.orig/x.c", "l/x.c")
    assert forms(diff) == [Form.STRAY, Form.PLAIN]
    assert forms("diff --unified x.c y.c\n" + plain("x.c", "y.c")) == [Form.STRAY, Form.PLAIN]


def test_carriage_returns_go_where_the_header_has_them() -> None:
    crlf = changed("x.c").replace("\n", "\r\n")
    found = next(sections(crlf))
    assert not any(line.endswith("\r") for line in found.lines)
    mixed = changed("x.c", HUNK.replace("foo_get(foo);", "foo_get(foo);\r"))
    found = next(sections(mixed))
    assert "-\tret = foo_get(foo);\r" in found.lines


@pytest.mark.parametrize("odd", ["\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\r", "\0"])
def test_only_newline_ends_a_line(odd: str) -> None:
    found = next(sections(changed("x.c", f"@@ -1 +1 @@\n-a{odd}b\n+c{odd}\n")))
    assert f"-a{odd}b" in found.lines


def test_over_long_lines_are_marked() -> None:
    long = "@@ -1 +1 @@\n-a\n+" + "x" * LONGEST_LINE + "\n"
    found = list(sections(changed("x.c", long) + changed("y.c")))
    assert [section.too_long for section in found] == [True, False]
    many = "@@ -1 +1,20000 @@\n-a\n" + "+int a;\n" * 20000
    assert not next(sections(changed("x.c", many))).too_long


def test_nothing_makes_nothing_of_note() -> None:
    assert forms("") == [Form.STRAY]
