"""What may be done to an object where nobody looks."""

import pytest

from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.unseen import may_be_done_elsewhere
from tests.builders import new_file
from tests.changes import edit, source

PATH = "drivers/foo/foo.c"


def change(diff: str) -> FunctionChange:
    """The last function a diff touches."""
    return list(source(diff).functions)[-1]


def may(diff: str) -> bool:
    """Whether something named get may be done to f or k."""
    return may_be_done_elsewhere(("get",), frozenset("fk"), change(diff))


NOTIFIER = "static int foo(struct notifier_block *nb, unsigned long e, void *k)"


def test_a_whole_file_is_known() -> None:
    assert not may(new_file(PATH, "void foo(struct foo *f)\n{\n\tbar(f);\n}\n"))


def test_an_old_function_may_have_callers_that_a_notifier_has_not() -> None:
    body = "{\n\tbaz();\n}"
    assert may(edit(PATH, "{\n\tbar();\n}", body, "void foo(struct foo *f)"))
    assert not may(edit(PATH, "{\n\tbar();\n}", body, NOTIFIER))


@pytest.mark.parametrize(
    ("body", "expected"),
    [("bar(f);", True), ("bar(f->x, (void *)k);", True), ("bar(f->x);", False)],
)
def test_what_is_called_with_it(body: str, expected: bool) -> None:
    text = f"{NOTIFIER}\n{{\n\t{body}\n}}"
    assert may(edit(PATH, "", text, "\n")) is expected


def test_what_is_called_is_seen() -> None:
    text = f"void bar(struct foo *f)\n{{\n}}\n\n{NOTIFIER}\n{{\n\tbar(f);\n}}"
    assert not may(edit(PATH, "", text, "\n"))
