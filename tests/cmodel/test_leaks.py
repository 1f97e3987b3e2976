"""Which leaks a change introduces, and at which line of its diff they are told."""

import pytest

from reviewbot.cmodel.leaks import Introduced, introduced
from reviewbot.cmodel.owed import Proof
from reviewbot.model.diff import Side
from tests.builders import new_file
from tests.changes import changed
from tests.cmodel.flows import BALANCE, added, edited, function

BALANCED = "int r;\n\nbox_get(b);\nr = a(b);\nbox_put(b);\nreturn r;"
LEAKY = "int r;\n\nbox_get(b);\nr = a(b);\nif (r < 0)\n\treturn r;\nbox_put(b);\nreturn r;"
FIND = (
    "struct box *x = find(n);\nint r;\n\nif (!x)\n\treturn -ENODEV;\nr = a(x);\nlose(x);\nreturn r;"
)


def leaks(before: str, after: str) -> list[Introduced]:
    """The leaks that another body of a function brings in."""
    return [found for change in edited(before, after) for found in introduced(change, BALANCE)]


def told(before: str, after: str) -> list[tuple[str, Side, Proof]]:
    """The same by the text of the line they are told at."""
    sides = {Side.NEW: function(after).splitlines(), Side.OLD: function(before).splitlines()}
    return [
        (sides[found.side][found.line - 1].strip(), found.side, found.proof)
        for found in leaks(before, after)
    ]


def test_new_function() -> None:
    (found,) = (found for change in added(LEAKY) for found in introduced(change, BALANCE))
    assert (found.line, found.side, found.proof) == (8, Side.NEW, Proof.SIBLING)
    assert found.exit == 8


def test_new_exit() -> None:
    assert told(BALANCED, LEAKY) == [("return r;", Side.NEW, Proof.BEFORE)]


def test_goto_is_the_place() -> None:
    out = (
        BALANCED.replace("box_put(b);", "if (r)\n\tgoto err;\nbox_put(b);") + "\nerr:\nreturn -EIO;"
    )
    assert told(BALANCED, out)[0][:2] == ("goto err;", Side.NEW)


def test_getter_hoisted_above_a_failure() -> None:
    before = "if (a(f))\n\treturn -EIO;\nbox_get(b);\nf->box = b;\nreturn 0;"
    after = "box_get(b);\nif (a(f))\n\treturn -EIO;\nf->box = b;\nreturn 0;"
    assert told(before, after) == [("box_get(b);", Side.NEW, Proof.BEFORE)]


def test_put_that_is_gone_is_the_place() -> None:
    assert told(FIND, FIND.replace("lose(x);\n", "")) == [("lose(x);", Side.OLD, Proof.BEFORE)]


@pytest.mark.parametrize("call", ["foo_release(x)", "foo_release(f)", "f->x = x", "foo_add(x)"])
def test_put_that_something_stands_in_for(call: str) -> None:
    assert told(FIND, FIND.replace("lose(x);\n", f"{call};\n")) == []


def test_put_that_a_harmless_call_replaces() -> None:
    assert told(FIND, FIND.replace("lose(x);\n", "c(x);\n"))[0][2] is Proof.BEFORE


@pytest.mark.parametrize("line", ["a(f);\n", "if (f)\n\ta(f);\n"])
def test_what_leaked_before_is_not_told(line: str) -> None:
    assert told(LEAKY, LEAKY.replace("r = a(b);\n", f"r = a(b);\n{line}")) == []


def test_earliest_exit_only() -> None:
    twice = LEAKY.replace("box_put(b);", "if (c(b))\n\treturn -EIO;\nbox_put(b);")
    (found,) = leaks(BALANCED, twice)
    assert found.exit == 8


def test_one_for_each_object() -> None:
    before = "struct box *x = find(n);\n\nbox_get(b);\nbox_put(b);\nlose(x);\nreturn 0;"
    after = before.replace("box_put(b);", "if (a())\n\treturn -EIO;\nbox_put(b);")
    assert {found.walk.ledger.pair.object for found in leaks(before, after)} == {"box", "file"}


def test_moved_function_is_not_told() -> None:
    text = function(LEAKY)
    removed = "".join(f"-{line}\n" for line in text.splitlines())
    gone = (
        "diff --git a/drivers/foo/bar.c b/drivers/foo/bar.c\nindex 111111111111..222222222222 100644\n"
        f"--- a/drivers/foo/bar.c\n+++ b/drivers/foo/bar.c\n@@ -10,{len(text.splitlines()) + 1} +10,1 @@\n \n{removed}"
    )
    sources = changed(gone + new_file("drivers/foo/foo.c", text)).sources
    assert [x for s in sources for f in s.functions for x in introduced(f, BALANCE)] == []


def test_old_function_that_cannot_be_read_keeps_it_quiet() -> None:
    assert told(f"if (n) {{\n#if FOO\n}}\n#endif\n{BALANCED}", LEAKY) == []
