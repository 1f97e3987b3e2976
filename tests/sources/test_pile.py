from collections.abc import Iterator

import pytest

from reviewbot.model.message import RawMessage
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.sources.pile import Pile, ids, number, own_ids
from reviewbot.sources.spool import Spool
from tests.builders import mail, new_file, patch_body
from tests.sources.posted import answer, posted_id, posting

THREAD = [*posting(2), answer(posted_id(1, 1), "[PATCH 1/2] foo-bar: add part 1", "re@x.org")]


def raw(mails: list[bytes]) -> list[RawMessage]:
    return [RawMessage(data, "here") for data in mails]


@pytest.fixture
def spool() -> Iterator[Spool]:
    with Spool() as opened:
        yield opened


def test_the_series_are_those_of_the_mails(spool: Spool) -> None:
    pile = Pile(spool)
    assert pile.add(raw(THREAD)) == 4
    (ours,), (theirs,) = pile.series(), series(map(message, raw(THREAD)))
    assert list(ids(ours)) == list(ids(theirs))
    assert ours.cover.subject == theirs.cover.subject
    assert "re@x.org" in pile


def test_series_name_the_place_of_each_patch(spool: Spool) -> None:
    pile = Pile(spool)
    pile.add(raw(THREAD))
    (one,) = pile.series()
    assert [number(patch.message) for patch in one.patches] == [1, 2]


def test_a_mail_is_taken_from_the_first_answer_alone(spool: Spool) -> None:
    pile = Pile(spool)
    pile.add(raw(THREAD[:2]))
    assert pile.add(raw(THREAD[1:])) == 2
    assert pile.numbers([posted_id(1, 1)]) == (1,)


def test_copies_in_one_answer_are_all_kept(spool: Spool) -> None:
    """Two lists, one of which adds a footer: which is fuller is told from both."""
    pile = Pile(spool)
    pile.add(raw([THREAD[1], THREAD[1] + b"_______\nlist footer\n"]))
    assert pile.numbers([posted_id(1, 1)]) == (0, 1)


def test_an_answer_that_breaks_off_counts_as_far_as_it_came(spool: Spool) -> None:
    def broken() -> Iterator[RawMessage]:
        yield raw(THREAD)[0]
        raise ValueError

    pile = Pile(spool)
    with pytest.raises(ValueError):
        pile.add(broken())
    assert posted_id(0, 1) in pile
    assert len(pile.series()) == 1


def test_what_came_together_is_known(spool: Spool) -> None:
    pile = Pile(spool)
    pile.add(raw(THREAD[:2]))
    pile.add(raw(posting(1, 2)))
    assert pile.beside([posted_id(0, 1)]) == {posted_id(0, 1), posted_id(1, 1)}
    assert pile.beside(["elsewhere@x.org"]) == {"elsewhere@x.org"}


def long_patch(message_id: str, last: str) -> bytes:
    text = "".join(f"int line_{n};\n" for n in range(5_000)) + last
    return mail(patch_body(new_file("long.c", text)), message_id=message_id)


def test_long_texts_are_not_kept_and_still_told_apart(spool: Spool) -> None:
    pile = Pile(spool)
    pile.add(raw([long_patch("1@x.org", "a\n"), long_patch("2@x.org", "b\n"), THREAD[3]]))
    one, two = (each.patches[0] for each in pile.series() if each.patches)
    assert len(one.message.body) < 6_000
    assert one.diff != two.diff
    assert [len(each.data) for each in spool.mails([0, 1])] == [
        len(long_patch("1@x.org", "a\n"))
    ] * 2


def test_the_text_of_answers_is_not_kept(spool: Spool) -> None:
    pile = Pile(spool)
    pile.add(raw(THREAD))
    (one,) = pile.series()
    assert [each.message.body for each in one.follow_ups] == [""]


def test_own_ids_are_those_of_cover_and_patches(spool: Spool) -> None:
    pile = Pile(spool)
    pile.add(raw(THREAD))
    (one,) = pile.series()
    assert list(own_ids(one)) == [posted_id(n, 1) for n in range(3)]
