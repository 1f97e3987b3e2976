"""Whether a reference that a function never puts was surely its own to put."""

import pytest

from reviewbot.cmodel.balance import Balance
from reviewbot.cmodel.leaks import introduced
from reviewbot.cmodel.owed import Proof
from reviewbot.cmodel.pairs import Failure, Getter, Pair, PairTable
from tests.builders import new_file
from tests.changes import changed
from tests.cmodel.flows import WORDS

PAIRS = PairTable(
    (
        Pair("struct node", (Getter("find_node", fails=Failure.NULL),), ("node_put",)),
        Pair("struct file", (Getter("file_get", carries="arg1"),), ("file_put",)),
        Pair("symbol", (Getter("symbol_of", fails=Failure.NULL, carries="arg1"),), ("symbol_off",)),
    ),
    WORDS,
)
FAILS = "if (!f)\n\treturn -EINVAL;\nfile_get(f->file);\nif (n)\n\treturn -EIO;\nreturn 0;"
FIRST = "file_get(f->file);\nif (n)\n\treturn -EIO;\nreturn 0;"


def told(body: str, more: str = "", storage: str = "static int ") -> list[tuple[Proof, bool]]:
    """The leaks of a new function, with the proof and whether that is certain."""
    lines = "".join(f"\t{one}\n" for one in body.split("\n"))
    text = f"{storage}foo(struct foo *f, int n)\n{{\n{lines}}}\n{more}"
    (source,) = changed(new_file("drivers/foo/foo.c", text)).sources
    found = (one for f in source.functions for one in introduced(f, Balance(PAIRS)))
    return [(one.proof, one.is_sure) for one in found if one.walk.ledger.takes]


def caller(call: str) -> str:
    """Functions that call foo() and do something where it fails."""
    return (
        "static void foo_exit(struct foo *f)\n{\n\tfile_put(f->file);\n}\n"
        f"int bar(struct foo *f)\n{{\n\tif (foo(f, 1))\n\t\t{call};\n\treturn 0;\n}}\n"
    )


FIND = "struct node *x = find_node(n);\n\nif (!x)\n\treturn -ENODEV;\n"


def test_only_a_local_pointer_has_it() -> None:
    assert told(FIND + "if (n)\n\treturn -EIO;\nreturn 0;") == [(Proof.FAILED, True)]
    assert told(FIND + "return 0;") == [(Proof.ALONE, True)]


def test_what_was_made_of_it_may_lead_there() -> None:
    made = FIND.replace("-ENODEV", "NULL") + "struct part *p = part_of(x);\n\n"
    own = "static struct part *"
    assert told(made + "if (n)\n\treturn ERR_PTR(-EIO);\nreturn p;", "", own) == [
        (Proof.FAILED, False)
    ]
    assert told(made + "if (!p)\n\tn = 2;\nreturn p;", "", own) == [(Proof.FAILED, True)]


def test_a_symbol_is_put_by_its_name_from_anywhere() -> None:
    assert told("int *p = symbol_of(bar);\n\nif (!p)\n\treturn -ENOENT;\nreturn 0;") in (
        [],
        [(Proof.ALONE, False)],
    )


@pytest.mark.parametrize("storage", ["int ", "static int "])
def test_one_failure_is_like_the_other(storage: str) -> None:
    assert told(FAILS, caller("foo_log(f)"), storage) == [(Proof.FAILED, True)]


def test_of_another_failure_all_callers_must_be_seen() -> None:
    assert told(FIRST, caller("foo_log(f)")) == [(Proof.FAILED, True)]
    assert told(FIRST, caller("foo_log(f)"), "int ") == [(Proof.FAILED, False)]
    assert told(FIRST) == [(Proof.FAILED, False)]


@pytest.mark.parametrize("call", ["foo_exit(f)", "file_put(f->file)", "foo_drop(f)"])
def test_a_caller_may_clean_up(call: str) -> None:
    assert told(FIRST, caller(call)) == [(Proof.FAILED, False)]


def test_a_framework_may_clean_up() -> None:
    ops = "static const struct ops ops = {\n\t.attach = foo,\n};\n"
    assert told(FAILS, caller("foo_log(f)") + ops) == [(Proof.FAILED, False)]


def test_a_mark_tells_the_caller() -> None:
    marked = FAILS.replace("if (n)", "f->has_file = true;\nif (n)")
    assert told(marked, caller("foo_log(f)")) == [(Proof.FAILED, False)]
