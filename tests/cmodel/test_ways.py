"""What leads out of a function with a reference, in words."""

import pytest

from reviewbot.cmodel.acquisitions import resources
from reviewbot.cmodel.paths import outcome
from reviewbot.cmodel.ways import WayOut, way_out
from tests.cmodel.flows import HEAD, PAIRS, flow_of, function
from tests.cmodel.sources import image


def way(body: str) -> WayOut:
    """The way out of the first leak."""
    graph = flow_of(body)
    first = image(function(body, HEAD)).outline.functions[0]
    (resource,) = resources(graph, first, PAIRS)
    return way_out(graph, outcome(graph, resource).leaks[0])


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
    assert (
        way("box_get(b);\nif (f)\n\ta();\nelse\n\treturn -EIO;\nbox_put(b);\nreturn 0;") == WayOut()
    )


def test_condition_with_text_is_not_told() -> None:
    body = 'box_get(b);\nif (a(b, "x"))\n\treturn -EIO;\nbox_put(b);\nreturn 0;'
    assert way(body).condition == ""


def test_the_decisive_condition_is_the_last_before_which_a_put_was_possible() -> None:
    body = "box_get(b);\nif (a())\n\tgoto out;\nbox_put(b);\nreturn 0;\nout:\nif (n)\n\tc();\nreturn -EIO;"
    assert way(body) == WayOut("a()", "", 5)
