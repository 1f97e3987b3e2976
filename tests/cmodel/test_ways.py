"""What leads out of a function with a reference, in words."""

import pytest

from reviewbot.cmodel.owed import Owed
from reviewbot.cmodel.ways import WayOut, way_out
from tests.cmodel.flows import walk_of


def way(body: str, *, known: bool = True) -> WayOut:
    """The way out of the only leak; without `known` as if the function had no put."""
    walk = walk_of(body)
    owed = Owed(walk)
    end = next(end for end in walk.ends if end.count)
    path = walk.path(end)
    steps = tuple(state.step for state in path[owed.taken_at(path) :])
    return way_out(walk.flow, steps, owed.puttable if known else frozenset())


@pytest.mark.parametrize(
    ("condition", "failed"),
    [
        ("n = a(b);\nif (n)", ""),
        ("n = a(b);\nif (n < 0)", "a"),
        ("int ret = a(b);\nif (ret)", "a"),
        ("int ret = f->ops->a(b);\nif (ret < 0)", "f->ops->a"),
        ("int ret;\nif ((ret = a(b)) < 0)", "a"),
        ("struct foo *g = kzalloc(4, GFP_KERNEL);\nif (!g)", "kzalloc"),
        ("struct foo *g = a();\nif (!g)", ""),
        ("struct foo *g = a();\nif (IS_ERR(g))", "a"),
        ("bool found = a();\nif (found)", ""),
    ],
)
def test_failed_call(condition: str, failed: str) -> None:
    body = f"box_get(b);\n{condition}\n\treturn -EIO;\nbox_put(b);\nreturn 0;"
    assert way(body).failed == failed


def test_condition_is_told_as_it_held() -> None:
    assert way("box_get(b);\nif (!f)\n\treturn -EIO;\nbox_put(b);\nreturn 0;").condition == "!f"
    turned = "box_get(b);\nif (f)\n\ta();\nelse\n\treturn -EIO;\nbox_put(b);\nreturn 0;"
    assert way(turned) == WayOut()


def test_condition_with_text_is_not_told() -> None:
    body = 'box_get(b);\nif (a(f, "x"))\n\treturn -EIO;\nbox_put(b);\nreturn 0;'
    assert way(body).condition == ""


def test_the_decisive_condition_is_the_last_before_which_a_put_was_possible() -> None:
    body = "box_get(b);\nif (a())\n\tgoto out;\nbox_put(b);\nreturn 0;\nout:\nif (n)\n\tc();\nreturn -EIO;"
    assert way(body) == WayOut("a()", "", 5)


def test_without_a_put_it_is_the_last_condition() -> None:
    body = "box_get(b);\nif (a())\n\treturn -EIO;\nreturn 0;"
    assert way(body, known=False).condition == "a()"
    assert way("box_get(b);\nreturn 0;", known=False) == WayOut()


def test_condition_both_of_whose_ways_lead_on_is_not_told() -> None:
    assert way("box_get(b);\nif (n)\n\ta(n);\nreturn 0;", known=False) == WayOut()


def test_part_of_a_condition_is_not_told() -> None:
    body = "box_get(b);\nif (!f || n)\n\treturn -EIO;\nbox_put(b);\nreturn 0;"
    assert way(body).condition == ""
