"""Pointers that are tested once and not the next time."""

import pytest

from reviewbot.cmodel.guards import dereferences, unguarded
from tests.cmodel.graphs import function
from tests.cmodel.sources import image


def found(body: str) -> list[tuple[str, int, int]]:
    """Pointer, line of the test and of the use, counted from the first statement."""
    seen = image(function(body))
    first = seen.outline.functions[0]
    return [(one.pointer, one.line - 2, one.used - 2) for one in unguarded(seen, first)]


@pytest.mark.parametrize(
    "test",
    [
        "if (b)\n\tn++;",
        "if (b != NULL)\n\tn++;",
        "if (n && b)\n\tn++;",
        "if (!b)\n\tn++;",
        "if (b) {\n\treturn 1;\n}",
        "if (b)\n\tn++;\nelse\n\tn--;",
    ],
)
def test_found(test: str) -> None:
    lines = test.count("\n") + 1
    assert found(f"{test}\nb->n = 1;\nb->m = 2;") == [("b", 1, lines + 1)]


def test_a_condition_is_evaluated_too() -> None:
    assert found("if (b)\n\tn++;\nif (b->n && n)\n\tn--;") == [("b", 1, 3)]
    assert found("if (b)\n\tn++;\nswitch (b->n) {\ncase 1:\n\tbreak;\n}") == [("b", 1, 3)]


@pytest.mark.parametrize(
    "body",
    [
        "if (!b)\n\treturn 0;\nb->n = 1;",
        "if (b || n)\n\tn++;\nb->n = 1;",
        "if (!b && n)\n\tn++;\nb->n = 1;",
        "if (!b)\n\tb = f->b;\nb->n = 1;",
        "if (b)\n\tn++;\nif (n)\n\treturn 0;\nb->n = 1;",
        "if (b)\n\tn++;\nnext:\nb->n = 1;",
        "if (b)\n\tn++;\nfill(&b);\nb->n = 1;",
        "if (b)\n\tn++;\nlist_for_each_entry(b, f, n)\n\tn++;\nb->n = 1;",
        "if (b)\n\tn++;\nWARN_ON(!b);\nb->n = 1;",
        "if (b)\n\tn++;\nif (b)\n\tb->n = 1;",
        "if (b)\n\tn++;\nwhile (b->n)\n\tn++;",
        "if (f->b)\n\tn++;\nfill(f);\nf->b->n = 1;",
        "if (!b)\n\treturn 0;\nif (b)\n\tn++;\nb->n = 1;",
        "n = b->n;\nif (b)\n\tn++;\nb->n = 1;",
        "if (b)\n\tn = ({ return 1; });\nb->n = 1;",
    ],
)
def test_silence(body: str) -> None:
    assert found(body) == []


@pytest.mark.parametrize("text", ["b->n = 1", "x = b->n", "lock(&b->a->lock)", "b -> n"])
def test_dereferenced(text: str) -> None:
    assert dereferences(text, "b")


@pytest.mark.parametrize(
    "text",
    [
        "lock(&b->lock)",
        "f(a & b->n)",
        "n = sizeof(b->n)",
        "x = b ? b->n : 0",
        "x = b && b->n",
        "a->b->n = 1",
        "bb->n = 1",
        "n = b",
    ],
)
def test_not_surely_dereferenced(text: str) -> None:
    assert not dereferences(text, "b")
