"""Voices: which mails say what was found, and which only speak of the same place."""

import pytest

from reviewbot.model.sighting import Fate, Proof
from tests.review.revisions import (
    AUTHOR,
    ELSE,
    LEAK,
    RULE,
    WITH_PUT,
    cover,
    name,
    only,
    posted,
    reply,
)

LINE = "> +\tret = foo_start(dev);\n> +\tif (ret)\n> +\t\treturn ret;\n"
TAKEN = '> +\tnp = of_get_child_by_name(dev->of_node, "foo");\n'
SAID = "answer@example.com"


def named(*mails: bytes, rule: str = RULE, first: bytes = b"") -> list[Proof]:
    """Who named the one defect of a patch."""
    proofs = only(first or posted(LEAK), *mails, rule=rule).proofs
    return [proof for proof in proofs if proof.fate is Fate.NAMED]


@pytest.mark.parametrize(
    "words",
    [
        "This leaks np, doesn't it?",
        "The reference is not released here.",
        "You need an of_node_put() on this path.",
        "Unbalanced.",
        "Please drop the refcount first.",
    ],
)
def test_a_remark_under_the_line_that_is_to_the_point(words: str) -> None:
    assert named(reply(f"{LINE}\n{words}\n")) == [
        Proof(Fate.NAMED, SAID, "R. Reviewer answers the same line")
    ]


@pytest.mark.parametrize(
    "words",
    [
        "Please return -EIO.",
        "I would write this without the variable.",
        "Nit: an empty line, please.",
        "Reviewed-by: R. Reviewer <reviewer@example.com>",
        "foo_release_all() has the same.",
    ],
)
def test_a_remark_under_the_line_about_something_else(words: str) -> None:
    assert named(reply(f"{LINE}\n{words}\n")) == []


def test_a_remark_under_a_line_that_the_finding_refers_to() -> None:
    (one,) = named(reply(f"{TAKEN}\nThis is missing the matching of_node_put().\n"))
    assert one.how == "R. Reviewer answers the lines round it"


def test_a_word_that_is_to_the_point_somewhere_else_does_not_count() -> None:
    text = "> +\tfoo_count++;\n\nWhat is this for?\n\n> +\t\treturn -ENODEV;\n\nThis leaks.\n"
    assert named(reply(text)) == []


def test_a_sentence_that_names_the_function_and_the_fault() -> None:
    (one,) = named(reply("Looks good. Only foo_probe() leaks a reference. Thanks.\n"))
    assert one.how == "R. Reviewer names foo_probe()"


def test_name_and_fault_in_two_sentences_are_two_things() -> None:
    assert named(reply("Nice to see foo_probe(). Does foo_exit leak?\n")) == []


def test_an_answer_to_the_cover_letter_may_name_it() -> None:
    mails = [cover(1, 1), posted(LEAK, position=1, total=1, answers=name(1, 0))]
    said = reply("In patch 1 foo_probe() leaks the node.\n", name(1, 0))
    assert len(named(*mails[1:], said, first=mails[0])) == 1


def test_an_answer_to_another_patch_does_not_count() -> None:
    mails = [
        cover(1, 2),
        posted(LEAK, position=1, total=2, answers=name(1, 0)),
        posted(
            ELSE, position=2, total=2, title="foo: exit", path="drivers/foo/b.c", answers=name(1, 0)
        ),
        reply("foo_probe() leaks.\n", name(1, 2)),
    ]
    assert named(*mails[1:], first=mails[0]) == []


def test_the_author_is_nobody_else() -> None:
    assert named(reply(f"{LINE}\nOh, this leaks np.\n", sender=AUTHOR)) == []


def test_what_was_said_before_the_patch_was_sent_does_not_count() -> None:
    assert named(reply(f"{LINE}\nThis leaks np.\n", hours=1)) == []
    assert named(reply(f"{LINE}\nThis leaks np.\n", hours=25)) != []


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        ("kernel test robot <lkp@intel.com>", ()),
        ("Some Program <someone@example.com>", (("Auto-Submitted", "auto-generated"),)),
    ],
)
def test_a_robot_counts_on_the_line_only(sender: str, headers: tuple[tuple[str, str], ...]) -> None:
    (one,) = named(reply(f"{LINE}\nThis leaks np.\n", sender=sender, headers=headers))
    assert one.how.endswith("(a robot) answers the same line")
    assert named(reply("foo_probe() leaks np.\n", sender=sender, headers=headers)) == []


def test_each_revision_that_has_it_is_listened_to() -> None:
    mails = [
        reply(f"{LINE}\nThis leaks.\n"),
        posted(LEAK, 2),
        reply(f"{LINE}\nStill leaks.\n", name(2), message_id="again@example.com", hours=60),
    ]
    assert [one.by for one in named(*mails)] == [SAID, "again@example.com"]


def test_a_revision_without_it_is_not() -> None:
    later = reply("foo_probe() no longer leaks.\n", name(2), hours=60)
    assert named(posted(WITH_PUT, 2), later) == []


def test_of_many_mails_some_are_told() -> None:
    mails = [
        reply(f"{LINE}\nThis leaks.\n", message_id=f"{n}@example.com", hours=30 + n)
        for n in range(9)
    ]
    assert [one.by for one in named(*mails)] == [f"{n}@example.com" for n in range(4)]


# The author agrees


def agreed(words: str, quote: str = "> This leaks np.\n") -> list[Proof]:
    said = reply(f"{LINE}\nThis leaks np.\n\n> +\tfoo_count++;\n\nWhy?\n")
    body = f"{quote}\n{words}\n"
    answer = reply(body, SAID, AUTHOR, message_id="yes@example.org", hours=40)
    return named(said, answer)[1:]


@pytest.mark.parametrize("words", ["Good catch, thanks.", "Indeed, will fix.", "Oops."])
def test_the_author_who_agrees_is_told(words: str) -> None:
    (one,) = agreed(words)
    assert one.by == "yes@example.org"
    assert one.how.startswith('the author, A. Author: "')


@pytest.mark.parametrize(
    "words", ["I will not fix that.", "Indeed? Why?", "No.", "Good catch, but it is freed later."]
)
def test_the_author_who_does_not_agree_is_not(words: str) -> None:
    assert agreed(words) == []


def test_the_author_who_agrees_to_something_else_is_not() -> None:
    assert agreed("Good catch.", "> Why?\n") == []
