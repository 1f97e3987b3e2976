"""References that a new function gives back and nobody takes."""

import pytest

from reviewbot.cmodel.balance import Balance
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.disowned import disowned, untaken_twin
from tests.builders import new_file
from tests.changes import changed
from tests.cmodel.flows import PAIRS, PATH

BOXES = Balance(PAIRS, "box")
WALK = """struct foo *x;
	list_for_each_entry(x, &foos, list) {
		n = x->ops->check(n);
		box_put(x->owner);
	}
	return n;"""
FAIL = """struct foo *x = only_foo;
	int ret = x->start(b);
	if (ret)
		box_put(x->owner);
	return ret;"""


def of(*bodies: str, name: str = "foo_check") -> list[FunctionChange]:
    """The functions of a new file: the first with that name, the others as they are."""
    head = f"int {name}(struct box *b, int n)\n{{\n\t{bodies[0]}\n}}\n"
    text = "\n".join((head, *bodies[1:]))
    source = next(changed(new_file(PATH, text)).sources)
    return list(source.functions)


def told(*bodies: str, name: str = "foo_check") -> list[str]:
    """The puts that are told."""
    return [one.call for change in of(*bodies, name=name) for one in disowned(change, BOXES)]


@pytest.mark.parametrize("body", [WALK, FAIL])
def test_nobody_takes_what_is_put(body: str) -> None:
    assert told(body) == ["box_put(x->owner)"]


@pytest.mark.parametrize(
    "body",
    [
        WALK.replace("n = x->ops->check(n);", "box_get(x->owner);"),
        WALK.replace("n = x->ops->check(n);", "foo_hold(x);"),
        WALK.replace("list_for_each_entry(x,", "list_for_each_entry_safe(x, y,"),
        FAIL.replace("= only_foo", "= foo_of(b)"),
        FAIL.replace("= only_foo", "= b"),
        FAIL.replace("= only_foo", "= b->foo"),
        FAIL.replace("if (ret)\n\t\tbox_put", "box_put"),
    ],
)
def test_somebody_may_have_taken_it(body: str) -> None:
    assert told(body) == []


def test_callers_and_callees_may_take() -> None:
    caller = "int bar(struct box *b)\n{\n\tbox_get(b);\n\treturn foo_check(b, 1);\n}\n"
    assert told(WALK, caller) == []
    assert told(WALK, name="foo_stop_all") == []


TWIN = "void foo_box_put(struct box *b, int n)\n{\n\tbox_put(b);\n}\n"


def twins(body: str, other: str = TWIN, name: str = "foo_box_get") -> list[str]:
    """What the twin gives back and the function should have taken."""
    return [one.call for c in of(body, other, name=name) for one in untaken_twin(c, BOXES)]


def test_a_twin_puts() -> None:
    assert twins("return 0;") == ["box_put(b)"]
    assert twins("pr_debug(n);\n\treturn 0;") == ["box_put(b)"]


def test_a_twin_is_answered_or_another() -> None:
    assert twins("box_get(b);\n\treturn 0;") == []
    assert twins("return foo_start(b);") == []
    assert twins("return 0;", TWIN.replace(", int n", "")) == []
    assert twins("return 0;", name="foo_get") == []
