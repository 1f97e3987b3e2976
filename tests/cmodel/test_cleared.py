"""Lvalues set to NULL and released with no other value in between."""

import pytest

from reviewbot.cmodel.cleared import Cleared, cleared, nulled
from reviewbot.cmodel.flow_build import flow
from tests.cmodel.graphs import function
from tests.cmodel.sources import image

NAMES = ("box_put", "lose")


def found(body: str, *, with_flow: bool = True) -> list[tuple[str, str, int, int]]:
    """Lvalue, call and lines, counted from the first statement."""
    seen = image(function(body))
    first = seen.outline.functions[0]
    graph = flow(seen, first) if with_flow else None
    return [
        (one.lvalue, one.release, one.line - 2, one.released - 2)
        for one in cleared(seen, first, graph, NAMES)
    ]


@pytest.mark.parametrize(
    "body",
    [
        "f->b = NULL;\nbox_put(f->b);",
        "WRITE_ONCE(f->b, NULL);\nbox_put(f->b);",
        "rcu_assign_pointer(f->b, NULL);\nbox_put(f->b);",
        "f->b = NULL;\nif (box_put(f->b))\n\treturn 1;",
    ],
)
@pytest.mark.parametrize("with_flow", [True, False])
def test_found(body: str, with_flow: bool) -> None:
    assert found(body, with_flow=with_flow) == [("f->b", "box_put", 1, 2)]


def test_what_is_in_between() -> None:
    between = 'kfree(f->c);\ndev_info(f->dev, "bye");\nf->c = n;\nif (n)\n\tn = 0;'
    assert found(f"f->b = NULL;\n{between}\nbox_put(f->b);") == [("f->b", "box_put", 1, 7)]


def test_inside_a_condition_and_out_of_one() -> None:
    assert found("f->b = NULL;\nif (n) {\n\tbox_put(f->b);\n}") == [("f->b", "box_put", 1, 3)]
    assert found("if (n) {\n\tf->b = NULL;\n}\nbox_put(f->b);") == []


@pytest.mark.parametrize(
    "between",
    [
        "f->b = b;",
        "f = foo_next(n);",
        "foo_fill(f);",
        "foo_global();",
        "if (n)\n\tf->b = b;",
        "while (n--)\n\tf->b = b;",
    ],
)
def test_what_may_store_ends_the_search(between: str) -> None:
    assert found(f"f->b = NULL;\n{between}\nbox_put(f->b);") == []


def test_any_argument_of_a_known_call_and_the_only_one_of_others() -> None:
    assert found("f->b = NULL;\nlose(1, f->b);") == [("f->b", "lose", 1, 2)]
    assert found("f->b = NULL;\nput_device(f->b);") == [("f->b", "put_device", 1, 2)]
    assert found("f->b = NULL;\nfoo_put(f, f->b);") == []
    assert found("f->b = NULL;\nput_user(f->b);") == []


def test_a_label_reached_one_way_only_needs_the_flow() -> None:
    body = "f->b = NULL;\nif (n)\n\tgoto out;\nn = 1;\nout:\nbox_put(f->b);\nreturn n;"
    assert found(body) == [("f->b", "box_put", 1, 6)]
    assert found(body, with_flow=False) == []
    assert found(f"if (!n)\n\tgoto out;\n{body}") == []


def test_a_variable_that_was_just_handed_over() -> None:
    assert found("foo_take(f, b);\nb = NULL;\nbox_put(b);") == []
    assert found("f->b = b;\nb = NULL;\nbox_put(b);") == []
    assert found("n = 1;\nb = NULL;\nfoo_fill(f);\nbox_put(b);") == [("b", "box_put", 2, 4)]


def test_memory_or_reference() -> None:
    assert Cleared("f->b", "kfree", 1, 2).is_memory
    assert Cleared("f->b", "foo_free", 1, 2).is_memory
    assert not Cleared("f->b", "box_put", 1, 2).is_memory


def test_what_sets_to_null() -> None:
    assert nulled("f->a[1].b = NULL") == "f->a[1].b"
    assert nulled("*out = NULL") == "*out"
    assert nulled("struct box *b = NULL") == ""
    assert nulled("a = b = NULL") == ""
