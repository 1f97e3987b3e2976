"""What a helper takes down and its caller too."""

import pytest

from reviewbot.cmodel.teardown import twice
from tests.changes import image

HELPER = "static void foo_stop(struct foo *f)\n{\n%s}\n\n"
CALLER = "static void foo_remove(struct dev *dev)\n{\n\tstruct foo *f = drvdata(dev);\n\n%s}\n"


def found(helper: str, caller: str) -> list[tuple[str, str, str]]:
    """Call, helper and caller."""
    lines = ["".join(f"\t{line}\n" for line in text.split("\n")) for text in (helper, caller)]
    seen = image(HELPER % lines[0] + CALLER % lines[1])
    return [(one.name, one.helper, one.caller) for one in twice(seen)]


TWICE = [("foo_reset", "foo_stop", "foo_remove")]


@pytest.mark.parametrize(
    ("helper", "caller"),
    [
        ("foo_reset(f);", "foo_stop(f);\nfoo_reset(f);"),
        ("foo_reset(f);", "foo_reset(f);\nfoo_stop(f);"),
        ("foo_reset(f->q, 1);", "foo_stop(f);\nfoo_reset(f->q, 1);"),
        ("int ret;\n\nret = foo_reset(f);", "ret = foo_reset(f);\nfoo_stop(f);"),
        ("foo_reset(f->dev);", "foo_reset(dev);\nfoo_stop(f);"),
        ("mutex_lock(&m);\nfoo_reset(f);", "foo_stop(f);\nkfree(f->a);\nfoo_reset(f);"),
        ("foo_reset(f->a);", "foo_stop(&dev->foo);\nfoo_reset(dev->foo.a);"),
    ],
)
def test_found(helper: str, caller: str) -> None:
    assert found(helper, caller) == TWICE


@pytest.mark.parametrize(
    ("helper", "caller"),
    [
        ("foo_reset(f);", "foo_stop(f);"),
        ("foo_write(f);", "foo_write(f);\nfoo_stop(f);"),
        ("foo_reset(f->a);", "foo_reset(f->b);\nfoo_stop(f);"),
        ("foo_reset(f, 0);", "foo_reset(f, 1);\nfoo_stop(f);"),
        ("foo_reset(g);", "foo_reset(g);\nfoo_stop(f);"),
        ("f = f->next;\nfoo_reset(f);", "foo_reset(f);\nfoo_stop(f);"),
        ("foo_reset(f->dev);", "foo_reset(f);\nfoo_stop(f);"),
        ("if (f->a)\n\tfoo_reset(f);", "foo_reset(f);\nfoo_stop(f);"),
        ("if (f->a)\n\treturn;\nfoo_reset(f);", "foo_reset(f);\nfoo_stop(f);"),
        ("foo_begin(f);\nfoo_reset(f);", "foo_reset(f);\nfoo_stop(f);"),
        ("foo_reset(f);", "if (dev->a)\n\tfoo_reset(f);\nelse\n\tfoo_stop(f);"),
        ("foo_reset(f);", "foo_reset(f);\nfoo_begin(f);\nfoo_stop(f);"),
        ("foo_reset(f);", "foo_stop(f);\nreturn;\nerr:\nfoo_reset(f);"),
    ],
)
def test_silence(helper: str, caller: str) -> None:
    assert found(helper, caller) == []
