"""Revisions apart: resends, partial rerolls, and what supersedes what."""

import pytest

from reviewbot.model.message import Message
from reviewbot.model.problem import ProblemKind
from reviewbot.model.series import Series
from reviewbot.parse.thread import series
from tests.parse.postings import (
    HELLO,
    REVIEWER,
    body,
    detail,
    ids,
    kinds,
    mail,
    only,
    positions,
    posting,
)


def revisions(found: tuple[Series, ...]) -> list[tuple[int, int]]:
    """Revision and `superseded_by` of each series."""
    return [(one.revision, one.superseded_by) for one in found]


def resent(position: int, total: int = 3, *, word: str = "", answers: str = "") -> Message:
    """One patch sent again, changed if `word` is given."""
    return mail(
        f"again-{position}",
        f"[PATCH RESEND {position}/{total}] foo: step {position}",
        body(word or f"step{position}"),
        answers=answers,
        minute=60 + position,
    )


# Revisions


def test_two_revisions_in_threads_of_their_own() -> None:
    found = series([*posting("PATCH", 2), *posting("PATCH v2", 3, minute=60)])
    assert revisions(found) == [(1, 2), (2, 0)]
    assert [positions(one) for one in found] == [[1, 2], [1, 2, 3]]


@pytest.mark.parametrize("under", ["PATCH-0", "PATCH-1", "PATCH-2"])
@pytest.mark.parametrize("cover", [True, False])
def test_the_next_revision_in_reply_to_the_last(under: str, cover: bool) -> None:
    newer = posting("PATCH v2", 2, minute=60, answers=under, cover=cover)
    found = series([*posting("PATCH", 2), *newer])
    assert revisions(found) == [(1, 2), (2, 0)]
    assert [len(one.patches) for one in found] == [2, 2]


def test_three_revisions_know_the_newest() -> None:
    mails = [mail for n in (1, 2, 3) for mail in posting(f"PATCH v{n}", 1, minute=60 * n)]
    assert revisions(series(mails)) == [(1, 3), (2, 3), (3, 0)]


def test_two_revisions_in_one_run_under_one_cover_letter() -> None:
    mails = [
        *posting("PATCH", 2, only=(0, 1)),
        *posting("PATCH v2", 2, minute=0.2, answers="PATCH-0", only=(0,)),
        mail("n1", "[PATCH v2 1/2] foo: step 1", answers="PATCH-0", minute=0.3),
        mail("n2", "[PATCH v2 2/2] foo: step 2", answers="PATCH-0", minute=0.4),
    ]
    first, second = series(mails)
    assert (ids(first), first.missing) == (["PATCH-1"], (2,))
    assert (ids(second), second.cover) == (["n1", "n2"], mails[2])


def test_a_revision_sent_without_a_word_is_a_posting_of_its_own() -> None:
    first = posting("PATCH", 2, name="a", cover=False)
    second = posting("PATCH", 2, name="b", cover=False, minute=60, answers="a-1")
    found = series([*first, *second])
    assert [ids(one) for one in found] == [["a-1", "a-2"], ["b-1", "b-2"]]
    assert revisions(found) == [(1, 1), (1, 0)]


def test_mixed_revisions_in_one_thread_are_two_incomplete_series() -> None:
    mails = [
        mail("a", "[PATCH 1/2] foo: one"),
        mail("b", "[PATCH v2 2/2] foo: two", answers="elsewhere", minute=60),
    ]
    assert [(one.revision, one.missing) for one in series(mails)] == [(1, (2,)), (2, (1,))]


def test_a_single_patch_and_its_next_revision() -> None:
    mails = [
        mail("a", "[PATCH] foo: bar"),
        mail("b", "[PATCH v2] foo: bar", answers="a", minute=60),
    ]
    assert revisions(series(mails)) == [(1, 2), (2, 0)]


def test_a_new_title_in_reply_to_the_old_patch() -> None:
    mails = [
        mail("a", "[PATCH] foo: bar"),
        mail("b", "[PATCH v2] foo: baz", answers="a", minute=60),
    ]
    assert revisions(series(mails)) == [(1, 2), (2, 0)]


def test_a_change_id_ties_whatever_the_titles() -> None:
    tail = "\n---\nchange-id: 20260302-foo-0123456789ab\n"
    mails = [
        mail(f"{n}", f"[PATCH v{n} 0/1] title {n}", HELLO + tail, minute=n * 60) for n in (1, 2)
    ]
    assert revisions(series(mails)) == [(1, 2), (2, 0)]


def test_an_rfc_is_superseded_by_the_patch_that_counts_anew() -> None:
    mails = [*posting("RFC PATCH v3", 2), *posting("PATCH", 2, minute=60)]
    assert revisions(series(mails)) == [(3, 1), (1, 0)]


def test_nothing_is_superseded_by_what_was_sent_before() -> None:
    mails = [*posting("PATCH v2", 2), *posting("PATCH", 2, minute=60)]
    assert revisions(series(mails)) == [(2, 0), (1, 0)]


@pytest.mark.parametrize(
    ("prefix", "sender"), [("PATCH 5.10 v2", None), ("PATCH v2", REVIEWER), ("GIT PULL v2", None)]
)
def test_backports_pulls_and_other_people_supersede_nothing(prefix: str, sender: object) -> None:
    newer = posting(prefix, 2, minute=60, **({"sender": sender} if sender else {}))
    assert [one.superseded_by for one in series([*posting(), *newer])] == [0, 0]


def test_a_backport_known_by_its_text_supersedes_nothing() -> None:
    upstream = body(message="commit 0123456789ab upstream.\n\nAdd it.")
    mails = [mail("a", "[PATCH] foo: bar"), mail("b", "[PATCH v2] foo: bar", upstream, minute=60)]
    assert revisions(series(mails)) == [(1, 0), (2, 0)]


def test_recurring_titles_of_pull_requests_supersede_nothing() -> None:
    pull = "The following changes since commit 0123456789ab:\n\nare available in the Git repository at:\n"
    mails = [
        mail("a", "[PATCH net 0/1] foo fixes", pull),
        mail("a1", "[PATCH net 1/1] foo: one", answers="a", minute=0.1),
        mail("b", "[PATCH net v2 0/1] foo fixes", pull, minute=9_000),
        mail("b1", "[PATCH net v2 1/1] foo: two", answers="b", minute=9_000.1),
    ]
    assert [one.superseded_by for one in series(mails)] == [0, 0]


# Partial rerolls


def test_a_partial_reroll_takes_the_rest_from_the_last_revision() -> None:
    mails = posting("PATCH", 3)
    new = mail("new", "[PATCH v2 2/3] foo: step 2", answers="PATCH-2", minute=60)
    first, second = series([*mails, new])
    assert (first.revision, first.superseded_by, ids(first)) == (
        1,
        2,
        ["PATCH-1", "PATCH-2", "PATCH-3"],
    )
    assert (second.revision, ids(second)) == (2, ["PATCH-1", "new", "PATCH-3"])
    assert second.cover == mails[0] and second.missing == ()
    assert detail(second, ProblemKind.MIXED_REVISIONS) == "of v2 only 2 was sent, the rest is v1"


def test_a_partial_reroll_in_several_mails_and_through_an_answer() -> None:
    answer = mail(
        "r", "Re: [PATCH 3/3] foo: step 3", HELLO, answers="PATCH-3", sender=REVIEWER, minute=5
    )
    new = [
        mail("n1", "[PATCH v2 1/3] foo: step 1", answers="PATCH-1", minute=60),
        mail("n3", "[PATCH v2 3/3] foo: step 3", answers="r", minute=61),
    ]
    _, second = series([*posting("PATCH", 3), answer, *new])
    assert ids(second) == ["n1", "PATCH-2", "n3"]


def test_rerolls_add_up() -> None:
    mails = [
        *posting("PATCH", 3),
        mail("n1", "[PATCH v2 1/3] foo: step 1", answers="PATCH-1", minute=60),
        mail("n3", "[PATCH v3 3/3] foo: step 3", answers="PATCH-3", minute=90),
    ]
    assert [ids(one) for one in series(mails)][1:] == [
        ["n1", "PATCH-2", "PATCH-3"],
        ["n1", "PATCH-2", "n3"],
    ]
    assert revisions(series(mails)) == [(1, 3), (2, 3), (3, 0)]


@pytest.mark.parametrize("under", ["PATCH-0", "PATCH-1", ""])
def test_no_reroll_unless_in_reply_to_the_same_position(under: str) -> None:
    new = mail("new", "[PATCH v2 2/3] foo: step 2", answers=under, minute=60)
    _, second = series([*posting("PATCH", 3), new])
    assert (ids(second), second.missing) == (["new"], (1, 3))


def test_a_reroll_of_an_incomplete_series_stays_incomplete() -> None:
    new = mail("new", "[PATCH v2 2/3] foo: step 2", answers="PATCH-2", minute=60)
    _, second = series([*posting("PATCH", 3, only=(0, 1, 2)), new])
    assert (ids(second), second.missing) == (["PATCH-1", "new"], (3,))


def test_what_is_said_of_the_old_patch_stays_with_it() -> None:
    new = mail("new", "[PATCH v2 2/2] foo: step 2", answers="PATCH-2", minute=60)
    said = [
        mail(f"r{n}", "Re: foo", HELLO, answers=under, minute=90, sender=REVIEWER)
        for n, under in enumerate(("PATCH-1", "new"))
    ]
    found = series([*posting(), new, *said])
    assert [[each.under for each in one.follow_ups] for one in found] == [["PATCH-1@x"], ["new@x"]]


# Resends


def test_a_whole_series_resent_unchanged_stands_for_the_first() -> None:
    old = posting("PATCH", 2, name="old")
    one = only([*old, *posting("PATCH RESEND", 2, name="new", minute=60)])
    assert ids(one) == ["new-1", "new-2"]
    assert one.cover is not None and one.cover.message_id == "new-0@x"
    assert sorted(one.duplicates) == ["old-0@x", "old-1@x", "old-2@x"]
    assert one.prefix == ("PATCH", "RESEND")


def test_what_was_said_of_the_first_is_under_what_stands_for_it() -> None:
    said = mail("r", "Re: foo", HELLO, answers="old-2", minute=5, sender=REVIEWER)
    mails = [*posting(name="old"), said, *posting("PATCH RESEND", name="new", minute=60)]
    assert [each.under for each in only(mails).follow_ups] == ["new-2@x"]


def test_a_series_resent_with_changes_supersedes_the_first() -> None:
    new = posting("PATCH RESEND", 2, name="new", minute=60)
    new[2] = mail(
        "new-2", "[PATCH RESEND 2/2] foo: step 2", body("other"), answers="new-0", minute=60.1
    )
    found = series([*posting("PATCH", 2), *new])
    assert revisions(found) == [(1, 1), (1, 0)]


@pytest.mark.parametrize("answers", ["", "PATCH-0", "PATCH-2"])
def test_a_single_patch_resent_takes_its_place(answers: str) -> None:
    one = only([*posting("PATCH", 3), resent(2, answers=answers)])
    assert ids(one) == ["PATCH-1", "again-2", "PATCH-3"]
    assert (one.duplicates, kinds(one)) == (("PATCH-2@x",), [])


def test_a_single_patch_resent_with_changes_is_a_problem() -> None:
    one = only([*posting("PATCH", 3), resent(2, word="other")])
    assert ids(one) == ["PATCH-1", "again-2", "PATCH-3"]
    assert (
        detail(one, ProblemKind.DUPLICATE_POSITION)
        == "2 was sent twice with changes, the later is taken"
    )


def test_a_patch_that_was_lost_and_is_resent_completes_the_series() -> None:
    one = only([*posting("PATCH", 3, only=(0, 1, 3)), resent(2, answers="PATCH-0")])
    assert (ids(one), one.missing) == (["PATCH-1", "again-2", "PATCH-3"], ())


def test_a_resent_patch_with_another_title_is_another_patch() -> None:
    other = mail("o", "[PATCH RESEND 2/3] bar: something else", body("step2"), minute=60)
    assert len(series([*posting("PATCH", 3), other])) == 2


def test_a_resend_whose_first_posting_is_not_here() -> None:
    one = only(posting("RESEND PATCH v2", 2))
    assert (one.revision, positions(one), one.duplicates) == (2, [1, 2], ())


def test_the_same_position_again_as_a_reply_to_it() -> None:
    again = mail("a", "[PATCH 2/3] foo: step 2, corrected", body("z"), answers="PATCH-2", minute=60)
    one = only([*posting("PATCH", 3), again])
    assert ids(one) == ["PATCH-1", "a", "PATCH-3"] and one.duplicates == ("PATCH-2@x",)


def test_a_single_patch_resent() -> None:
    mails = [
        mail("a", "[PATCH] foo: bar", body("b")),
        mail("b", "[RESEND PATCH] foo: bar", body("b"), minute=9),
    ]
    one = only(mails)
    assert (ids(one), one.duplicates) == (["b"], ("a@x",))
