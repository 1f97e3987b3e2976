"""Which lvalues name one object, and through which pointers it may be reached."""

import pytest

from reviewbot.cmodel.bindings import Bindings
from tests.cmodel.flows import PAIRS
from tests.cmodel.graphs import HEAD, flow_of, function
from tests.cmodel.sources import image


def bindings(body: str) -> Bindings:
    """The assignments of a function with these statements."""
    seen = image(function(f"{body}\nreturn 0;", HEAD))
    return Bindings(flow_of(f"{body}\nreturn 0;"), seen.outline.functions[0], PAIRS)


@pytest.mark.parametrize(
    ("body", "seed", "names"),
    [
        ("struct box *y = b;", "b", {"b", "y"}),
        ("struct box *y;\ny = (struct box *)b;", "b", {"b", "y"}),
        ("f->box = b;", "b", {"b", "f->box"}),
        ("struct box *y = b, *z = y;", "b", {"b", "y", "z"}),
        ("struct box *y = b;\ny = f->box;", "b", {"b"}),
        ("struct box *y = NULL;\ny = b;", "b", {"b", "y"}),
        ("b = f->box;", "f->box", {"f->box"}),
        ("struct box *y = b->next;", "b", {"b"}),
        ("struct box *y = a(b);", "b", {"b"}),
    ],
)
def test_names(body: str, seed: str, names: set[str]) -> None:
    assert bindings(body).names(frozenset((seed,))) == names


def test_copy_that_outlives_a_round_is_another_object() -> None:
    body = "struct box *x, *last = NULL;\nwhile (n) {\n\tx = find(n);\n\tlast = x;\n}"
    assert bindings(body).names(frozenset(("x",))) == {"x"}


def test_stored_holds_declarations_and_assignments_without_casts() -> None:
    body = "struct box *y = (struct box *)b, *z;\nz = y;\nf->n += 1;"
    assert bindings(body).stored == (("z", "y"), ("y", "b"))


def test_pointers_and_structures_are_pointers() -> None:
    found = bindings("struct box *y;\nint i;\nstruct fd d;").pointers
    assert found == {"b", "f", "y", "d"}


def test_declared_and_local() -> None:
    found = bindings("struct box *y;")
    assert found.is_declared("b")
    assert found.is_declared("y")
    assert not found.is_declared("other")


def test_made_here() -> None:
    body = "struct foo *g = kzalloc(4, GFP_KERNEL);\nstruct foo *h = a();"
    assert bindings(body).made == {"g"}


@pytest.mark.parametrize(
    ("body", "kin"),
    [
        ("struct foo *g = to_foo(b);", {"b", "g"}),
        ("f->box = b;", {"b", "f"}),
        ("n = a(b);", {"b"}),
        ("struct box *x = find(f);\nx->n = f->n;", {"b"}),
        ("f->n = *b;", {"b", "f"}),
    ],
)
def test_kin(body: str, kin: set[str]) -> None:
    assert bindings(body).kin(frozenset(("b",))) == kin


def test_what_a_getter_gives_is_no_kin() -> None:
    assert "f" not in bindings("struct box *x = find(f);").kin(frozenset(("x",)))


def test_a_number_that_is_pointed_to_is_no_kin() -> None:
    assert bindings("int *x = find(n);\nf->n = *x;").kin(frozenset(("x",))) == {"x"}
