"""What spatch prints: diffs of marked lines, and the lines of coccilib.report."""

from hypothesis import given
from hypothesis import strategies as st

from reviewbot.model.match import Match
from reviewbot.parse.spatch import matches

LINES = ("int f(void)", "{", "\tfoo_get(a);", "", "\treturn 0;", "}", "")
DIFF = """--- image.c
+++ /tmp/cocci-output-1-a-image.c
@@ -1,6 +1,4 @@
 int f(void)
 {
-	foo_get(a);
~
-	return 0;
 }
""".replace("~", " ")


def lines_of(printed: str) -> list[int]:
    found = matches(printed, "image.c", LINES)
    assert found is not None
    return [match.line for match in found]


def test_a_marked_line_has_a_minus() -> None:
    assert matches(DIFF, "image.c", LINES) == (Match(3), Match(5))


def test_an_empty_context_line_may_have_lost_its_space() -> None:
    assert lines_of(DIFF.replace("\n \n", "\n\n")) == [3, 5]


def test_a_line_that_would_be_added_has_no_place() -> None:
    assert lines_of(DIFF.replace("-\tfoo_get(a);\n", " \tfoo_get(a);\n+\tbar();\n")) == [5]


def test_the_counts_of_a_hunk_may_be_left_out() -> None:
    assert lines_of("--- image.c\n+++ b\n@@ -3 +2 @@\n-\tfoo_get(a);\n") == [3]


def test_two_hunks() -> None:
    printed = "--- image.c\n+++ b\n@@ -3 +2 @@\n-\tfoo_get(a);\n@@ -5,2 +4,1 @@\n-\treturn 0;\n }\n"
    assert lines_of(printed) == [3, 5]


def test_a_reported_line_has_a_message() -> None:
    printed = "image.c:3:1-8: the foo of a is leaked\n"
    assert matches(printed, "image.c", LINES) == (Match(3, "the foo of a is leaked"),)


def test_what_is_reported_and_marked_is_one_match() -> None:
    printed = "image.c:3:1-8: it leaks\n" + DIFF
    assert matches(printed, "image.c", LINES) == (Match(3, "it leaks"), Match(5))


def test_two_messages_on_a_line_are_two_matches() -> None:
    printed = "image.c:3:1-8: one\nimage.c:3:1-8: two\nimage.c:3:1-8: one\n"
    assert matches(printed, "image.c", LINES) == (Match(3, "one"), Match(3, "two"))


def test_talk_is_passed_over() -> None:
    printed = (
        "HANDLING: image.c\nwarning: r: unused\n" + DIFF + "Note: it took a second\n 3 rules\n"
    )
    assert lines_of(printed) == [3, 5]
    assert matches("", "image.c", LINES) == ()


def test_other_files_do_not_count() -> None:
    assert matches(DIFF.replace("--- image.c", "--- image.h"), "image.c", LINES) == ()
    assert matches("image.h:3:1-8: it leaks\n", "image.c", LINES) == ()


def test_a_place_beyond_the_file_is_not_understood() -> None:
    assert matches("image.c:300:1-8: it leaks\n", "image.c", LINES) is None
    assert matches("image.c:0:1-8: it leaks\n", "image.c", LINES) is None
    assert matches("--- image.c\n@@ -300 +300 @@\n-\tfoo_get(a);\n", "image.c", LINES) is None


def test_a_line_that_is_another_is_not_understood() -> None:
    assert matches(DIFF.replace("foo_get(a)", "foo_get(b)"), "image.c", LINES) is None


def test_a_form_feed_ends_no_line() -> None:
    printed = "--- image.c\n+++ b\n@@ -1,2 +1 @@\n-\f\n x\n"
    assert matches(printed, "image.c", ("\f", "x")) == (Match(1),)


@given(st.text(alphabet="image.c:0123456789-+@, \n\t", max_size=200))
def test_any_output_is_read(printed: str) -> None:
    found = matches(printed, "image.c", LINES)
    assert found is None or all(0 < match.line <= len(LINES) for match in found)


@given(st.lists(st.sampled_from(["+", "-", " "]), max_size=7))
def test_every_minus_is_found(signs: list[str]) -> None:
    """Whatever is marked, context and additions between: the numbers are those of the file."""
    rows = []
    numbers = iter(range(1, len(LINES) + 1))
    wanted = []
    for sign in signs:
        if sign == "+":
            rows.append("+new")
            continue
        number = next(numbers)
        rows.append(sign + LINES[number - 1])
        wanted += [number] if sign == "-" else []
    old = sum(sign != "+" for sign in signs)
    printed = "\n".join(["--- image.c", "+++ b", f"@@ -1,{old} +1,9 @@", *rows])
    assert lines_of(printed) == wanted
