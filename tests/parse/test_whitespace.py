"""Blanks that a mail program changed, and blanks that only look like it."""

import pytest

from reviewbot.model.problem import ProblemKind
from reviewbot.parse.diff import file_changes
from tests.parse.diffs import HUNK, changed

PYTHON = """\
@@ -1,5 +1,6 @@
 def f(a):
     if a:
         return 1
+        # never
     for b in a:
         print(b)
"""


def details(diff: str) -> list[str]:
    found = file_changes(diff)
    assert all(problem.kind is ProblemKind.WHITESPACE_DAMAGED for problem in found.problems)
    return [problem.detail for problem in found.problems]


def test_context_lines_without_their_blank() -> None:
    lost = HUNK.replace("\n \t", "\n\t")
    assert details(changed("x.c", lost)) == ["context lines of x.c have lost their leading blank"]
    assert file_changes(changed("x.c", lost)).files == ()
    assert details(changed("x.c", lost) + "-- \n2.39.5\n") != []


def test_tabs_as_blanks() -> None:
    hunk = (HUNK + "@@ -30,2 +31,2 @@\n \t\ta;\n-b\n+c\n").replace("\t", " " * 8)
    assert details(changed("x.c", hunk)) == ["tabs of x.c have become spaces"]
    assert [change.added for change in file_changes(changed("x.c", hunk)).files] == [3]


def test_blanks_that_an_author_may_have_chosen() -> None:
    assert details(changed("x.py", PYTHON)) == []
    assert details(changed("x.c", PYTHON)) == []
    assert details(changed("x.rst", HUNK.replace("\t", " " * 8))) == []
    assert details(changed("x.c", HUNK.replace("\t", " " * 4))) == []
    assert details(changed("x.c", "@@ -1 +1 @@\n-        a\n+        b\n")) == []


@pytest.mark.parametrize("indent", ["\u00a0\u00a0", "\u00a0 \u00a0 ", " \u00a0"])
def test_no_break_spaces(indent: str) -> None:
    hunk = HUNK.replace("\t", indent)
    assert details(changed("x.c", hunk)) == ["lines of x.c are indented by no-break spaces"]


def test_no_break_space_for_the_sign() -> None:
    hunk = HUNK.replace("\n \t", "\n\u00a0\u00a0 ").replace("\t", "\u00a0 ")
    assert details(changed("x.c", hunk)) == ["lines of x.c are indented by no-break spaces"]
    assert file_changes(changed("x.c", hunk)).files == ()


def test_a_no_break_space_among_clean_lines_is_content() -> None:
    assert details(changed("x.c", HUNK.replace("+\tfoo->", "+\u00a0foo->"))) == []
    assert details(changed("x.c", HUNK.replace("foo->users", "foo->\u00a0users"))) == []


def test_space_stuffed_context() -> None:
    hunk = HUNK.replace("\n ", "\n  ").replace("@@ -12,4 +12,5", "@@ -12,5 +12,6") + "  }\n"
    assert details(changed("x.c", hunk)) == ["context lines of x.c have one blank too many"]
    assert len(file_changes(changed("x.c", hunk)).files) == 1


def test_comments_are_not_stuffed() -> None:
    hunk = "@@ -1,5 +1,5 @@\n  * One\n  *\ttwo\n-  * a\n+  * b\n  */\n  *\n"
    assert details(changed("x.c", hunk)) == []
    one = "@@ -1,5 +1,5 @@\n  \tone\n \ttwo\n-a\n+b\n \tthree\n \tfour\n"
    assert details(changed("x.c", one)) == []


ENTITIES = "@@ -1,2 +1,3 @@\n \ta-&gt;b;\n+\tc;\n \td;\n"


def test_html_entities_in_code() -> None:
    found = file_changes(changed("x.c", ENTITIES))
    assert [problem.kind for problem in found.problems] == [ProblemKind.DIFF_DAMAGED]
    assert found.problems[0].detail == "HTML entities stand in the code of x.c"
    assert [change.added for change in found.files] == [1]


def test_html_entities_that_an_author_may_have_meant() -> None:
    assert details(changed("x.html", ENTITIES)) == []
    assert details(changed("x.c", ENTITIES.replace("-&gt;b", ' = "-&gt;"'))) == []
    assert details(changed("x.c", ENTITIES.replace("-&gt;", " &gt; "))) == []


def test_text_behind_the_hunks_is_not_looked_at() -> None:
    assert details(changed("x.c") + "\n\u00a0\u00a0Regards\n") == []


def test_a_wrapped_heading_is_no_lost_blank() -> None:
    hunk = HUNK.replace("struct foo", "\nstruct foo").replace("\tint ret;\n", "\tint ret;\n \n")
    found = file_changes(changed("x.c", hunk)).problems
    assert [problem.kind for problem in found] == [ProblemKind.DIFF_DAMAGED]
