"""What is quoted, and the law that quoting alters nothing."""

import time

from hypothesis import given
from hypothesis import strategies as st

from reviewbot.model.diff import FileChange, FileKind, Hunk
from reviewbot.model.printable import printable
from reviewbot.review.quote import BEFORE_MOST, ELISION, Block, Remark, blocks

BODY = """Add bar.

Longer text
over some lines.

Fixes: 1234
---
diff --git a/foo.c b/foo.c
--- a/foo.c
+++ b/foo.c
@@ -1,9 +1,10 @@ int foo(void)
 \tfirst();

 \tsecond();
 \tthird();
 \tfourth();
 \tfifth();
+\tsixth();
 \tseventh();
+\teighth();
 \tninth();
@@ -30,4 +31,9 @@ int bar(void)
 }
\x20
+static int baz(struct baz *baz)
+{
+\tbaz->one = 1;
+\tbaz->two = 2;
+\treturn baz_get(baz);
 }
"""
LINES = BODY.split("\n")


def place(text: str) -> int:
    (found,) = (n for n, line in enumerate(LINES) if line.endswith(text))
    return found


def files(body: str) -> tuple[FileChange, ...]:
    hunks = [n for n, line in enumerate(body.split("\n")) if line.startswith("@@ ")]
    made = tuple(Hunk(1, 1, "", (), n) for n in hunks)
    return (FileChange(FileKind.MODIFIED, "foo.c", "foo.c", made),)


def quotes(*places: tuple[str, ...]) -> list[list[str]]:
    """The quotes for remarks about lines that end so."""
    remarks = [Remark(tuple(map(place, ends)), "x") for ends in places]
    return [list(block.quote) for block in blocks(BODY, files(BODY), remarks)]


def test_a_statement_is_quoted_with_five_lines_above() -> None:
    assert quotes(("eighth();",)) == [
        [
            "[...]",
            "> @@ -1,9 +1,10 @@ int foo(void)",
            "[...]",
            *[f">  \t{word}();" for word in ("third", "fourth", "fifth")],
            "> +\tsixth();",
            ">  \tseventh();",
            "> +\teighth();",
        ]
    ]


def test_small_gaps_are_quoted_and_empty_lines_kept() -> None:
    (quote,) = quotes(("fourth();",))
    assert quote == [
        "[...]",
        "> @@ -1,9 +1,10 @@ int foo(void)",
        ">  \tfirst();",
        "> ",
        *[f">  \t{word}();" for word in ("second", "third", "fourth")],
    ]


def test_the_head_of_a_near_function_is_shown() -> None:
    (quote,) = quotes(("baz_get(baz);",))
    assert quote[2:4] == [">  }", ">  "]
    assert quote[4] == "> +static int baz(struct baz *baz)"


def test_neighbouring_remarks_share_a_quote() -> None:
    first, second = quotes(("sixth();",), ("eighth();",))
    assert first[-1] == "> +\tsixth();"
    assert second == [">  \tseventh();", "> +\teighth();"]


def test_two_remarks_on_one_line_quote_it_once() -> None:
    first, second = quotes(("sixth();",), ("sixth();",))
    assert first[-1] == "> +\tsixth();"
    assert second == []


def test_far_hunks_are_parted() -> None:
    _, second = quotes(("sixth();",), ("two = 2;",))
    assert second[0] == "[...]"
    assert second[1] == "> @@ -30,4 +31,9 @@ int bar(void)"


def test_adjoining_hunks_are_not() -> None:
    _, second = quotes(("ninth();",), ("one = 1;",))
    assert second[0] == "> @@ -30,4 +31,9 @@ int bar(void)"


def test_a_hunk_without_a_function_is_quoted_with_its_file() -> None:
    body = "--- /dev/null\n+++ b/foo.c\n@@ -0,0 +1,2 @@\n+int foo;\n+int bar;\n"
    (block,) = blocks(body, files(body), [Remark((4,), "x")])
    assert block.quote[:3] == ("[...]", "> +++ b/foo.c", "> @@ -0,0 +1,2 @@")


def test_related_lines_come_first_and_the_comment_once() -> None:
    (quote,) = quotes(("first();", "eighth();"))
    assert quote[1:4] == ["> @@ -1,9 +1,10 @@ int foo(void)", ">  \tfirst();", "> "]
    assert quote[-1] == "> +\teighth();"


def test_a_trailer_has_no_hunk() -> None:
    assert quotes(("Fixes: 1234",)) == [["[...]", "> over some lines.", "> ", "> Fixes: 1234"]]


def test_a_remark_on_no_line_quotes_nothing() -> None:
    made = list(blocks(BODY, (), [Remark((-1,), "whole"), Remark((10_000,), "beyond")]))
    assert made == [Block((), "whole"), Block((), "beyond")]


def test_what_a_line_of_a_mail_cannot_hold_is_left_out() -> None:
    body = "@@ -1 +1,3 @@\n+" + "x" * 2000 + "\n+ok();"
    (block,) = blocks(body, files(body), [Remark((2,), "x")])
    assert block.quote == ("> @@ -1 +1,3 @@", "[...]", "> +ok();")


def test_controls_do_not_pass() -> None:
    body = "@@ -1 +1 @@\n+\x1b[2Jok\u202e();"
    (block,) = blocks(body, files(body), [Remark((1,), "x")])
    assert block.quote[-1] == "> +␛[2Jok<U+202E>();"


ANY_LINE = st.sampled_from(
    [
        "",
        " ",
        " \tfoo();",
        "+\tbar(a, b);",
        "-}",
        "+int baz(void)",
        "@@ -1 +1 @@",
        "> x",
        "[...]",
        "-- ",
    ]
)
ANY_BODY = st.lists(ANY_LINE, min_size=1, max_size=60)


@given(ANY_BODY, st.lists(st.lists(st.integers(-1, 65), min_size=1, max_size=4), max_size=6))
def test_quoting_alters_nothing(lines: list[str], places: list[list[int]]) -> None:
    body = "\n".join(lines)
    remarks = [Remark(tuple(some), str(n)) for n, some in enumerate(places)]
    made = list(blocks(body, files(body), remarks))
    assert sorted(block.text for block in made) == [str(n) for n in range(len(places))]
    at = -1
    for line in (line for block in made for line in block.quote):
        if line == ELISION:
            continue
        assert line.startswith("> ")
        at = lines.index(line[2:], at + 1)


@given(ANY_BODY, st.integers(0, 59))
def test_the_comment_stands_under_its_line(lines: list[str], index: int) -> None:
    body = "\n".join(lines)
    (block,) = blocks(body, files(body), [Remark((index,), "x")])
    if index < len(lines):
        assert block.quote[-1] == "> " + printable(lines[index])
        assert len(block.quote) <= BEFORE_MOST + 5


def test_a_thousand_remarks_in_a_long_mail_cost_little() -> None:
    body = "@@ -1 +1 @@\n" + "+int a((((((((b;\n" * 50_000
    before = time.process_time()
    made = list(blocks(body, files(body), [Remark((n * 40 + 1,), "x") for n in range(1000)]))
    assert len(made) == 1000
    assert time.process_time() - before < 1


CALLS = """@@ -1 +1,6 @@ int foo(void)
 \ta();
+\treturn make(one,
+\t\t    two);
+\tmore(one,
 \t     two);
"""


def under(number: int) -> str:
    (block,) = blocks(CALLS, files(CALLS), [Remark((number,), "why?")])
    return block.quote[-1]


def test_a_call_over_several_lines_is_quoted_to_its_end() -> None:
    assert under(2) == "> +\t\t    two);"


def test_a_call_whose_end_is_not_of_the_same_kind_is_quoted_to_its_line() -> None:
    assert under(4) == "> +\tmore(one,"


def test_a_finished_statement_is_quoted_no_further() -> None:
    assert under(1) == ">  \ta();"


TABLE = """@@ -1,4 +1,14 @@ int foo(void)
 \ta();
 }
\x20
+static const struct file_operations foo_fops = {
+\t.read = foo_read,
+\t.llseek = noop_llseek,
+};
+
 int bar(void)
 {
 \t/*
 \t * This is why.
 \t */
 \tone = take_one(here,
 \t\t       there);
"""


def test_a_table_is_quoted_to_its_end_and_without_the_end_of_what_is_above() -> None:
    (block,) = blocks(TABLE, files(TABLE), [Remark((4,), "why?")])
    assert block.quote[2:] == (
        "> +static const struct file_operations foo_fops = {",
        "> +\t.read = foo_read,",
        "> +\t.llseek = noop_llseek,",
        "> +};",
    )


def test_a_table_that_goes_on_for_long_is_quoted_to_its_first_line() -> None:
    long = TABLE.replace("+};\n", "+\t.foo = foo,\n" * 9 + "+};\n")
    (block,) = blocks(long, files(long), [Remark((4,), "why?")])
    assert block.quote[-1] == "> +static const struct file_operations foo_fops = {"


def test_a_quote_does_not_begin_in_a_comment() -> None:
    body = TABLE + "".join(f" \t{word};\n" for word in ("b", "c", "d"))
    (block,) = blocks(body, files(body), [Remark((18,), "why?")])
    assert block.quote[:3] == (
        "> @@ -1,4 +1,14 @@ int foo(void)",
        ELISION,
        ">  \tone = take_one(here,",
    )


def test_a_line_that_is_referred_to_is_quoted_alone_and_to_its_end() -> None:
    body = TABLE + "".join(f" \t{word * 3}();\n" for word in "bcdefgh")
    (block,) = blocks(body, files(body), [Remark((14, 22), "why?")])
    assert block.quote[1:6] == (
        ELISION,
        ">  \tone = take_one(here,",
        ">  \t\t       there);",
        ">  \tbbb();",
        ">  \tccc();",
    )


def test_the_head_right_above_a_line_that_is_referred_to_is_quoted() -> None:
    (quote,) = quotes(("one = 1;", "two = 2;"))
    assert "> +static int baz(struct baz *baz)" in quote
