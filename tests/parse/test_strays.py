"""Patches sent outside the thread of their series join it where it is certain, and only there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reviewbot.model.message import Message
from reviewbot.model.problem import ProblemKind
from reviewbot.parse.thread import series
from tests.parse.postings import (
    AUTHOR,
    HELLO,
    REVIEWER,
    detail,
    ids,
    kinds,
    mail,
    only,
    positions,
    posting,
    unmailed,
)

HOUR = 60
DAY = 24 * HOUR


def lacking(*gone: int, prefix: str = "PATCH", total: int = 3, **more: object) -> list[Message]:
    """A threaded series with cover letter in which these positions were forgotten."""
    left = [position for position in range(total + 1) if position not in gone]
    return posting(prefix, total, only=left, **more)  # type: ignore[arg-type]


def stray(
    position: int = 2, prefix: str = "PATCH", *, total: int = 3, title: str = "", **more: object
) -> Message:
    """One patch by itself, an hour later."""
    known = {"minute": HOUR, **more}
    title = title or f"foo: step {position}"
    number = str(known.pop("number", f"stray-{position}"))
    return mail(number, f"[{prefix} {position}/{total}] {title}", **known)  # type: ignore[arg-type]


def with_shortlog(mails: list[Message], *titles: str) -> list[Message]:
    """The mails, the first of which lists the titles as git format-patch does."""
    listed = "".join(f"  {title}\n" for title in titles)
    text = f"Parts.\n\nA. Author ({len(titles)}):\n{listed}\n fs/foo.c | 2 +-\n"
    return [replace(mails[0], body=text), *mails[1:]]


def steps(number: int) -> list[str]:
    return [f"foo: step {position}" for position in range(1, number + 1)]


def parts(mails: list[Message]) -> list[list[int | None]]:
    """The positions of every series."""
    return [positions(one) for one in series(mails)]


@pytest.mark.parametrize("prefix", ["PATCH", "PATCH RESEND", "RESEND PATCH", "PATCH REPOST"])
def test_a_forgotten_patch_joins_its_series_and_that_is_said(prefix: str) -> None:
    one = only([*lacking(2), stray(prefix=prefix)])
    assert (ids(one), one.missing, one.complete) == (["PATCH-1", "stray-2", "PATCH-3"], (), True)
    said = "2 of 3 was not in the thread: joined by author, counter and time"
    assert detail(one, ProblemKind.STITCHED) == said
    assert ProblemKind.MISSING_PATCHES not in kinds(one)


def test_whatever_the_revision() -> None:
    one = only([*lacking(2, prefix="PATCH v4"), stray(prefix="PATCH v4 RESEND")])
    assert (one.revision, one.missing) == (4, ())


def test_it_may_have_come_before_the_others() -> None:
    assert parts([*lacking(2), stray(minute=-HOUR)]) == [[1, 2, 3]]


def test_several_join_one_by_one_and_in_a_thread_of_their_own() -> None:
    home = lacking(2, 3, 5, total=5)
    loose = [stray(2, total=5), stray(5, total=5, minute=90, answers="PATCH-0")]
    rest = mail("rest", "[PATCH 3/5] foo: step 3", minute=80)
    one = only([*home, *loose, rest])
    assert positions(one) == [1, 2, 3, 4, 5]
    said = "2-3 of 5 were not in the thread: joined by author, counter and time"
    assert detail(one, ProblemKind.STITCHED) == said


def test_sending_that_was_resumed_in_a_new_thread() -> None:
    rest = [stray(3, total=5), stray(4, total=5, answers="stray-3"), stray(5, total=5, answers="stray-3")]  # fmt: skip
    assert parts([*lacking(3, 4, 5, total=5), *rest]) == [[1, 2, 3, 4, 5]]


def test_what_is_still_missing_is_still_said() -> None:
    one = only([*lacking(2, 4, total=4), stray(2, total=4)])
    assert one.missing == (4,)
    assert detail(one, ProblemKind.MISSING_PATCHES) == "4 of 4"


def test_without_a_cover_letter_the_series_is_named_by_its_first_patch() -> None:
    one = only([*posting(total=3, cover=False, only=(2, 3), answers=""), stray(1)])
    assert (positions(one), one.message_id, one.subject) == ([1, 2, 3], "stray-1@x", "foo: step 1")


def test_what_was_said_of_the_stray_is_said_of_the_series() -> None:
    said = mail("r", "Re: foo", HELLO, answers="stray-2", minute=90, sender=REVIEWER)
    one = only([*lacking(2), stray(), said])
    assert [(each.message, each.under) for each in one.follow_ups] == [(said, "stray-2@x")]


def test_a_resend_of_the_stray_stands_for_it() -> None:
    again = stray(prefix="PATCH RESEND", number="again", minute=90)
    one = only([*lacking(2), stray(), replace(again, body=stray().body)])
    assert (ids(one), one.duplicates) == (["PATCH-1", "again", "PATCH-3"], ("stray-2@x",))


def test_the_next_revision_supersedes_the_stray_too() -> None:
    first, second = series([*lacking(2), stray(), *posting("PATCH v2", 3, minute=9 * HOUR)])
    assert (positions(first), first.superseded_by) == ([1, 2, 3], 2)
    assert (second.missing, second.problems) == ((), ())


def test_a_patch_of_the_next_revision_under_the_last_one_is_no_reroll() -> None:
    mails = [*posting(total=3), *lacking(2, prefix="PATCH v2", minute=HOUR)]
    listing = with_shortlog(mails[4:], *steps(3))
    late = stray(prefix="PATCH v2", answers="PATCH-2", minute=2 * HOUR)
    _, second = series([*mails[:4], *listing, late])
    assert ids(second) == ["PATCHv2-1", "stray-2", "PATCHv2-3"]


@pytest.mark.parametrize(
    "other",
    [
        stray(sender=REVIEWER),
        stray(prefix="PATCH v2"),
        stray(prefix="PATCH net"),
        stray(prefix="PATCH 5.10"),
        stray(prefix="RFC PATCH"),
        stray(prefix="PATCH v1.1"),
        stray(total=4),
        stray(title="bar: step 2"),
        stray(title="step 2"),
        stray(3),
        stray(4),
        mail("stray-2.1", "[PATCH 2.1/3] foo: step 2", minute=HOUR),
        stray(text="I forgot the diff.\n"),
        stray(minute=25 * HOUR),
        stray(answers="elsewhere"),
        stray(references=("elsewhere",)),
        replace(stray(), date=None),
        replace(unmailed(2, 3, origin="2.patch"), subject="[PATCH 2/3] foo: step 2"),
        mail("stray-2", "[PATCH 2/3] foo: step 2", HELLO, answers="elsewhere", minute=HOUR),
    ],
    ids=["sender", "revision", "tree", "stable", "kind", "half a revision", "total", "area",
         "no area", "filled", "above", "insert", "hollow", "late", "answer", "reference", "undated",
         "file", "talk"],
)  # fmt: skip
def test_a_difference_parts(other: Message) -> None:
    for one in series([*lacking(2), other]):
        assert ProblemKind.STITCHED not in kinds(one)
        assert {"PATCH-1", "stray-2"} - set(ids(one))


def test_a_position_that_is_filled_stays_filled() -> None:
    other = stray(title="foo: another step")
    assert parts([*posting(total=3), other]) == [[1, 2, 3], [2]]


def test_two_series_that_lack_it_leave_it_alone() -> None:
    two = [*lacking(2, name="a"), *lacking(2, name="b", minute=30)]
    assert parts([*two, stray()]) == [[1, 3], [1, 3], [2]]


def test_a_revision_that_may_have_been_forgotten_leaves_it_alone() -> None:
    two = [*lacking(2), *lacking(2, prefix="PATCH v2", minute=30)]
    assert parts([*two, stray()]) == [[1, 3], [1, 3], [2]]
    assert parts([*two, stray(prefix="PATCH v2")]) == [[1, 3], [1, 2, 3]]


def test_a_title_that_another_series_has_leaves_it_alone() -> None:
    whole = posting(total=3, name="b", minute=30)
    assert sorted(parts([*lacking(2, name="a"), *whole, stray()])) == [[1, 2, 3], [1, 3], [2]]


def test_two_patches_for_one_position_are_both_left_alone() -> None:
    two = [stray(title=f"foo: {word}", number=word, minute=m) for m, word in ((60, "a"), (70, "b"))]
    assert parts([*lacking(2), *two]) == [[1, 3], [2], [2]]


def test_two_lonely_patches_are_no_series() -> None:
    assert parts([mail("a", "[PATCH 1/2] foo: 1", answers="x"), stray(2, total=2)]) == [[1], [2]]


def test_a_part_of_a_series_that_is_not_here_stays_apart() -> None:
    """Its Message-ID and the one it answers are of one run: there is a cover letter, elsewhere."""
    lost = mail("r.7-3-z", "[PATCH 2/3] foo: step 2", answers="r.7-1-z", minute=HOUR)
    mails = with_shortlog(lacking(2), *steps(3))
    assert parts([*mails, lost]) == [[1, 3], [2]]
    known = replace(lost, in_reply_to=("elsewhere@x",), references=("elsewhere@x",))
    assert parts([*mails, known]) == [[1, 2, 3]]


# The shortlog of a cover letter


def test_what_the_cover_letter_lists_may_be_late_and_answer_anything() -> None:
    mails = with_shortlog(lacking(2), *steps(3))
    for late in (stray(minute=6 * DAY), stray(answers="elsewhere"), stray(minute=-6 * DAY)):
        assert parts([*mails, late]) == [[1, 2, 3]]
    assert parts([*mails, stray(minute=8 * DAY)]) == [[1, 3], [2]]


def test_what_the_cover_letter_does_not_list_stays_outside() -> None:
    mails = with_shortlog(lacking(2), "foo: step 1", "foo: step two", "foo: step 3")
    assert parts([*mails, stray()]) == [[1, 3], [2]]
    assert parts([*mails, stray(title="foo: step two")]) == [[1, 2, 3]]


def test_the_cover_letter_decides_between_two_series() -> None:
    other = with_shortlog(lacking(2, name="b", minute=30), "foo: step 1", "foo: x", "foo: step 3")
    ours = with_shortlog(lacking(2, name="a"), *steps(3))
    found = series([*ours, *other, stray()])
    assert [ids(one) for one in found] == [["a-1", "stray-2", "a-3"], ["b-1", "b-3"]]


def test_a_long_title_is_wrapped_in_the_shortlog() -> None:
    title = "foo: do what has to be done with a title that is longer than one line of text"
    mails = with_shortlog(lacking(2), "foo: step 1", title.replace(" a title", "\n    a title"))
    assert parts([*mails, stray(title=title)]) == [[1, 2, 3]]


def test_a_cover_letter_that_was_sent_by_itself() -> None:
    cover = mail("late", "[PATCH 0/3] foo: all", HELLO, minute=HOUR)
    mails = posting(total=3, cover=False)
    assert [len(one.patches) for one in series([*mails, cover])] == [3, 0]
    one = only([*mails, *with_shortlog([cover], *steps(3))])
    assert (one.message_id, positions(one)) == ("late@x", [1, 2, 3])
    said = "1-3 of 3 were not in the thread: joined by author, counter and time"
    assert detail(one, ProblemKind.STITCHED) == said


# Laws

PIECES = [
    *with_shortlog(lacking(2, 3, name="a"), *steps(3)),
    *lacking(2, name="b", minute=2 * DAY),
    stray(),
    stray(3, minute=70),
    stray(prefix="PATCH v2", number="v2"),
    stray(number="b-stray", minute=2 * DAY + 5),
    stray(3, prefix="PATCH RESEND", number="again", minute=80),
    stray(title="bar: something", number="bar"),
    stray(answers="a-1", number="under"),
]


@given(st.lists(st.sampled_from(PIECES), unique_by=lambda each: each.message_id), st.randoms())
@settings(max_examples=150)
def test_law_the_order_of_the_mails_does_not_matter(mails: list[Message], random: object) -> None:
    shuffled = list(mails)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert series(shuffled) == series(mails)


@given(st.lists(st.sampled_from(PIECES), unique_by=lambda each: each.message_id))
@settings(max_examples=150)
def test_law_what_joined_is_of_one_label_and_at_a_place_of_its_own(mails: list[Message]) -> None:
    found = series(mails)
    for one in found:
        if ProblemKind.STITCHED in kinds(one):
            assert len(set(positions(one))) == len(one.patches)
            assert {(p.subject.revision, p.subject.total) for p in one.patches} == {(1, 3)}
            assert {patch.message.sender for patch in one.patches} == {AUTHOR}
    placed = [each for one in found for each in (*ids(one), *map(str, one.duplicates))]
    assert len(placed) == len(set(placed))


@given(st.permutations(range(1, 5)), st.integers(1, 4), st.booleans())
@settings(max_examples=100)
def test_law_however_a_series_is_torn_it_is_one(order: list[int], torn: int, again: bool) -> None:
    """A threaded series, some patches of which were sent by themselves instead."""
    gone = order[: min(torn, 3)]
    prefix = "PATCH RESEND" if again else "PATCH"
    loose = [stray(n, prefix, total=4, minute=HOUR + at) for at, n in enumerate(gone)]
    mails = with_shortlog(lacking(*gone, total=4), *steps(4))
    one = only([*mails, *loose])
    assert (positions(one), one.missing) == ([1, 2, 3, 4], ())


def test_many_postings_of_one_label_are_left_alone() -> None:
    mails = [
        each
        for number in range(40)
        for each in posting(total=3, name=f"n{number}", only=(0, 1), minute=number)
    ]
    found = series([*mails, stray()])
    assert len(found) == 41
    assert all(ProblemKind.STITCHED not in kinds(one) for one in found)
