"""What each step of a function does to the references of one object."""

import pytest

from tests.cmodel.flows import ledger_of, texts, walk_of, walks


def test_one_ledger_for_each_object() -> None:
    found = walks("struct box *x = find(n);\nbox_get(b);\nbox_put(b);\nlose(x);\nreturn 0;")
    assert {walk.ledger.pair.object for walk in found} == {"file", "box"}


def test_put_of_what_is_not_taken_has_a_ledger() -> None:
    ledger = ledger_of("box_put(f->box);\nreturn 0;")
    assert (ledger.takes, ledger.text) == ({}, "f->box")


def test_text_is_that_of_the_first_getter() -> None:
    assert ledger_of("box_get(&f->box);\nbox_put(&f->box);\nreturn 0;").text == "&f->box"


def test_put_by_another_name_is_of_the_same_object() -> None:
    ledger = ledger_of("struct box *y = b;\nbox_get(b);\nbox_put(y);\nreturn 0;")
    assert ledger.names == {"b", "y"}
    assert list(ledger.puts.values()) == ["box_put(y)"]
    assert list(ledger.given.values()) == ["y"]


def test_consumer_puts() -> None:
    assert list(ledger_of("struct box *x = find(n);\nswallow(x);\nreturn 0;").puts.values()) == [
        "swallow(x)"
    ]


def test_putter_of_a_later_argument() -> None:
    (number,) = ledger_of("part_get(n, b);\npart_put(n, b);\nreturn 0;").puts
    assert ledger_of("part_get(n, b);\npart_put(n, b);\nreturn 0;").puts[number] == "part_put(n, b)"


@pytest.mark.parametrize(
    "text", ["n = !n && box_put(b);", "box_put(a(b));", "a(f, box_put(b) ? 1 : 0);"]
)
def test_put_that_is_not_plain_is_mixed(text: str) -> None:
    walk = walk_of(f"box_get(b);\n{text}\nreturn 0;")
    assert len(walk.ledger.mixed) == 1
    assert walk.ledger.puts == {}


def test_put_of_something_else_nearby_is_mixed() -> None:
    found = {
        walk.ledger.names: walk.ledger for walk in walks("box_get(b);\nbox_put(b + 1);\nreturn 0;")
    }
    assert len(found[frozenset(("b",))].mixed) == 1


def test_put_inside_a_call_is_a_put() -> None:
    assert list(ledger_of("box_get(b);\na(box_put(b));\nreturn 0;").puts.values()) == ["box_put(b)"]


@pytest.mark.parametrize("text", ["box_put(b->next);", "box_put(f->box);"])
def test_put_of_another_member_is_neither_put_nor_mixed(text: str) -> None:
    for walk in walks(f"box_get(b);\n{text}\nreturn 0;"):
        assert walk.ledger.mixed == frozenset()


@pytest.mark.parametrize(
    ("text", "is_reset"),
    [
        ("b = f->box;", True),
        ("b = a();", True),
        ("b = NULL;", False),
        ("b = ERR_PTR(-EIO);", False),
        ("b->n = 1;", False),
        ("list_for_each(b, f)\n\ta();", True),
        ("list_for_each(f, n)\n\ta();", False),
    ],
)
def test_resets(text: str, is_reset: bool) -> None:
    assert bool(ledger_of(f"box_get(b);\n{text}\nbox_put(b);\nreturn 0;").resets) is is_reset


def test_touched_steps_are_neither_getter_nor_putter() -> None:
    walk = walk_of("box_get(b);\nfoo_register(b);\nbox_put(b);\nreturn 0;")
    assert texts(walk, walk.ledger.touched) == {"foo_register(b)"}


@pytest.mark.parametrize("value", ["x", "to_box(x)"])
def test_no_ledger_where_a_cleanup_may_put(value: str) -> None:
    body = f"struct box *x = find(n);\nstruct box *y __free(lose) = {value};\nreturn 0;"
    assert walks(body) == ()
