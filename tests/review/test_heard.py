"""Heard: what somebody else said, and what only looks like it."""

from time import process_time

import pytest

from reviewbot.model.finding import Finding
from reviewbot.model.message import Address, Message
from reviewbot.model.series import FollowUp
from reviewbot.review.heard import Heard, talk, topic
from tests.review.letters_made import AUTHOR, HUMAN, PATCH, answer, thread
from tests.values import finding, patch, series

BODY = (
    "Take it.\n\n+\tfoo_get(foo);\n+\tif (err)\n+\t\treturn err;\n+\tif (bad)\n+\t\treturn err;\n"
)
LINE = "\tfoo_get(foo);"


def heard(*answers: FollowUp, cover: bool = False, of: Finding | None = None) -> Heard | None:
    about = of or finding(text=LINE, function="foo_open", symbol="foo", facts={"get": "foo_get"})
    first = Message("0@example.org", "[PATCH 0/1] foo", AUTHOR, "") if cover else None
    one = series(patch(body=BODY), follow_ups=answers, cover=first)
    return talk(one, {PATCH}).heard(topic(about, BODY))


@pytest.mark.parametrize(
    ("body", "how"),
    [
        ("Who undoes foo_get()?", "names foo_get"),
        ("> +\tfoo_get(foo);\n\nThis leaks.", "answers the same line"),
        (
            "> +\tfoo_get(foo);\n> +\tif (err)\n> +\t\treturn err;\n\nAnd here?",
            "answers the same line",
        ),
        ("Rather\n\n@@ -1,1 +1,1 @@\n-\tfoo_get(foo);\n+\tbar(foo);\n", "names foo_get"),
    ],
)
def test_what_is_heard(body: str, how: str) -> None:
    found = heard(answer(body))
    assert found == Heard(HUMAN, "a@example.com", how)
    assert found.reason == f"A. Maintainer {how} in <a@example.com>"


@pytest.mark.parametrize(
    "body",
    [
        "Looks good, foo is nice.",
        "> +\tfoo_get(foo);\n> +\tother();\n> +\tother();\n> +\tother();\n\nA blank here.",
        "> Who undoes foo_get()?\n\nGood point.",
        "Reviewed-by: foo_get <r@example.org>",
        "Sure.\n\n-- \nfoo_get fan club",
        "",
    ],
)
def test_what_is_not(body: str) -> None:
    assert heard(answer(body)) is None


def test_a_program_that_answers_for_somebody_says_nothing() -> None:
    """A vacation program quotes the patch under a sentence of its own; a robot's report is another matter."""
    words = "I am out of the office. You wrote about foo_get():"
    assert heard(answer(words, machine="written by a program (X-Autoreply)")) is None
    assert heard(answer(words))
    assert heard(answer(words, sender=Address("kernel test robot", "lkp@intel.com")))


def test_who_names_the_function_may_speak_of_something_else() -> None:
    found = heard(answer("foo_open() wants a comment."))
    assert found == Heard(HUMAN, "a@example.com", "names foo_open()", sure=False)


def test_who_says_it_outweighs_who_only_names_the_function() -> None:
    found = heard(
        answer("foo_open() wants a comment."),
        answer("No foo_put() for foo_get().", message_id="b@example.com"),
    )
    assert found is not None
    assert (found.message_id, found.sure) == ("b@example.com", True)


@pytest.mark.parametrize(
    "author",
    [AUTHOR, Address("", "Author@Example.org"), Address("A. Author", "private@example.com")],
)
def test_the_author_is_not_heard(author: Address) -> None:
    assert heard(answer("foo_get() leaks, will fix.", sender=author)) is None


def test_a_line_that_stands_twice_is_no_place() -> None:
    twice = finding(text="\t\treturn err;", function="", symbol="")
    assert heard(answer("> +\t\treturn err;\n\nWhy?"), of=twice) is None


@pytest.mark.parametrize("line", ["}", "else", "", "\t\t1;"])
def test_a_line_without_a_name_is_no_place(line: str) -> None:
    assert topic(finding(text=line), f"{line}\n").lines == frozenset()


def test_another_patch_is_another_matter() -> None:
    assert heard(answer("foo_get() leaks.", under="2@example.org")) is None


def test_under_the_cover_letter_the_symbol_counts_alone() -> None:
    on_cover = answer("foo_bar is exported for nobody; foo_get.", under="0@example.org")
    export = finding(symbol="foo_bar", text="EXPORT_SYMBOL(foo_bar);")
    assert heard(on_cover, cover=True, of=export) is not None
    assert heard(on_cover, cover=True) is None


@pytest.mark.parametrize(
    ("symbol", "names"),
    [
        ("foo_bar", {"foo_bar"}),
        ("kvm", set()),
        ("&kvm->lock", {"kvm->lock"}),
        ("drv->owner", {"drv->owner"}),
        ("try_module_get(THIS_MODULE)", {"try_module_get"}),
        ("__foo_bar", {"__foo_bar"}),
        ("a - b", set()),
        ("", set()),
    ],
)
def test_names_that_mean_one_thing(symbol: str, names: set[str]) -> None:
    assert topic(finding(symbol=symbol), "").names == names


def test_an_expression_is_heard_as_a_whole() -> None:
    lock = finding(symbol="&kvm->lock", text="\treturn -EBUSY;")
    assert heard(answer("You still hold kvm->lock here."), of=lock) is not None
    assert heard(answer("kvm has a lock."), of=lock) is None


def test_our_own_mail_is_not_somebody_else() -> None:
    one = series(patch(body=BODY), follow_ups=(answer("foo_get() leaks."),))
    assert talk(one, {PATCH}, {"a@example.com"}).remarks == ()


def test_without_talk_nothing_is_heard() -> None:
    assert talk(thread(), {PATCH}).remarks == ()


@pytest.mark.parametrize("symbol", ["a_" * 200_000 + "!", "a." * 200_000 + "!", "_" * 400_000])
def test_endless_symbols_take_no_longer(symbol: str) -> None:
    start = process_time()
    assert topic(finding(symbol=symbol, facts={"get": symbol}), "").calls == frozenset()
    assert process_time() - start < 1


def test_endless_answers_are_read_in_part() -> None:
    start = process_time()
    assert heard(*(answer("x " * 500_000 + "foo_get") for _ in range(20))) is None
    assert process_time() - start < 2
