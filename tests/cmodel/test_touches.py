"""Whether a step may give an object away."""

import pytest

from reviewbot.cmodel.flow import Kind
from reviewbot.cmodel.touches import Touches, around
from tests.cmodel.flows import WORDS


def touches(**given: object) -> Touches:
    """Touches of the object `b`, with the kin `f`."""
    values: dict = {
        "names": frozenset(("b",)),
        "kin": frozenset(("b", "f")),
        "boxes": frozenset(),
        "is_global": False,
        "words": WORDS,
    }
    return Touches(**{**values, **given})


@pytest.mark.parametrize(
    "text",
    [
        "foo_register(b)",
        "foo_add(&b->list, f)",
        "n = foo_set(n, b)",
        "foo_put(b)",
        "foo_release(f)",
        "f->box = b",
        "*out = b",
        "other = b",
        "f->list = &b",
    ],
)
def test_statement_that_may_end_the_claim(text: str) -> None:
    assert touches().touches(text, Kind.STATEMENT)


@pytest.mark.parametrize(
    "text",
    [
        "foo_look(b)",
        "n = b->n",
        "f->n = *b",
        "foo_register(n)",
        "foo_add(b->n)",
        "IS_ERR(b)",
        "kfree(b)",
        "INIT_LIST_HEAD(&b->list)",
        "b->n = n",
        "foo_register(bb)",
        "foo_register(c->b)",
    ],
)
def test_statement_that_leaves_it_alone(text: str) -> None:
    assert not touches().touches(text, Kind.STATEMENT)


@pytest.mark.parametrize("text", ["f->last = p", "*out = p", "foo_add(&p->node, f)", "foo_put(p)"])
def test_step_that_gives_away_what_the_object_is_part_of(text: str) -> None:
    part = {"names": frozenset(("p->dev",)), "kin": frozenset(("p", "f"))}
    assert not touches(**part).touches("f->last = p", Kind.STATEMENT)
    assert touches(**part, wholes=frozenset("p")).touches(text, Kind.STATEMENT)


@pytest.mark.parametrize("text", ["struct foo *q = p", "n = p->n", "foo_look(p)"])
def test_step_that_leaves_what_the_object_is_part_of_alone(text: str) -> None:
    part = touches(names=frozenset(("p->dev",)), kin=frozenset("p"), wholes=frozenset("p"))
    assert not part.touches(text, Kind.STATEMENT)


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("*out = number(f)", True),
        ("*out = b->n", True),
        ("*out = n", False),
        ("*out == f", False),
        ("out = number(f)", False),
    ],
)
def test_what_the_caller_is_given_may_lead_to_the_object(text: str, leads: bool) -> None:
    assert touches().leads_out(text) is leads


def test_value_returned_that_names_the_object() -> None:
    assert touches().touches("b", Kind.EXIT)
    assert touches().touches("a(b)", Kind.EXIT)
    assert not touches().touches("f->n", Kind.EXIT)
    assert not touches().touches("f->b", Kind.EXIT)


def test_any_release_may_give_back_a_global_object() -> None:
    assert touches(is_global=True).touches("foo_stop(n)", Kind.STATEMENT)
    assert not touches().touches("foo_stop(n)", Kind.STATEMENT)


def test_storing_in_a_box_of_ones_own_gives_nothing_away() -> None:
    mine = touches(boxes=frozenset(("g",)), names=frozenset(("b", "g->box")))
    assert not mine.touches("g->box = b", Kind.STATEMENT)
    assert touches(names=frozenset(("b", "g->box"))).touches("g->box = b", Kind.STATEMENT)


def test_passing_on_the_box_gives_the_object_away() -> None:
    mine = touches(boxes=frozenset(("g",)), kin=frozenset(("b", "g")))
    assert mine.touches("foo_register(g)", Kind.STATEMENT)


def test_release_through_kin() -> None:
    assert touches().may_release("foo_free(f)")
    assert touches().may_release("foo_free(n, f->x)")
    assert not touches().may_release("kfree(f)")
    assert not touches().may_release("foo_free(n)")


def test_a_call_that_may_take_a_reference() -> None:
    assert touches().may_hold("n = foo_hold(f, b)")
    assert not touches().may_hold("foo_hold(f)")
    assert not touches().may_hold("foo_hold(b->n)")
    assert not touches().may_hold("foo_look(b)")


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("a(b)", "a"),
        ("a(c(d), b)", "a"),
        ("a(c(b))", "c"),
        ("b", None),
        ("(b)", None),
        ("a((b))", "a"),
    ],
)
def test_call_around(text: str, call: str | None) -> None:
    assert around(text, text.index("b")) == call
