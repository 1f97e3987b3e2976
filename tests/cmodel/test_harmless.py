"""Functions of a file that by their body do nothing to a count."""

import pytest

from reviewbot.cmodel.harmless import harmless
from reviewbot.cmodel.image import Image
from tests.cmodel.flows import PAIRS
from tests.cmodel.graphs import flow_of
from tests.cmodel.sources import image

FLOW = flow_of("drop_marks(b);\nreturn 0;")


def seen(body: str, head: str = "static void drop_marks(struct box *b)") -> Image:
    """A file with that function in it."""
    return image(f"{head}\n{{\n\t{body}\n}}\n")


@pytest.mark.parametrize("body", ["unlock(&b->lock);", "b->marks = 0;", "pr_debug(b->name);"])
def test_harmless(body: str) -> None:
    assert harmless(FLOW, seen(body), PAIRS) == {"drop_marks"}


@pytest.mark.parametrize(
    "body",
    [
        "box_put(b);",
        "foo_release(b->part);",
        "list_add(&b->node, &boxes);",
        "last = b;",
        "b->ops->clear(b);",
    ],
)
def test_not_harmless(body: str) -> None:
    assert not harmless(FLOW, seen(body), PAIRS)


def test_unseen() -> None:
    assert not harmless(FLOW, seen("b->marks = 0;", "static void other(struct box *b)"), PAIRS)


def test_each_body_counts() -> None:
    one = "static void drop_marks(struct box *b)\n{\n\tb->n = 0;\n}\n"
    two = one.replace("b->n = 0", "box_put(b)")
    assert not harmless(FLOW, image(f"#ifdef A\n{one}#else\n{two}#endif\n"), PAIRS)
