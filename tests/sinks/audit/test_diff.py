"""Two audits compared: each finding in one place, with the reason where there is one."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.model.sighting import Fate, Proof, Sighting
from reviewbot.sinks.audit.account import Account, Audit, order
from reviewbot.sinks.audit.diff import Change, Difference, Lone, RuleChange, Why, compare
from reviewbot.sinks.audit.score import Score
from tests.sinks.audit.invented import DAY, START, Many, account, audit, sighting

FIXED = (Proof(Fate.FIXED, "v3@example.com"),)


def compared(
    old: Iterable[Sighting],
    new: Iterable[Sighting],
    before: Account | None = None,
    after: Account | None = None,
) -> Difference:
    sides = (sorted(side, key=order) for side in (old, new))
    first, second = sides
    return compare(Audit(before or account(), first), Audit(after or account(), second))


def test_an_audit_is_not_different_from_itself() -> None:
    assert compare(audit(200), audit(200)) == Difference((), (), (), (), same=200, carried=0)


def test_what_is_in_one_only_is_new_or_gone() -> None:
    found = compared([sighting(1), sighting(2)], [sighting(2), sighting(3)])
    assert found.new == (Lone(sighting(3), Why.UNTOLD),)
    assert found.gone == (Lone(sighting(1), Why.UNTOLD),)
    assert found.same == 1


def test_another_fate_is_a_change() -> None:
    before, after = sighting(1), sighting(1, proofs=FIXED)
    found = compared([before], [after])
    assert found.changes == (Change(before, after),)
    assert found.rules == (RuleChange("get-without-put", Score(unknown=1), Score(confirmed=1)),)
    assert (found.new, found.gone, found.same) == ((), (), 0)


def test_a_finding_seen_in_a_later_revision_is_the_same() -> None:
    before = sighting(1, revision=2, since=1)
    after = sighting(1, message_id="v3@example.com", revision=3, since=1, sent=START + 9 * DAY)
    found = compared([before], [after])
    assert (found.new, found.gone, found.same, found.carried) == ((), (), 1, 1)


@pytest.mark.parametrize(
    "more",
    [
        {"since": 3},  # the fault is new in v3
        {"revision": 2},  # no later revision
        {"sent": START - DAY},
        {"domain": "other.example"},
        {"fingerprint": "0" * 16},
    ],
)
def test_what_only_looks_like_it_is_another(more: dict[str, object]) -> None:
    fields = {"message_id": "v3@example.com", "revision": 3, "since": 1, "sent": START + 9 * DAY}
    found = compared([sighting(1, revision=2)], [sighting(1, **(fields | more))])
    assert (len(found.new), len(found.gone), found.carried) == (1, 1, 0)


def test_a_line_that_moved_within_its_mail_is_the_same() -> None:
    assert compared([sighting(1, line=5)], [sighting(1, line=6)]).same == 1


def test_one_place_may_have_the_same_fault_twice() -> None:
    found = compared([sighting(1), sighting(1)], [sighting(1)])
    assert (found.same, len(found.gone), len(found.new)) == (1, 1, 0)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (account(), Why.UNTOLD),
        (account(rules=account().rules[:1]), Why.RULE),
        (account(archives=account().archives[1:]), Why.ARCHIVE),
        (account(since=START + 2 * DAY), Why.PERIOD),
        (account(until=START), Why.PERIOD),
        (Account((), (), ()), Why.UNTOLD),
    ],
)
def test_the_other_account_tells_why(other: Account, why: Why) -> None:
    assert compared([], [sighting(1)], before=other).new == (Lone(sighting(1), why),)
    assert compared([sighting(1)], [], after=other).gone == (Lone(sighting(1), why),)


def test_what_came_after_the_last_mail_is_later() -> None:
    late = sighting(1, sent=account().archives[0].last + DAY)
    assert compared([], [late]).new == (Lone(late, Why.LATER),)


def test_files_out_of_order_are_compared_all_the_same() -> None:
    shuffled = Audit(account(), list(reversed(list(Many(50)))))
    found = compare(audit(50), shuffled)
    assert (found.new, found.gone, found.same) == ((), (), 50)


@given(
    st.lists(st.integers(0, 12), max_size=12),
    st.lists(st.integers(0, 12), max_size=12),
    st.sets(st.integers(0, 12)),
)
def test_every_finding_is_in_one_place(old: list[int], new: list[int], fixed: set[int]) -> None:
    befores = [sighting(n) for n in old]
    afters = [sighting(n, proofs=FIXED) if n in fixed else sighting(n) for n in new]
    found = compared(befores, afters)
    shared = found.same + len(found.changes)
    assert shared + len(found.gone) == len(old)
    assert shared + len(found.new) == len(new)
    turned = compared(afters, befores)
    assert (len(turned.new), len(turned.gone)) == (len(found.gone), len(found.new))
