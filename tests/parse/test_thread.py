"""Mails become series: what belongs together, in which order, and what is said under it."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from reviewbot.model.message import Address
from reviewbot.model.problem import ProblemKind
from reviewbot.model.series import SeriesKind
from reviewbot.parse.thread import series
from tests.builders import NOON
from tests.parse.postings import (
    AUTHOR,
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
    unmailed,
)


def test_no_mail_is_no_series() -> None:
    assert series([]) == ()


def test_cover_letter_and_patches_in_order() -> None:
    mails = posting("PATCH net-next v3", total=3)
    one = only(reversed(mails))
    assert one.kind is SeriesKind.PATCHES
    assert one.cover == mails[0]
    assert positions(one) == [1, 2, 3]
    assert (one.subject, one.author, one.revision, one.total) == ("foo: step 0", AUTHOR, 3, 3)
    assert one.prefix == ("PATCH", "net-next")
    assert one.missing == () and one.complete and one.problems == ()
    assert one.message_id == mails[0].message_id


def test_single_patch_has_no_total() -> None:
    one = only([mail("1", "[PATCH] foo: add bar")])
    assert (ids(one), one.total, one.missing, one.complete) == (["1"], None, (), True)


def test_series_without_cover_letter() -> None:
    one = only(posting(cover=False, total=3))
    assert one.cover is None
    assert positions(one) == [1, 2, 3]
    assert one.message_id == one.patches[0].message_id


def test_every_patch_in_reply_to_the_one_before() -> None:
    mails = [
        mail(str(n), f"[PATCH {n}/4] foo: {n}", answers=str(n - 1) if n > 1 else "")
        for n in (1, 2, 3, 4)
    ]
    assert positions(only(mails)) == [1, 2, 3, 4]


def test_a_missing_cover_letter_still_ties_its_patches() -> None:
    one = only(posting(total=3, only=(1, 3)))
    assert (positions(one), one.missing) == ([1, 3], (2,))
    assert detail(one, ProblemKind.MISSING_PATCHES) == "2 of 3"


def test_missing_positions_are_named_in_spans() -> None:
    one = only(posting(total=9, only=(0, 4, 6)))
    assert one.missing == (1, 2, 3, 5, 7, 8, 9)
    assert detail(one, ProblemKind.MISSING_PATCHES) == "1-3, 5, 7-9 of 9"
    assert not one.complete


def test_a_cover_letter_alone_misses_all() -> None:
    one = only(posting(total=2, only=(0,)))
    assert (one.kind, one.patches, one.missing) == (SeriesKind.PATCHES, (), (1, 2))


def test_an_absurd_total_does_not_cost_memory() -> None:
    one = only([mail("1", "[PATCH 1/9999] foo: bar")])
    assert len(one.missing) <= 1000
    assert ProblemKind.MISSING_PATCHES in kinds(one)


def test_a_cover_letter_without_brackets() -> None:
    mails = [mail("0", "foo: rework it all", HELLO), *posting(total=2, name="s", only=(1, 2))]
    mails[1:] = [mail(str(n), f"[PATCH {n}/2] foo: {n}", answers="0", minute=n) for n in (1, 2)]
    one = only(mails)
    assert one.cover == mails[0]
    assert one.subject == "foo: rework it all"


def test_someone_elses_report_is_no_cover_letter() -> None:
    report = mail("0", "foo eats data", HELLO, sender=REVIEWER)
    fix = mail("1", "[PATCH] foo: do not eat data", answers="0", minute=5)
    one = only([report, fix])
    assert one.cover is None
    assert [each.message for each in one.follow_ups] == [report]
    assert one.follow_ups[0].under == ""


def test_a_report_with_two_patches_under_it_is_no_cover_letter() -> None:
    mails = [mail("0", "foo eats data", HELLO)]
    mails += [mail(n, f"[PATCH] foo: fix {n}", answers="0", minute=5) for n in "12"]
    assert [one.cover for one in series(mails)] == [None, None]


def test_a_patch_without_counter_under_a_cover_of_one() -> None:
    one = only([mail("0", "[PATCH 0/1] foo", HELLO), mail("1", "[PATCH] foo: bar", answers="0")])
    assert one.cover is not None and ids(one) == ["1"]


def test_a_patch_without_counter_is_a_series_of_its_own() -> None:
    mails = [
        *posting(total=2, only=(0, 1)),
        mail("9", "[PATCH] foo: more", answers="PATCH-0", minute=3),
    ]
    first, second = series(mails)
    assert (positions(first), first.missing) == ([1], (2,))
    assert ids(second) == ["9"]


def test_a_series_under_someones_single_patch_stays_apart() -> None:
    single = mail("s", "[PATCH] foo: bar", sender=REVIEWER)
    under = [mail(f"{n}", f"[PATCH {n}/2] foo: {n}", answers="s", minute=n) for n in (1, 2)]
    assert [ids(one) for one in series([single, *under])] == [["s"], ["1", "2"]]


def test_without_any_reference_sender_counter_and_time_tie() -> None:
    mails = [mail(f"n{n}", f"[PATCH v2 {n}/3] foo: {n}", minute=n * 7) for n in (1, 2, 3)]
    assert positions(only(mails)) == [1, 2, 3]


@pytest.mark.parametrize(
    "other",
    [
        mail("n2", "[PATCH v2 2/2] foo: 2", minute=1),
        mail("n2", "[PATCH 2/3] foo: 2", minute=1),
        mail("n2", "[PATCH net 2/2] foo: 2", minute=1),
        mail("n2", "[PATCH 2/2] foo: 2", minute=1, sender=REVIEWER),
        mail("n2", "[PATCH 2/2] foo: 2", minute=3 * 24 * 60),
    ],
    ids=["revision", "total", "tree", "sender", "days later"],
)
def test_without_any_reference_a_difference_parts(other: object) -> None:
    assert len(series([mail("n1", "[PATCH 1/2] foo: 1"), other])) == 2


def test_two_postings_of_one_day_without_references() -> None:
    mails = [
        mail(f"{name}{n}", f"[PATCH {n}/2] {name}: {n}", minute=minute + n)
        for name, minute in (("a", 0), ("b", 60))
        for n in (1, 2)
    ]
    assert [ids(one) for one in series(mails)] == [["a1", "a2"], ["b1", "b2"]]


def test_ids_of_one_run_of_send_email_tie() -> None:
    def one_run(run: str, minute: float) -> list[object]:
        return [
            mail(f"2026030212.{run}-{n}-a", f"[PATCH {n}/2] {run}: {n}", minute=minute)
            for n in (1, 2)
        ]

    found = series([*one_run("77", 0), *one_run("88", 0)])
    assert [[p.subject.text for p in one.patches] for one in found] == [
        ["77: 1", "77: 2"],
        ["88: 1", "88: 2"],
    ]


def test_one_position_twice_in_one_run() -> None:
    mails = [
        mail(
            f"r.1-{n}-a",
            f"[PATCH {at}/2] foo: {n}",
            answers="r.1-1-a" if n > 1 else "",
            minute=n / 60,
        )
        for n, at in ((1, 0), (2, 1), (3, 2), (4, 2))
    ]
    one = only([mail("r.1-1-a", "[PATCH 0/2] foo", HELLO), *mails[1:]])
    assert positions(one) == [1, 2, 2]
    assert detail(one, ProblemKind.DUPLICATE_POSITION) == "2 patches are 2/2"


def test_files_of_format_patch_are_one_series_whoever_wrote_them() -> None:
    one = only([unmailed(2, 2, sender=REVIEWER), unmailed(1, 2)])
    assert positions(one) == [1, 2]


def test_files_of_two_folders_are_two_series() -> None:
    mails = [unmailed(n, 2, origin=f"{folder}/000{n}.patch") for folder in "ab" for n in (1, 2)]
    assert [positions(one) for one in series(mails)] == [[1, 2], [1, 2]]


def test_number_above_total() -> None:
    one = only([*posting(total=2), mail("x", "[PATCH 3/2] foo: more", answers="PATCH-0", minute=9)])
    assert positions(one) == [1, 2, 3]
    assert detail(one, ProblemKind.NUMBER_ABOVE_TOTAL) == "3/2"
    assert one.missing == ()


def test_a_patch_put_in_between() -> None:
    between = mail("x", "[PATCH 1.5/2] foo: between", answers="PATCH-1", sender=REVIEWER, minute=9)
    assert ids(only([*posting(total=2), between])) == ["PATCH-1", "x", "PATCH-2"]


def test_a_cover_letter_that_counts_wrong() -> None:
    mails = posting(total=3)
    mails[0] = mail("PATCH-0", "[PATCH 0/4] foo", HELLO)
    one = only(mails)
    assert (one.cover, one.total, one.missing) == (mails[0], 3, ())


def test_a_cover_letter_with_another_revision() -> None:
    mails = posting(total=2)
    mails[0] = mail("PATCH-0", "[PATCH v3 0/2] foo", HELLO)
    one = only(mails)
    assert (one.revision, positions(one)) == (3, [1, 2])
    assert detail(one, ProblemKind.MIXED_REVISIONS) == "the subjects name v1, v3"


def test_a_revision_left_out_in_the_second_patch() -> None:
    mails = [
        mail("1", "[PATCH v2 1/2] foo: one"),
        mail("2", "[PATCH 2/2] foo: two", answers="1", minute=1),
    ]
    one = only(mails)
    assert (one.revision, positions(one)) == (2, [1, 2])
    assert detail(one, ProblemKind.MIXED_REVISIONS) == "the subjects name v1, v2"


def test_a_clock_that_runs_behind() -> None:
    mails = [
        mail("c", "[PATCH 0/2] foo", HELLO, minute=60),
        mail("1", "[PATCH 1/2] foo: 1", answers="c", minute=-60),
        mail("2", "[PATCH 2/2] foo: 2", answers="c", minute=-60),
    ]
    assert only(mails).cover == mails[0]


def test_mails_without_date() -> None:
    undated = [mail(str(n), f"[PATCH {n}/2] foo: {n}", answers="c") for n in (1, 2)]
    undated = [replace(each, date=None) for each in undated]
    assert positions(only(undated)) == [1, 2]


def test_a_date_without_zone_is_universal_time() -> None:
    naive = mail("1", "[PATCH 1/2] foo: 1", answers="c")
    zone = mail("2", "[PATCH 2/2] foo: 2", answers="c")
    naive = replace(naive, date=(NOON + timedelta(minutes=1)).replace(tzinfo=None))
    assert positions(only([naive, zone])) == [1, 2]


def test_answers_in_a_circle() -> None:
    mails = [mail(str(n), f"[PATCH {n}/3] foo: {n}", answers=str(n % 3 + 1)) for n in (1, 2, 3)]
    assert positions(only(mails)) == [1, 2, 3]


def test_a_patch_without_diff_holds_its_position() -> None:
    mails = posting(total=3)
    mails[2] = mail(
        "PATCH-2", "[PATCH 2/3] foo: step 2", "scrubbed\n", answers="PATCH-0", minute=0.1
    )
    one = only(mails)
    assert (positions(one), one.missing) == ([1, 2, 3], ())
    assert one.patches[1].files == ()
    assert detail(one, ProblemKind.NO_DIFF) == "2/3 has no diff"


def test_the_word_patch_without_a_diff() -> None:
    one = only([mail("1", "[PATCH] foo: add bar", HELLO)])
    assert one.kind is SeriesKind.DISCUSSION
    assert kinds(one) == [ProblemKind.NO_DIFF]


def test_copies_of_one_mail_are_one() -> None:
    kvm = mail("1", "[PATCH] foo: add bar", list_ids=("kvm.vger.kernel.org",))
    arm = mail("1", "[PATCH] foo: add bar", list_ids=("kvmarm.lists.linux.dev",))
    one = only([kvm, arm])
    assert ids(one) == ["1"]
    assert one.duplicates == ("1@x",)
    assert one.patches[0].message.list_ids == ("kvm.vger.kernel.org", "kvmarm.lists.linux.dev")


def test_the_fuller_copy_is_kept() -> None:
    whole, cut = mail("1", "[PATCH] foo"), mail("1", "[PATCH] foo", "cut off\n")
    assert len(only([cut, whole]).patches) == 1


def test_the_same_mail_read_twice_is_no_duplicate() -> None:
    one = only([mail("1", "[PATCH] foo", origin="a"), mail("1", "[PATCH] foo", origin="b")])
    assert one.duplicates == ()


def test_mails_without_message_id_are_told_apart() -> None:
    mails = [replace(mail(n, f"[PATCH] {n}"), message_id="") for n in "ab"]
    assert len(series(mails)) == 2


def test_pull_request() -> None:
    one = only([mail("1", "[GIT PULL] foo for 7.1", HELLO)])
    assert one.kind is SeriesKind.PULL_REQUEST
    assert one.cover is not None
    assert detail(one, ProblemKind.PULL_REQUEST) == "foo for 7.1"


def test_pull_request_known_by_its_text() -> None:
    text = (
        "Hi,\n\nThe following changes since commit 0123456789ab:\n\n  Linux\n\nare available in the Git"
        " repository at:\n\n  git://example.org/foo\n"
    )
    assert only([mail("1", "foo for 7.1", text)]).kind is SeriesKind.PULL_REQUEST


def test_the_patches_of_a_pull_request() -> None:
    pull = mail("p", "[GIT PULL] foo for 7.1", HELLO)
    mails = [mail(str(n), f"[PATCH {n}/2] foo: {n}", answers="p", minute=0.1) for n in (1, 2)]
    one = only([pull, *mails])
    assert (one.kind, one.cover, positions(one)) == (SeriesKind.PULL_REQUEST, pull, [1, 2])


def test_patches_sent_as_pull_requests() -> None:
    one = only([mail(str(n), f"[GIT PULL {n}/2] foo: {n}", answers="c") for n in (1, 2)])
    assert (one.kind, positions(one)) == (SeriesKind.PULL_REQUEST, [1, 2])


def test_a_thread_without_patch_is_a_discussion() -> None:
    mails = [
        mail("1", "foo eats data", HELLO, sender=REVIEWER),
        mail("2", "Re: foo eats data", HELLO, answers="1", minute=1),
    ]
    one = only(mails[::-1])
    assert one.kind is SeriesKind.DISCUSSION
    assert (one.subject, one.author) == ("foo eats data", REVIEWER)
    assert one.message_id == mails[0].message_id
    assert [each.message for each in one.follow_ups] == mails


def test_series_come_by_date_then_message_id() -> None:
    mails = [mail("b", "[PATCH] b"), mail("a", "[PATCH] a"), mail("c", "[PATCH] c", minute=-1)]
    assert [ids(one) for one in series(mails)] == [["c"], ["a"], ["b"]]


def test_base_change_id_and_prerequisites_are_gathered() -> None:
    tail = (
        "\n---\nbase-commit: 0123456789abcdef0123456789abcdef01234567\n"
        "change-id: 20260302-foo-0123456789ab\n"
        "prerequisite-patch-id: fedcba9876543210fedcba9876543210fedcba98\n"
    )
    mails = posting(total=1)
    mails[0] = mail("PATCH-0", "[PATCH 0/1] foo", HELLO + tail)
    one = only(mails)
    assert one.base_commit == "0123456789abcdef0123456789abcdef01234567"
    assert one.change_id == "20260302-foo-0123456789ab"
    assert one.prerequisites == ("fedcba9876543210fedcba9876543210fedcba98",)
    assert not one.complete and ProblemKind.PREREQUISITES in kinds(one)


def test_base_commit_of_a_patch_counts_too() -> None:
    text = body() + "\nbase-commit: 0123456789ab\n"
    assert only([mail("1", "[PATCH] foo", text)]).base_commit == "0123456789ab"


def test_names_differ_but_the_address_is_the_same() -> None:
    mails = posting(total=2)
    shouted = Address("AUTHOR", "Author@Example.org")
    mails[2] = mail("PATCH-2", "[PATCH 2/2] foo: step 2", answers="PATCH-0", sender=shouted)
    assert positions(only(mails)) == [1, 2]


def test_people_whose_address_a_list_replaced_are_told_apart() -> None:
    people = [Address(f"{name} via foo-list", "foo-list@example.org") for name in ("Ann", "Bob")]
    mails = [mail(str(n), f"[PATCH {n}/2] foo: {n}", sender=who) for n, who in enumerate(people, 1)]
    assert len(series(mails)) == 2
