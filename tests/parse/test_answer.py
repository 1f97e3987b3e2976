"""Answers taken apart: what is said under what, and what nobody said."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.parse.answer import Saying, sayings

REMARK = """On Mon, 2 Mar 2026 12:00:00 +0000, A. Author wrote:
> Take a reference.
>
> +	foo_get(foo);
> +	bar(foo);

This needs foo_put().

> +	return 0;

"""


def words(body: str) -> tuple[str, ...]:
    return tuple(line for saying in sayings(body) for line in saying.words)


def test_a_remark_and_the_lines_above_it() -> None:
    assert [*sayings(REMARK)] == [
        Saying(
            ("Take a reference.", "+\tfoo_get(foo);", "+\tbar(foo);"), ("This needs foo_put().",)
        )
    ]


def test_words_before_any_quote_have_none() -> None:
    assert [*sayings("Thanks.\n\n> +bar();\n")] == [Saying((), ("Thanks.",))]


def test_deeper_quotes_are_quotes() -> None:
    (said,) = sayings("> > +\tfoo();\n> Why foo?\n\nBecause.\n")
    assert said == Saying(("+\tfoo();", "Why foo?"), ("Because.",))


@pytest.mark.parametrize("mark", [">", " >", "AW>", "> >", ">>"])
def test_every_kind_of_mark(mark: str) -> None:
    (said,) = sayings(f"{mark} +foo();\nNo.\n")
    assert said == Saying(("+foo();",), ("No.",))


@pytest.mark.parametrize(
    "line",
    [
        "Reviewed-by: R. Reviewer <r@example.org>",
        "Reported-by: kernel test robot <lkp@example.org>",
        'Fixes: 123456789012 ("foo: add foo_bar()")',
        "Link: https://example.org/foo_bar",
        "On Mon, Mar 2, 2026, A. Author wrote:",
        "[...]",
        "[snip]",
        "<snip>",
        "...",
        "",
    ],
)
def test_lines_that_say_nothing(line: str) -> None:
    assert words(f"> +foo();\n{line}\n") == ()


@pytest.mark.parametrize(
    "end",
    [
        "-- \nR. Reviewer, maintainer of foo_bar",
        "-----Original Message-----\nfoo_bar() is added.",
        "________________________________\nfoo_bar() is added.",
        "From: A. Author <author@example.org>\nSent: Monday\n\nfoo_bar() is added.",
        "vim +/foo_bar +14 virt/foo.c\n\n    13\tint foo_bar(void)",
    ],
)
def test_what_ends_an_answer(end: str) -> None:
    assert words(f"No.\n\n{end}\n") == ("No.",)


def test_a_robot_marks_what_is_new_like_a_quote() -> None:
    body = ">> virt/foo.c:12 foo_bar() warn: missing unlock 'foo->lock'\n"
    assert words(body) == (body.strip(),)


@pytest.mark.parametrize(
    "line",
    [
        ">> virt/foo.c:14:5: warning: no previous prototype for 'foo_bar' [-Wmissing-prototypes]",
        "   virt/foo.c: In function 'foo_bar':",
        "      14 | int foo_bar(struct foo *foo)",
        "         |     ^~~~~~~",
    ],
)
def test_a_compiler_says_nothing_of_its_own(line: str) -> None:
    assert words(f"All warnings:\n\n{line}\n") == ("All warnings:",)


def test_of_a_diff_the_changes_are_apart() -> None:
    (said,) = sayings(
        "How about:\n\ndiff --git a/foo.c b/foo.c\n--- a/foo.c\n+++ b/foo.c\n@@ -1,2 +1,2 @@ bar()\n"
        " context();\n-old();\n+new();\n\nThanks.\n"
    )
    assert said.words == ("How about:", "Thanks.")
    assert said.changes == ("old();", "new();")


def test_a_diff_alone_is_something_said() -> None:
    (said,) = sayings("> +foo();\n\n@@ -1,1 +1,1 @@\n-foo();\n+bar();\n")
    assert (said.words, said.changes) == ((), ("foo();", "bar();"))


@given(st.text(alphabet=st.sampled_from("ab> -+@\n\t|[].:_"), max_size=200))
def test_nothing_said_was_quoted(body: str) -> None:
    lines = body.split("\n")
    for saying in sayings(body):
        assert saying.words or saying.changes
        assert all(word in lines for word in saying.words)


@pytest.mark.parametrize(
    "body",
    [
        ">" * 300_000,
        "a" * 300_000,
        "> \n" * 100_000,
        "From: a\n" * 50_000,
        " " * 300_000 + "x",
        "[" + " " * 300_000 + "x",
    ],
)
def test_long_bodies_take_no_longer(body: str) -> None:
    start = process_time()
    list(sayings(body))
    assert process_time() - start < 2
