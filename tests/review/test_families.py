"""Families: the relation is the one of `superseded_by`, and it is told from series alone."""

from collections.abc import Sequence
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.model.series import Series
from reviewbot.parse.thread import series
from reviewbot.review.families import families, first_sent, sent
from tests.parse.postings import HELLO, REVIEWER, body, mail, posting


def revisions(found: Sequence[Series]) -> list[list[int]]:
    """The revisions of each family."""
    return [[one.revision for one in family] for family in families(found)]


def test_the_revisions_of_a_series_are_a_family_oldest_first() -> None:
    mails = [one for n in (3, 1, 2) for one in posting(f"PATCH v{n}", 2, minute=60 * n)]
    assert revisions(series(mails)) == [[1, 2, 3]]


def test_a_series_without_kin_is_a_family_and_a_discussion_is_none() -> None:
    talk = mail("talk", "What about foo?", "Well?\n", sender=REVIEWER)
    assert revisions(series([*posting(), talk])) == [[1]]


def test_another_person_is_another_family() -> None:
    mails = [*posting(), *posting("PATCH v2", 2, minute=60, sender=REVIEWER)]
    assert revisions(series(mails)) == [[1], [2]]


@pytest.mark.parametrize("prefix", ["PATCH 5.10 v2", "GIT PULL v2"])
def test_backports_and_pull_requests_are_apart(prefix: str) -> None:
    assert revisions(series([*posting(), *posting(prefix, 2, minute=60)])) == [[1], [2]]


def test_an_rfc_comes_before_the_patch_that_counts_anew() -> None:
    mails = [*posting("RFC PATCH v3", 2), *posting("PATCH", 2, minute=60)]
    assert revisions(series(mails)) == [[3, 1]]


def test_a_change_id_ties_whatever_the_titles() -> None:
    tail = "\n---\nchange-id: 20260302-foo-0123456789ab\n"
    mails = [
        mail(f"{n}", f"[PATCH v{n} 0/1] title {n}", HELLO + tail, minute=n * 60) for n in (1, 2)
    ]
    assert revisions(series(mails)) == [[1, 2]]


def test_a_new_title_in_reply_to_an_answer_to_the_old_patch() -> None:
    mails = [
        mail("a", "[PATCH] foo: bar"),
        mail("re", "Re: [PATCH] foo: bar", "No.\n", answers="a", minute=1, sender=REVIEWER),
        mail("b", "[PATCH v2] foo: baz", answers="re", minute=60),
    ]
    assert revisions(series(mails)) == [[1, 2]]


def test_a_new_title_in_reply_to_a_patch_that_another_stands_for() -> None:
    mails = [
        mail("a", "[PATCH 1/2] foo: one"),
        mail("b", "[PATCH 2/2] foo: two", answers="a", minute=1),
        mail("c", "[PATCH RESEND 2/2] foo: two", body("b"), answers="b", minute=30),
        mail("d", "[PATCH v2 1/2] foo: uno", answers="b", minute=60),
        mail("e", "[PATCH v2 2/2] foo: due", answers="d", minute=61),
    ]
    assert revisions(series(mails)) == [[1, 2]]


def test_a_partial_reroll_is_a_revision() -> None:
    again = mail("n", "[PATCH v2 2/2] foo: step 2", body("new"), answers="PATCH-2", minute=60)
    assert revisions(series([*posting(), again])) == [[1, 2]]


def test_when_a_mail_without_date_was_sent_is_not_known() -> None:
    (one,) = series([*posting("PATCH", 1)])
    assert first_sent(one) == sent(mail("x", "x")) > 0
    assert sent(mail("x", "x").__class__("x@x", "x", REVIEWER, "")) == 0


PREFIXES = ("PATCH", "PATCH v2", "PATCH v3", "RFC PATCH", "PATCH net", "GIT PULL")


@given(
    st.lists(
        st.tuples(st.sampled_from(PREFIXES), st.integers(1, 3), st.integers(0, 5), st.booleans()),
        max_size=5,
    )
)
def test_law_all_but_the_newest_are_superseded_by_it(
    drawn: list[tuple[str, int, int, bool]],
) -> None:
    mails = chain.from_iterable(
        posting(prefix, total, name=f"n{n}", minute=60 * minute, cover=cover)
        for n, (prefix, total, minute, cover) in enumerate(drawn)
    )
    found = series(mails)
    made = families(found)
    assert sorted(map(id, chain.from_iterable(made))) == sorted(map(id, found))
    for *older, newest in made:
        assert newest.superseded_by == 0
        assert all(
            one.superseded_by == newest.revision
            for one in older
            if first_sent(one) < first_sent(newest)
        )
