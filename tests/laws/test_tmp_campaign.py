"""Laws of series assembly: the order of mails does not matter, nothing is lost, nothing raises, time is linear."""

from collections.abc import Iterator
from datetime import timedelta
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.model.message import Address, Message
from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.model.series import Series, SeriesKind
from reviewbot.parse.links import links
from reviewbot.parse.thread import series
from tests.builders import NOON
from tests.parse.postings import HELLO, body, mail

PEOPLE = tuple(Address("", f"{name}@example.org") for name in ("ann", "bob"))
IDS = tuple(f"{run}-{number}-z" for run in ("r", "s") for number in range(1, 7))
TEXTS = (
    HELLO,
    body("a"),
    body("b"),
    "Reviewed-by: B. Ob <bob@example.org>\n",
    "This series depends on [1].\n\nbase-commit: 0123456789ab\nchange-id: 20260302-foo-0123456789ab\n",
    "",
)
PREFIX = st.sampled_from(
    (
        "PATCH",
        "RFC PATCH",
        "PATCH RESEND",
        "PATCH v2",
        "PATCH v3",
        "GIT PULL",
        "PATCH 5.10",
        "RFC",
        "bug 7",
    )
)
COUNTER = st.sampled_from(("", " 0/2", " 1/2", " 2/2", " 3/2", " 1.5/2", " 1/1", " 0/9999", " 2/3"))
SUBJECT = st.builds(
    "{}[{}{}] {}".format,
    st.sampled_from(("", "", "", "Re: ")),
    PREFIX,
    COUNTER,
    st.sampled_from(("foo: one", "foo: two", "")),
) | st.sampled_from(("hello", "Re: hello", "", "[", "[PATCH"))
NAMED = st.sampled_from((*IDS, "gone-1-z", "gone-2-z"))


@st.composite
def messages(draw: st.DrawFn) -> list[Message]:
    """Up to a dozen mails that may answer, repeat and contradict one another."""
    return [
        Message(
            message_id=f"{number}@x",
            subject=draw(SUBJECT),
            sender=draw(st.sampled_from(PEOPLE)),
            body=draw(st.sampled_from(TEXTS)),
            date=draw(
                st.none()
                | st.integers(0, 4000).map(lambda minute: NOON + timedelta(minutes=minute))
            ),
            in_reply_to=tuple(f"{each}@x" for each in draw(st.lists(NAMED, max_size=2))),
            references=tuple(f"{each}@x" for each in draw(st.lists(NAMED, max_size=3))),
            problems=draw(st.sampled_from(((), (), (Problem(ProblemKind.NO_MESSAGE_ID),)))),
        )
        for number in draw(st.lists(st.sampled_from(IDS), max_size=12))
    ]


def told(one: Series) -> Iterator[str]:
    """The Message-IDs a series stands for itself, without those it takes from an earlier revision."""
    inherited = any("was sent, the rest is" in problem.detail for problem in one.problems)
    own = {patch.subject.revision for patch in one.patches} if not inherited else {one.revision}
    if one.cover is not None and not inherited:
        yield one.cover.message_id
    yield from (patch.message_id for patch in one.patches if patch.subject.revision in own)
    yield from (each.message.message_id for each in one.follow_ups)


@given(messages(), st.randoms(use_true_random=False))
@settings(max_examples=4000)
def test_the_order_of_the_mails_does_not_matter(mails: list[Message], random: object) -> None:
    shuffled = list(mails)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert series(shuffled) == series(mails)


@given(messages())
@settings(max_examples=4000)
def test_reading_the_mails_twice_changes_nothing(mails: list[Message]) -> None:
    assert series([*mails, *mails]) == series(mails)


@given(messages())
@settings(max_examples=4000)
def test_no_mail_is_lost_and_none_is_in_two_places(mails: list[Message]) -> None:
    found = series(mails)
    placed = [each for one in found for each in told(one)]
    assert len(placed) == len(set(placed))
    folded = {each for one in found for each in one.duplicates}
    assert set(placed) | folded == {mail.message_id for mail in mails}


@given(messages())
@settings(max_examples=4000)
def test_what_a_series_says_of_itself_is_true(mails: list[Message]) -> None:
    for one in series(mails):
        at = [(patch.subject.position or 1, patch.subject.insert) for patch in one.patches]
        assert at == sorted(at)
        held = {position for position, _ in at}
        if one.total is not None and one.total < 1000:
            assert set(one.missing) == set(range(1, one.total + 1)) - held
        assert bool(one.missing) == (
            ProblemKind.MISSING_PATCHES in {each.kind for each in one.problems}
        )
        assert all(not patch.subject.reply for patch in one.patches)
        if one.kind is SeriesKind.DISCUSSION:
            assert not one.patches and one.cover is None
        assert one.superseded_by >= 0


@given(messages())
@settings(max_examples=4000)
def test_who_answers_whom_is_a_forest_in_time(mails: list[Message]) -> None:
    tied = links(mails)
    for name, parent in tied.parent.items():
        assert tied.thread[name] == tied.thread[parent]
        assert tied.when[parent][0] <= tied.when[name][0]
        assert tied.when[parent][1] < tied.when[name][1]


def many(number: int) -> list[Message]:
    """A thread that invites comparison of everything with everything: one position, over and over."""
    chain = [
        mail(f"c{n}", f"[PATCH {n % 999}/999] foo: {n}", answers=f"c{n - 1}") for n in range(number)
    ]
    same = [
        mail(f"s{n}", "[PATCH RESEND 1/2] foo: bar", answers="s0", minute=n) for n in range(number)
    ]
    talk = [mail(f"t{n}", "Re: foo", HELLO, answers=f"t{n - 1}", minute=n) for n in range(number)]
    return [*chain, *same, *talk]


def test_twice_the_mails_take_about_twice_the_time() -> None:
    def seconds(mails: list[Message]) -> float:
        start = process_time()
        series(mails)
        return process_time() - start

    few, lots = many(200), many(800)
    assert min(seconds(lots) for _ in range(3)) < 4 * 2.2 * min(seconds(few) for _ in range(3))
