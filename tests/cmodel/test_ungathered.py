"""Pointers that a change puts into an array without a reference."""

import pytest

from reviewbot.cmodel.ungathered import ungathered
from reviewbot.model.diff import Side
from tests.cmodel.flows import PAIRS, added, edited

BODY = """struct box **all = a(n);
struct box *x;
int i = 0;

list_for_each_entry(x, &f->all, list) {
	if (c(x)) {
		box_get(x);
		all[i++] = x;
	}
}
for (i = 0; all[i]; i++) {
	x = all[i];
	d(x);
	box_put(x);
}
return 0;"""
BARE = BODY.replace("\t\tbox_get(x);\n", "")


def removed(before: str, after: str) -> list[tuple[str, Side]]:
    """The getters that are missed after a change."""
    return [(u.get, u.side) for c in edited(before, after) for u in ungathered(c, PAIRS)]


def test_the_getter_goes() -> None:
    assert removed(BODY, BARE) == [("box_get", Side.OLD)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (BARE, BODY),
        (BARE, BARE.replace("d(x)", "d(x, n)")),
        (BODY, BODY.replace("box_get(x)", "foo_take(x)")),
        (BODY, BARE.replace("\tbox_put(x);\n", "")),
        (BODY, BARE.replace("all[i++] = x", "all[i++] = node_get(x)")),
    ],
)
def test_nothing_is_missed(before: str, after: str) -> None:
    assert removed(before, after) == []


def new(body: str) -> list[tuple[str, Side]]:
    """The getters that are missed in a new function."""
    return [(u.get, u.side) for c in added(body) for u in ungathered(c, PAIRS)]


def test_a_new_function_takes_none() -> None:
    assert new(BARE) == [("box_get", Side.NEW)]
    assert new(BODY) == []


@pytest.mark.parametrize(
    "body",
    [
        BARE.replace("c(x)", "c_ref(x)"),
        BARE.replace("c(x)", "foo_drop(&x->list)"),
        BARE.replace("c(x)", "foo_get(x)"),
        BARE.replace("list_for_each_entry(x,", "list_for_each_entry_safe(x, y,"),
    ],
)
def test_the_entry_may_be_given(body: str) -> None:
    assert new(body) == []
