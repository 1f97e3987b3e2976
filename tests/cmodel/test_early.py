"""Exits that a change adds to a function which unlocked on all of its ways before."""

import pytest

from reviewbot.cmodel.balance import Balance
from reviewbot.cmodel.leaks import introduced
from reviewbot.cmodel.owed import Proof
from reviewbot.cmodel.pairs import Getter, Pair, PairTable
from tests.cmodel.flows import WORDS, edited

LOCK = Pair("struct mutex", (Getter("mutex_lock", carries="arg1"),), ("mutex_unlock",))
BALANCE = Balance(PairTable((), WORDS, locks=(LOCK,)).of_locks)
HEAD = "void foo(struct foo *f, int n)"
BODY = "mutex_lock(&f->lock);\nfoo_on(f);\nfoo_off(f);\nmutex_unlock(&f->lock);"


def proofs(before: str, after: str) -> list[Proof]:
    """The locks that another body of the function leaves held."""
    changes = edited(before, after, HEAD)
    return [found.proof for change in changes for found in introduced(change, BALANCE)]


def test_added_exit() -> None:
    after = BODY.replace("foo_off", "if (pending(n))\n\treturn;\nfoo_off")
    assert proofs(BODY, after) == [Proof.SIBLING]


@pytest.mark.parametrize(
    "added",
    [
        "if (foo_try(f))\n\treturn;",
        "n = foo_try(f);\nif (n)\n\treturn;",
        "if (pending(n)) {\n\tfoo_leave(f);\n\treturn;\n}",
        "if (pending(n)) {\n\tleave_all();\n\treturn;\n}",
    ],
)
def test_what_may_have_unlocked(added: str) -> None:
    assert not proofs(BODY, BODY.replace("foo_off", f"{added}\nfoo_off"))


def test_the_old_function_left_it_locked_too() -> None:
    before = BODY.replace("foo_on(f);", "foo_on(f);\nif (n)\n\treturn;")
    assert not proofs(before, before.replace("foo_off", "if (pending(n))\n\treturn;\nfoo_off"))
