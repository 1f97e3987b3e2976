"""What may give an lvalue another value."""

import pytest

from reviewbot.cmodel.lvalues import (
    arguments,
    assigns,
    calls,
    hands_over,
    is_variable,
    may_store,
    root,
)
from tests.changes import seen


@pytest.mark.parametrize(
    "text",
    [
        "f->a = b",
        "f = g",
        "f->a |= 1",
        "f++",
        "--f",
        "get(&f->a)",
        "get(x, & f)",
        "x = f->a = NULL",
    ],
)
def test_assigned(text: str) -> None:
    assert assigns(text, "f->a")


@pytest.mark.parametrize(
    "text",
    [
        "g->f->a = b",
        "f->a == b",
        "f->ab = c",
        "f->b = f->a",
        "x && f->a",
        "x & f->a->b",
        "get(&f->b)",
        "ff = 1",
        "f->a->b = 1",
    ],
)
def test_not_assigned(text: str) -> None:
    assert not assigns(text, "f->a")


def test_an_index_counts_and_so_does_what_a_star_is_before() -> None:
    assert assigns("i++", "p[i]")
    assert assigns("p = q", "p[i]")
    assert not assigns("p[0] = q", "p[i]")
    assert assigns("*out = x", "*out")
    assert assigns("out = x", "*out")


def test_handing_over_the_way_to_it() -> None:
    assert hands_over("fill(f, 1)", "f->a")
    assert hands_over("fill(1, f->a)", "f->a.b")
    assert not hands_over("fill(f->b)", "f->a")
    assert not hands_over("fill(a)", "a")


def test_calls_that_store_nothing() -> None:
    assert not may_store("kvm_put_kvm(kvm)")
    assert not may_store('dev_err(dev, "no")')
    assert not may_store("a = b + c")
    assert may_store("foo_fill(f)")
    assert may_store("f->ops->start(f)")


def test_names_and_arguments() -> None:
    assert calls("a = b(c(1), f->d(2))") == ["b", "c", "f->d"]
    assert arguments("x = get(f -> a, (b, c))", "get") == ["f->a", "(b,c)"]
    assert arguments("forget(a)", "get") == []
    assert arguments("get(a", "get") == []
    assert root("&f->a.b") == "f"
    assert root("") == ""


def test_a_variable_is_declared_in_the_function() -> None:
    function, _ = seen("int foo(struct foo *f)\n{\n\tint n;\n\n\treturn n + m;\n}\n", "foo")
    assert [is_variable(name, function) for name in ("f", "n", "m", "f->a")] == [
        True,
        True,
        False,
        False,
    ]
