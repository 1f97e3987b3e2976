"""Conditions that are asked again under a lock."""

import pytest

from reviewbot.cmodel.rechecks import rechecks
from tests.cmodel.graphs import flow_of

ASKED = "if (f->ready)\n\treturn 0;\n"


@pytest.mark.parametrize(
    "body",
    [
        ASKED + "mutex_lock(&f->lock);\nif (f->ready)\n\tgoto out;\nb();\nout:\nreturn 0;",
        ASKED + "mutex_lock(&f->a);\nspin_lock(&f->b);\nif (!f->ready)\n\tb();\nreturn 0;",
        "if (!f->x) {\n\tmutex_lock(&f->lock);\n\tif (!f->x)\n\t\tb();\n}\nreturn 0;",
        "if (is_on(f))\n\treturn 0;\nmutex_lock(&f->lock);\nif (is_on(f))\n\tb();\nreturn 0;",
    ],
)
def test_asked_again(body: str) -> None:
    assert len(rechecks(flow_of(body))) == 1


@pytest.mark.parametrize(
    "body",
    [
        ASKED + "b();\nif (f->ready)\n\tc();\nreturn 0;",
        ASKED + "mutex_lock(&f->lock);\nif (f->done)\n\tc();\nreturn 0;",
        ASKED + "mutex_lock(&f->lock);\nif (b())\n\tc();\nif (f->ready)\n\tc();\nreturn 0;",
        "if (f->own)\n\tbox_get(b);\nmutex_lock(&f->lock);\nif (f->own)\n\tbox_put(b);\nreturn 0;",
        "if (n)\n\treturn 0;\nmutex_lock(&f->lock);\nif (n)\n\tc();\nreturn 0;",
    ],
)
def test_nothing_is_asked_again(body: str) -> None:
    assert not rechecks(flow_of(body))
