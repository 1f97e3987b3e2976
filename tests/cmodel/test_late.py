"""Puts that read from an object after its end."""

import pytest

from reviewbot.cmodel.late import Late, introduced, place
from tests.builders import new_file
from tests.changes import source

PUTTERS = ("module_put", "put_device")


def found(diff: str, *enders: str) -> list[Late]:
    return [late for f in source(diff).functions for late in introduced(f, PUTTERS, enders)]


def new(body: str, *enders: str) -> list[Late]:
    text = f"static void foo(struct foo *f)\n{{\n{body}}}\n"
    return found(new_file("drivers/foo/foo.c", text), *enders)


def test_a_put_after_a_free() -> None:
    (late,) = new("\tkfree(f);\n\tput_device(f->dev);\n")
    assert (late.path, late.end, late.put, late.argument) == ("f", "kfree", "put_device", "f->dev")
    assert (late.ended, late.line, late.sure) == (3, 4, True)


@pytest.mark.parametrize(
    "between",
    [
        "f = next;",
        "f++;",
        "foo_next(&f);",
        "return;",
        "list_for_each_entry(f, &all, link)",
        "f = f->next;",
    ],
)
def test_another_value(between: str) -> None:
    assert new(f"\tkfree(f);\n\t{between}\n\tput_device(f->dev);\n") == []


@pytest.mark.parametrize(
    "between", ["g = f;", "g->f = next;", "g(&f->lock);", "if (f == g)\n\t\tg();"]
)
def test_the_same_value(between: str) -> None:
    assert len(new(f"\tkfree(f);\n\t{between}\n\tput_device(f->dev);\n")) == 1


def test_a_longer_path() -> None:
    assert len(new("\tkfree(f->b);\n\tput_device(f->b->dev);\n")) == 1
    assert new("\tkfree(f->b);\n\tput_device(f->dev);\n") == []
    assert new("\tkfree(f->b);\n\tf->b = NULL;\n\tput_device(f->b->dev);\n") == []
    assert new("\tkfree(f->b);\n\tf = next;\n\tput_device(f->b->dev);\n") == []


def test_a_put_may_end_it() -> None:
    body = "\tput_device(&f->dev);\n\tmodule_put(f->owner);\n"
    assert new(body) == []
    assert new(body, "put_device")[0].end == "put_device"


def test_a_callback_may_end_it() -> None:
    body = "\tf->ops->release(f);\n\tmodule_put(f->owner);\n"
    assert new(body) == []
    assert not new(body, "put_device")[0].sure
    assert new(body + "\tkfree(f);\n", "put_device") == []
    assert new("\tf->ops->open(f);\n" + body, "put_device") == []
    embedded = body.replace("f->ops->", "f->ops.")
    assert len(new(embedded, "put_device")) == 1
    assert new("\tf->ops.open(f);\n" + embedded, "put_device") == []


def hunk(*lines: str) -> str:
    """One hunk inside a function that is not seen whole."""
    old, new = (sum(line[0] != sign for line in lines) for sign in "+-")
    return (
        "diff --git a/drivers/foo/foo.c b/drivers/foo/foo.c\nindex 1111111..2222222 100644\n"
        "--- a/drivers/foo/foo.c\n+++ b/drivers/foo/foo.c\n"
        f"@@ -10,{old} +10,{new} @@ static void foo(struct foo *f)\n"
        + "".join(f"{line[0]}\t{line[1:]}\n" for line in lines)
    )


def test_two_lines_change_places() -> None:
    (late,) = found(hunk(" stop();", "-put_device(f->dev);", " kfree(f);", "+put_device(f->dev);"))
    assert (late.ended, late.line) == (11, 12)


def test_it_was_like_this() -> None:
    assert found(hunk(" stop();", "+start();", " kfree(f);", " put_device(f->dev);")) == []


def test_the_place_is_an_added_line() -> None:
    diff = hunk(" stop();", "+kfree(f);", " put_device(f->dev);", "-kfree(f);")
    (change,) = source(diff).functions
    (late,) = introduced(change, PUTTERS)
    assert place(change, late) == 11
