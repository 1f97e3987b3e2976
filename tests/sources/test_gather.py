import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewbot.errors import InputError, ServiceError
from reviewbot.model.message import RawMessage
from reviewbot.model.problem import ProblemKind
from reviewbot.model.series import SeriesKind
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.sources.files import read
from reviewbot.sources.gather import (
    Gathered,
    Wish,
    at_rest,
    gather,
    gather_all,
    gather_change,
    gather_rest,
    is_whole,
)
from reviewbot.sources.spool import Spool
from tests.builders import mail, new_file, patch_body
from tests.sources.posted import BOB, CHANGE, answer, posted_id, posting
from tests.sources.shelf import Closed, Shelf

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "mail" / "threads"
FIRST, SECOND, THIRD = posting(3), posting(3, 2, day=3), posting(3, 3, day=6)
RE = answer(posted_id(2, 1), "[PATCH 2/3] foo-bar: add part 2", "re@x.org")


@pytest.fixture
def spool() -> Iterator[Spool]:
    with Spool() as opened:
        yield opened


def ids(found: Gathered) -> set[str]:
    return {message(raw).message_id for raw in found.mails}


def order(found: Gathered) -> list[str]:
    return [message(raw).message_id for raw in found.patches]


def thread(revision: int, patches: int = 3) -> set[str]:
    return {posted_id(n, revision) for n in range(patches + 1)}


# The thread


@pytest.mark.parametrize("named", [*(posted_id(n, 1) for n in range(4)), "re@x.org"])
def test_any_mail_of_the_thread_suffices(spool: Spool, named: str) -> None:
    found = gather(named, [Shelf([*FIRST, RE])], spool)
    assert ids(found) == thread(1) | {"re@x.org"}
    assert order(found) == [posted_id(n, 1) for n in (1, 2, 3)]
    assert found.notes == ()


def test_the_mails_are_those_of_the_archive(spool: Spool) -> None:
    found = gather(posted_id(1, 1), [Shelf([*FIRST, RE])], spool)
    assert [raw.data for raw in found.mails] == [*FIRST, RE]


def test_another_series_in_the_thread_stays_and_is_not_applied(spool: Spool) -> None:
    aside = mail(
        patch_body(new_file("bar.c", "int bar;\n")),
        subject="[PATCH] bar: instead",
        message_id="aside@x.org",
        in_reply_to=posted_id(1, 1),
        sender=BOB,
    )
    found = gather(posted_id(1, 1), [Shelf([*FIRST, aside])], spool)
    assert "aside@x.org" in ids(found)
    assert "aside@x.org" not in order(found)
    (found,) = (gather("aside@x.org", [Shelf([*FIRST, aside])], spool),)
    assert order(found) == ["aside@x.org"]


def test_a_thread_without_patches_is_a_discussion(spool: Spool) -> None:
    talk = [mail("Is this so?\n", subject="a question", message_id="q@x.org")]
    talk.append(answer("q@x.org", "a question", "a@x.org"))
    found = gather("a@x.org", [Shelf([*talk, *FIRST])], spool)
    assert ids(found) == {"q@x.org", "a@x.org"}
    assert (order(found), found.series) == ([], ())
    assert found.notes == ("no patch in the thread of q@x.org",)


def test_an_unknown_id_is_said(spool: Spool) -> None:
    with pytest.raises(InputError, match=r"no mail with the Message-ID x@y\.z in shelf, other"):
        gather("x@y.z", [Shelf(FIRST), Shelf([], "other")], spool)


def test_an_archive_that_does_not_answer_may_have_it(spool: Spool) -> None:
    with pytest.raises(ServiceError, match="closed: does not answer"):
        gather("x@y.z", [Shelf(FIRST), Closed()], spool)


# Revisions


def test_the_newest_revision_is_taken_and_said(spool: Spool) -> None:
    found = gather(posted_id(2, 1), [Shelf([*FIRST, RE, *SECOND, *THIRD])], spool)
    assert ids(found) == thread(3)
    (note,) = found.notes
    assert note.startswith(f"v3 ({posted_id(0, 3)}) is newer than v1 ({posted_id(0, 1)})")
    assert "--as-named" in note


def test_by_change_id_whatever_the_title(spool: Spool) -> None:
    mails = [*posting(2, change_id=CHANGE), *posting(4, 2, name="new", change_id=CHANGE, day=3)]
    found = gather(posted_id(1, 1), [Shelf(mails)], spool)
    assert ids(found) == {posted_id(n, 2, "new") for n in range(5)}


def test_a_title_that_changes_on_the_way_is_followed(spool: Spool) -> None:
    second = [m.replace(b"0/3] foo-bar: add some parts", b"0/3] other title") for m in SECOND]
    third = [
        m.replace(b"0/3] foo-bar: add some parts", b"0/3] other title").replace(
            b"1/3] foo-bar: add part 1", b"1/3] other part"
        )
        for m in THIRD
    ]
    second[0] = second[0].replace(b"\n\n", b"\nIn-Reply-To: <%b>\n\n" % posted_id(0, 1).encode(), 1)
    found = gather(posted_id(1, 1), [Shelf([*FIRST, *second, *third])], spool)
    assert ids(found) == thread(3)


def test_as_named_stays(spool: Spool) -> None:
    shelf = Shelf([*FIRST, RE, *SECOND])
    found = gather(posted_id(1, 1), [shelf], spool, Wish(as_named=True))
    assert ids(found) == thread(1) | {"re@x.org"}
    assert (found.notes, shelf.asked) == ((), [posted_id(1, 1)])


def test_all_revisions(spool: Spool) -> None:
    shelf = Shelf([*FIRST, RE, *SECOND, *THIRD])
    found = gather(posted_id(1, 2), [shelf], spool, Wish(every_revision=True))
    assert ids(found) == thread(1) | thread(2) | thread(3) | {"re@x.org"}
    assert order(found) == [posted_id(n, 3) for n in (1, 2, 3)]


def test_a_revision_in_the_same_thread(spool: Spool) -> None:
    """v2 was sent in reply to v1: without its older revision the thread is the same series."""
    under = SECOND[0].replace(b"\n\n", b"\nIn-Reply-To: <%b>\n\n" % posted_id(0, 1).encode(), 1)
    shelf = Shelf([*FIRST, RE, under, *SECOND[1:]])
    assert ids(gather("re@x.org", [shelf], spool)) == thread(2)
    named = gather("re@x.org", [shelf], spool, Wish(as_named=True))
    assert ids(named) == thread(1) | {"re@x.org"}


def test_a_partial_reroll_keeps_what_it_stands_on(spool: Spool) -> None:
    reroll = SECOND[2].replace(posted_id(0, 2).encode(), posted_id(2, 1).encode())
    found = gather(posted_id(2, 2), [Shelf([*FIRST, reroll])], spool)
    assert order(found) == [posted_id(1, 1), posted_id(2, 2), posted_id(3, 1)]
    again = [one for one in series(map(message, found.mails)) if not one.superseded_by]
    assert [patch.message_id for patch in again[0].patches] == order(found)


def test_the_same_title_by_somebody_else_is_another_series(spool: Spool) -> None:
    theirs = [m.replace(b"@example", b"@b.example") for m in posting(3, 2, sender=BOB, day=3)]
    assert ids(gather(posted_id(1, 1), [Shelf([*FIRST, *theirs])], spool)) == thread(1)


def test_where_newer_ones_cannot_be_asked_for_it_is_said(spool: Spool) -> None:
    found = gather(posted_id(1, 1), [Closed(has=True, mails=FIRST)], spool)
    assert ids(found) == thread(1)
    assert found.notes == ("not all could be asked: closed: does not answer",)


# What is missing


def test_what_another_archive_has_of_the_thread_is_added(spool: Spool) -> None:
    mirror, lore = Shelf([FIRST[0], FIRST[2]], "mirror"), Shelf([*FIRST, RE], "lore")
    found = gather(posted_id(2, 1), [mirror, lore], spool)
    assert ids(found) == thread(1) | {"re@x.org"}
    assert len(found.patches) == 3


def test_a_whole_series_of_a_mirror_asks_nobody_else(spool: Spool) -> None:
    mirror, lore = Shelf(FIRST, "mirror"), Shelf([*FIRST, *SECOND], "lore")
    assert ids(gather(posted_id(2, 1), [mirror, lore], spool)) == thread(1)
    assert lore.asked == []


@pytest.mark.parametrize("named", [posted_id(n, 1) for n in range(4)])
def test_an_unthreaded_series_is_stitched_and_said(spool: Spool, named: str) -> None:
    noise = posting(3, 2, threaded=False, day=2)
    shelf = Shelf([*posting(3, threaded=False), *posting(5, name="other"), *noise])
    found = gather(named, [shelf], spool, Wish(as_named=True))
    assert ids(found) == thread(1)
    assert order(found) == [posted_id(n, 1) for n in (1, 2, 3)]
    (note,) = found.notes
    assert note.endswith("not in the thread: taken from shelf by author, counter and time")


def test_answers_to_stitched_patches_come_along(spool: Spool) -> None:
    found = gather(posted_id(3, 1), [Shelf([*posting(3, threaded=False), RE])], spool)
    assert ids(found) == thread(1) | {"re@x.org"}


def late(word: str = "") -> bytes:
    """Patch 2 of the first revision, twenty hours later by itself: of another run, and in reply to nothing."""
    made = posting(3, threaded=False, hour=20)[2].replace(b"[PATCH ", f"[PATCH {word}".encode())
    return made.replace(posted_id(2, 1).encode(), b"late@x.org")


@pytest.mark.parametrize("word", ["", "RESEND "])
@pytest.mark.parametrize("named", [posted_id(0, 1), posted_id(1, 1), "late@x.org", "re@x.org"])
def test_one_patch_sent_later_by_itself_is_stitched(spool: Spool, named: str, word: str) -> None:
    reply = answer("late@x.org", "[PATCH 2/3] foo-bar: add part 2", "re@x.org")
    noise = [*posting(3, name="other", hour=2), *posting(5, name="more", threaded=False)]
    shelf = Shelf([FIRST[0], FIRST[1], FIRST[3], late(word), reply, *noise])
    found = gather(named, [shelf], spool)
    assert ids(found) == (thread(1) - {posted_id(2, 1)}) | {"late@x.org", "re@x.org"}
    assert order(found) == [posted_id(1, 1), "late@x.org", posted_id(3, 1)]
    (note,) = found.notes
    assert note.endswith("not in the thread: taken from shelf by author, counter and time")
    (one,) = found.series
    assert [each.kind for each in one.problems] == [ProblemKind.STITCHED]


def test_a_patch_that_may_be_of_two_series_is_not_stitched(spool: Spool) -> None:
    twin = [each for n, each in enumerate(posting(3, name="twin", hour=2)) if n != 2]
    shelf = Shelf([FIRST[0], FIRST[1], FIRST[3], late(), *twin])
    found = gather(posted_id(1, 1), [shelf], spool)
    assert order(found) == [posted_id(1, 1), posted_id(3, 1)]


def test_a_newer_revision_of_the_same_day_comes_with_its_answers(spool: Spool) -> None:
    newer = posting(3, 2, hour=22)
    reply = answer(posted_id(1, 2), "[PATCH v2 1/3] foo-bar: add part 1", "re-2@x.org")
    shelf = Shelf([FIRST[0], FIRST[1], FIRST[3], late(), *newer, reply])
    found = gather("late@x.org", [shelf], spool)
    assert ids(found) == thread(2) | {"re-2@x.org"}


def test_a_patch_that_is_nowhere_is_said(spool: Spool) -> None:
    found = gather(posted_id(1, 1), [Shelf([FIRST[0], FIRST[1], FIRST[3]], "a"), Shelf([])], spool)
    assert order(found) == [posted_id(1, 1), posted_id(3, 1)]
    assert found.notes == ("of v1 patch 2 of 3 was not found in a, shelf",)


def test_the_newer_revision_is_completed_too(spool: Spool) -> None:
    found = gather(posted_id(1, 1), [Shelf([*FIRST, *posting(3, 2, threaded=False, day=3)])], spool)
    assert ids(found) == thread(2)


# Change-ids, searches, mails at hand


def test_a_change_id_gives_its_newest_posting(spool: Spool) -> None:
    mails = [*posting(3, change_id=CHANGE), *posting(3, 2, change_id=CHANGE, day=3)]
    prerequisite = mail(
        f"Text.\n\n---\nprerequisite-change-id: {CHANGE}:v9\n",
        subject="[PATCH v9 0/1] other",
        message_id="other@x.org",
    )
    shelf = Shelf([*mails, prerequisite])
    assert ids(gather_change(CHANGE, [Shelf([]), shelf], spool)) == thread(2)
    every = gather_change(CHANGE, [shelf], spool, Wish(every_revision=True))
    assert ids(every) == thread(1) | thread(2)
    with pytest.raises(InputError, match="no mail with the change-id none-such"):
        gather_change("none-such", [shelf], spool)


def test_a_search_fetches_each_thread_once(spool: Spool) -> None:
    shelf = Shelf([*FIRST, RE, *SECOND])
    hits = [RawMessage(each) for each in (FIRST[1], FIRST[2], SECOND[3])]
    found = gather_all(hits, [shelf], spool, 9)
    assert ids(found) == thread(1) | thread(2) | {"re@x.org"}
    assert len(shelf.asked) == 2


def test_a_search_that_finds_too_much_says_what_it_left(spool: Spool) -> None:
    hits = [RawMessage(each) for each in (FIRST[1], SECOND[3], SECOND[2])]
    found = gather_all(hits, [Shelf([*FIRST, *SECOND])], spool, 1)
    assert ids(found) == thread(1)
    assert found.notes == ("2 of 3 mails found are in further threads, which are not fetched",)


def test_one_mail_at_hand_brings_the_rest(spool: Spool) -> None:
    shelf = Shelf([*FIRST, RE])
    for given in (FIRST[2], FIRST[0], RE):
        assert ids(gather_rest(RawMessage(given), [shelf], spool)) == thread(1) | {"re@x.org"}


def test_a_mail_that_is_a_series_or_was_never_sent_asks_nobody(spool: Spool) -> None:
    alone = mail(patch_body(new_file("foo.c", "int foo;\n")))
    draft = FIRST[1].replace(f"Message-ID: <{posted_id(1, 1)}>\n".encode(), b"")
    shelf = Shelf(FIRST)
    for given in map(RawMessage, (alone, draft)):
        assert is_whole(given)
        assert list(gather_rest(given, [shelf], spool).mails) == [given]
    assert shelf.asked == []
    assert not is_whole(RawMessage(FIRST[0]))


def test_a_mail_that_is_not_there_yet_joins_what_it_answers(spool: Spool) -> None:
    found = gather_rest(RawMessage(FIRST[3], "given"), [Shelf([*FIRST[:3], RE])], spool)
    assert ids(found) == thread(1) | {"re@x.org"}
    assert order(found)[-1] == posted_id(3, 1)


@pytest.mark.parametrize("archives", [[], [Closed()], [Shelf(SECOND)]])
def test_where_the_rest_is_not_to_be_had_the_mail_stands_alone(spool: Spool, archives) -> None:
    found = gather_rest(RawMessage(FIRST[1]), archives, spool)
    assert ids(found) == {posted_id(1, 1)}
    assert found.notes[0].startswith("only the one mail is looked at")


def test_mails_of_a_file_are_all_kept_and_the_newest_applied(spool: Spool) -> None:
    found = at_rest([RawMessage(each) for each in [*FIRST, *SECOND, RE]], spool)
    assert len(found.mails) == 9
    assert order(found) == [posted_id(n, 2) for n in (1, 2, 3)]


class Endless(Shelf):
    """A thread whose mails are made while they are read: nothing of it is in memory but what is kept."""

    def thread(self, message_id: str) -> Iterator[RawMessage]:
        yield from (RawMessage(data) for data in FIRST)
        for number in range(25):
            body = "> quoted line\n" * 40_000 + "\nNo.\n"
            yield RawMessage(answer(posted_id(1, 1), "[PATCH 1/3] foo", f"re-{number}@x.org", body))
        for number in range(10):
            patch = patch_body(new_file(f"{number}.c", "int foo_of_bar;\n" * 30_000))
            subject = f"[PATCH v2 {number + 1}/10] more"
            to = posted_id(0, 1)
            yield RawMessage(
                mail(patch, subject=subject, message_id=f"more-{number}@x.org", in_reply_to=to)
            )


def test_memory_does_not_grow_with_the_mails() -> None:
    with Spool(in_memory=1) as spool:
        tracemalloc.start()
        found = gather(posted_id(1, 1), [Endless([])], spool)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert sum(len(raw.data) for raw in found.mails) > 18_000_000
        assert most < 9_000_000


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not beside this checkout")
def test_law_real_threads_are_gathered_whole(spool: Spool) -> None:
    """Named by its last mail, each thread gives the series that reading the file gives."""
    for path in sorted(SHARED.rglob("*.mbox"))[::8]:
        mails = list(read(str(path)))
        whole = series(map(message, mails))
        last = message(mails[-1]).message_id
        found = gather(last, [Shelf([raw.data for raw in mails])], spool)
        newest = [one for one in whole if not one.superseded_by]
        again = [one for one in series(map(message, found.mails)) if not one.superseded_by]
        assert [_told(one) for one in again] == [_told(one) for one in newest], path
        if found.series:
            assert order(found) in [[patch.message_id for patch in one.patches] for one in newest]


def _told(one) -> tuple:
    said = sorted(each.message.message_id for each in one.follow_ups)
    patches = [patch.message_id for patch in one.patches]
    return one.kind is SeriesKind.PATCHES, one.revision, patches, one.missing, said


def test_which_archives_could_not_be_asked_is_known(spool: Spool) -> None:
    wish = Wish(every_revision=True)
    found = gather(posted_id(1, 1), [Closed(), Shelf(FIRST, "mirror")], spool, wish)
    assert ids(found) == thread(1)
    assert found.troubles == ("closed: does not answer",)
    assert gather(posted_id(1, 1), [Shelf(FIRST)], spool, wish).troubles == ()
