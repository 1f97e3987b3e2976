"""References that a change no longer takes although the puts stay."""

import pytest

from reviewbot.cmodel.undone import Undone, undone
from tests.changes import changed
from tests.cmodel.flows import BALANCE, diff, edited, function

OLD = "int r;\n\nbox_get(b);\nr = a(f);\nbox_put(b);\nreturn r;"
NEW = OLD.replace("box_get(b);\n", "")


def found(before: str, after: str) -> list[Undone]:
    """The getters that are missed."""
    return [one for change in edited(before, after) for one in undone(change, BALANCE)]


def test_getter_goes_and_put_stays() -> None:
    (one,) = found(OLD, NEW)
    assert function(OLD).splitlines()[one.line - 1].strip() == "box_get(b);"
    assert one.both.new.ledger.puts[one.put] == "box_put(b)"
    assert one.take.getter.name == "box_get"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (OLD, OLD.replace("box_get(b);\n", "").replace("box_put(b);\n", "")),
        (OLD, OLD.replace("box_get(b)", "hold(b)")),
        (OLD, OLD.replace("a(f)", "c(f)")),
        (OLD, NEW.replace("a(f)", "c(f, b)")),
        (NEW, OLD),
        (NEW, NEW.replace("a(f)", "c(f)")),
        (
            OLD.replace("return r;", "box_put(b);\nreturn r;"),
            NEW,
        ),
        (
            "if (n)\n\tbox_get(b);\na(f);\nif (n)\n\tbox_put(b);\nreturn 0;",
            "a(f);\nif (n)\n\tbox_put(f->box);\nreturn 0;",
        ),
    ],
)
def test_nothing_is_missed(before: str, after: str) -> None:
    assert found(before, after) == []


def test_another_function_takes_it_now() -> None:
    head = "int bar(struct box *b, struct foo *f)"
    caller = function("return foo(b, f, 1);", head)
    takes = function("box_get(b);\nreturn foo(b, f, 1);", head)
    text = diff(function(OLD) + "\n" + caller, function(NEW) + "\n" + takes)
    changes = (f for source in changed(text).sources for f in source.functions)
    assert [one for change in changes for one in undone(change, BALANCE)] == []
