"""The engine gives rules the pairs that a series shows, and its filter knows them."""

from collections.abc import Iterator

import pytest

from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.pairs import Getter, Pair, PairTable
from reviewbot.model.finding import Hit
from reviewbot.model.tree import DictTree
from reviewbot.review.engine import findings
from reviewbot.review.kit import Kit
from reviewbot.review.outcome import Found
from reviewbot.review.render import Words
from reviewbot.rule import Needs
from tests.values import file_change, make_rule, patch, series

PAIRS = PairTable((Pair("struct count", (Getter("count_get", carries="arg1"),), ("count_put",)),))
PATH = "virt/foo.c"
BEFORE = """void foo_get(struct foo *foo)
{
	count_get(&foo->ref);
}

void use(struct foo *foo)
{
	bar();
}
"""


def on_getters(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    for call in change.added_calls(pairs.getters):
        learnt = pairs.learnt_of(call.name)
        yield change.source.at(
            call.line, symbol=call.name, through=learnt.through if learnt else ""
        )


def look(prefilter: bool, pairs: PairTable = PAIRS) -> Found:
    """A patch that adds a call of a wrapper, which only the tree shows."""
    lines = (" {", " \tbar();", "+\tfoo_get(foo);", " }")
    rule = make_rule(
        "on-getters",
        on_getters,
        needs=Needs.FUNCTION,
        triggers=lambda table: tuple(f"{name}(" for name in table.getters),
    )
    one = series(patch(file_change(PATH, *lines, start=7)))
    kit = Kit((rule,), Words(()), pairs, prefilter=prefilter)
    return findings(one, kit, DictTree({PATH: BEFORE}))


@pytest.mark.parametrize("prefilter", [True, False])
def test_a_wrapper_is_a_getter_for_the_rules(prefilter: bool) -> None:
    found = look(prefilter)
    assert [finding.symbol for finding in found.findings] == ["foo_get"]
    assert found.findings[0].facts["through"] == "count_get"
    assert not found.failures


def test_without_what_it_wraps_it_is_none() -> None:
    assert look(True, PairTable()).findings == ()


class Broken(PairTable, frozen=True):
    @property
    def by_putter(self):
        raise ZeroDivisionError("one by none")


def test_a_crash_while_learning_is_a_failure_like_that_of_a_rule() -> None:
    found = look(True, Broken(PAIRS.pairs))
    assert [failure.rule for failure in found.failures] == ["learnt-pairs"]
    assert found.findings == ()
