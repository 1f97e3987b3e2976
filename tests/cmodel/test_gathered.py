"""References that are collected in an array."""

import pytest

from reviewbot.cmodel.gathered import Gathered, gathered, is_walked
from tests.cmodel.flows import PAIRS
from tests.cmodel.graphs import flow_of, function
from tests.cmodel.sources import image

HEAD = "struct box **all = a(n);\nstruct box *x;\nint i = 0;\n\n"
FILL = "list_for_each_entry(x, &f->all, list) {\n\tif (c(x)) {\n\t\tbox_get(x);\n\t\tall[i++] = x;\n\t}\n}\n"
EMPTY = "for (i = 0; all[i]; i++) {\n\tx = all[i];\n\td(x);\n\tbox_put(x);\n}\nreturn 0;"


def found(body: str) -> list[Gathered]:
    """What the function collects and puts."""
    seen = image(function(body))
    return list(gathered(flow_of(body), seen.outline.functions[0], PAIRS))


def test_elements_are_put_through_a_variable() -> None:
    one = found(HEAD + FILL + EMPTY)[0]
    assert (one.array, one.pointer, one.call) == ("all", "x", "box_put(x)")
    assert one.take is not None


def test_elements_are_put_as_they_are() -> None:
    empty = "for (i = 0; all[i]; i++)\n\tbox_put(all[i]);\nreturn 0;"
    assert [one.call for one in found(HEAD + FILL + empty)] == ["box_put(all[i])"]


def test_nothing_is_taken() -> None:
    body = (HEAD + FILL + EMPTY).replace("\t\tbox_get(x);\n", "")
    assert [one.take for one in found(body)] == [None]


def test_a_getter_in_the_store() -> None:
    body = (HEAD + FILL + EMPTY).replace("\t\tbox_get(x);\n", "")
    assert found(body.replace("all[i++] = x", "all[i++] = node_get(x)"))[0].pointer == "x"


@pytest.mark.parametrize(
    "body",
    [
        HEAD + FILL + "return 0;",
        HEAD + FILL + EMPTY.replace("\tx = all[i];\n", "\tx = all[i];\n\tif (n)\n\t\tx = d(f);\n"),
        (HEAD + FILL + EMPTY).replace("struct box **all = a(n);\n", ""),
        HEAD + FILL + EMPTY.replace("x = all[i]", "x = others[i]"),
    ],
)
def test_what_is_put_may_be_something_else(body: str) -> None:
    assert found(body) == []


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("list_for_each_entry(x, &f->all, list)", True),
        ("list_for_each_entry_rcu(x, &f->all, list)", True),
        ("list_for_each_entry_safe(x, y, &f->all, list)", False),
        ("while ((x = d(f)))", False),
    ],
)
def test_entry_of_a_list_that_stays(head: str, expected: bool) -> None:
    body = (HEAD + FILL + EMPTY).replace("list_for_each_entry(x, &f->all, list)", head)
    flow = flow_of(body)
    one = next(iter(found(body)))
    assert is_walked(flow, one.stored, one.pointer) is expected
