"""What is said under a series, and for which patch."""

from reviewbot.model.problem import ProblemKind
from reviewbot.model.series import SeriesKind
from reviewbot.parse.followup import given
from reviewbot.parse.thread import series
from tests.parse.postings import HELLO, REVIEWER, diff, ids, kinds, mail, only, positions, posting

TAG = "Reviewed-by: R. Reviewer <reviewer@example.org>"


def answer(
    number: str, to: str, text: str = HELLO, subject: str = "Re: [PATCH 1/2] foo: step 1"
) -> object:
    return mail(number, subject, text, answers=to, minute=30, sender=REVIEWER)


def test_a_trailer_is_given_to_the_patch_it_answers() -> None:
    one = only([*posting(), answer("r", "PATCH-1", f"> Add it.\n\n{TAG}\n")])
    (said,) = one.follow_ups
    assert said.under == "PATCH-1@x"
    assert [(each.key, each.value, each.mail) for each in said.trailers] == [
        ("Reviewed-by", "R. Reviewer <reviewer@example.org>", 2)
    ]


def test_a_trailer_for_the_cover_letter() -> None:
    one = only([*posting(), answer("r", "PATCH-0", TAG)])
    assert one.follow_ups[0].under == "PATCH-0@x"


def test_an_answer_to_an_answer_is_under_the_patch() -> None:
    mails = [*posting(), answer("r", "PATCH-2"), answer("rr", "r"), answer("rrr", "rr")]
    assert {each.under for each in only(mails).follow_ups} == {"PATCH-2@x"}


def test_the_nearest_mail_that_is_here_counts() -> None:
    lost = mail(
        "r", "Re: [PATCH 2/2]", TAG, answers="gone", references=("PATCH-0", "PATCH-2"), minute=9
    )
    assert only([*posting(), lost]).follow_ups[0].under == "PATCH-2@x"


def test_a_reply_with_a_diff_is_a_follow_up() -> None:
    one = only([*posting(), answer("r", "PATCH-2", f"How about\n\n{diff()}")])
    assert positions(one) == [1, 2]
    assert len(one.follow_ups) == 1


def test_a_remark_without_re_is_a_follow_up() -> None:
    patch = mail("1", "[PATCH] foo: add bar")
    one = only([patch, answer("r", "1", TAG, subject="[PATCH] foo: add bar")])
    assert ids(one) == ["1"] and len(one.follow_ups[0].trailers) == 1


def test_a_remark_without_re_on_a_numbered_patch() -> None:
    remark = answer("r", "PATCH-2", TAG, subject="[PATCH 2/2] foo: step 2")
    one = only([*posting(), remark])
    assert positions(one) == [1, 2] and len(one.follow_ups) == 1


def test_a_remark_without_re_on_the_cover_letter() -> None:
    remark = answer("r", "PATCH-0", TAG, subject="[PATCH 0/2] foo: step 0")
    one = only([*posting(), remark])
    assert one.cover is not None and one.cover.message_id == "PATCH-0@x"
    assert len(one.follow_ups) == 1


def test_someone_elses_patch_in_the_thread_is_a_series() -> None:
    theirs = mail("t", "[PATCH] foo: rather this", answers="PATCH-1", sender=REVIEWER, minute=9)
    mine, other = series([*posting(), theirs, answer("r", "t", TAG)])
    assert len(mine.follow_ups) == 0
    assert other.follow_ups[0].under == "t@x"


def test_a_robot_that_answers_under_its_own_subject() -> None:
    robot = mail("r", "[foo] 0123456789: WARNING in bar", HELLO, answers="PATCH-2", sender=REVIEWER)
    assert only([*posting(), robot]).follow_ups[0].under == "PATCH-2@x"


def test_a_reply_to_what_is_not_here_is_a_discussion() -> None:
    one = only([answer("r", "gone", TAG)])
    assert one.kind is SeriesKind.DISCUSSION and kinds(one) == []


def test_copies_of_a_follow_up_are_named() -> None:
    mails = [*posting(), answer("r", "PATCH-1", TAG), answer("r", "PATCH-1", TAG + "\n-- \nlist\n")]
    one = only(mails)
    assert len(one.follow_ups) == 1 and one.duplicates == ("r@x",)


def test_follow_ups_come_in_reading_order() -> None:
    mails = [
        mail(n, "Re: [PATCH 1/2]", HELLO, answers="PATCH-1", minute=minute, sender=REVIEWER)
        for n, minute in (("late", 50), ("early", 20))
    ]
    assert [each.message.message_id for each in only([*posting(), *mails]).follow_ups] == [
        "early@x",
        "late@x",
    ]


def test_only_own_words_give_trailers() -> None:
    assert given(f"> {TAG}\n") == ()
    assert given(f"    {TAG}\n") == ()
    assert given(f"Thanks\n\n-- \n{TAG}\n") == ()
    assert given(f"--\n{TAG}\n") == ()
    assert given(f"Rather:\n\n{diff()}\n{TAG}\n") == ()


def test_only_by_trailers_with_an_address_are_given() -> None:
    text = f'{TAG}\nFixes: 0123456789ab ("foo")\nAcked-by: me\nTested-by: b@example.org\n'
    assert [each.key for each in given(text)] == ["Reviewed-by", "Tested-by"]


def test_a_discussion_has_no_missing_patches() -> None:
    assert ProblemKind.MISSING_PATCHES not in kinds(only([answer("r", "gone")]))
