from reviewbot.sources.archive import Sought
from reviewbot.sources.inquiry import Inquiry
from tests.builders import NOON
from tests.sources.posted import posted_id, posting
from tests.sources.shelf import Closed, Shelf

ALICE = Sought(author="alice@example.org", since=NOON)
ID = posted_id(1, 1)


def test_the_first_archive_that_has_it_answers() -> None:
    shelves = [Shelf([], "empty"), Shelf(posting(2), "full"), Shelf(posting(2), "spare")]
    inquiry = Inquiry(shelves)
    assert len(list(inquiry.thread(ID))) == 3
    assert [shelf.asked for shelf in shelves] == [[ID], [ID], []]


def test_nothing_behind_home_is_asked_for_more() -> None:
    shelves = [Shelf([], "empty"), Shelf(posting(2), "full"), Shelf(posting(2), "spare")]
    inquiry = Inquiry(shelves)
    list(inquiry.thread(ID))
    assert len(list(inquiry.posted(ALICE))) == 3
    assert shelves[2].asked == []


def test_for_what_is_missing_all_behind_home_are_asked_one_by_one() -> None:
    shelves = [Shelf(posting(2)), Shelf(posting(2), "spare"), Shelf([], "last")]
    inquiry = Inquiry(shelves)
    list(inquiry.thread(ID))
    elsewhere = inquiry.threads_elsewhere(ID)
    assert len(list(next(elsewhere))) == 3
    assert shelves[2].asked == []
    assert list(next(elsewhere)) == []


def test_one_that_does_not_answer_is_noted_and_the_next_is_asked() -> None:
    inquiry = Inquiry([Closed(), Shelf(posting(2))])
    assert len(list(inquiry.thread(ID))) == 3
    assert list(map(str, inquiry.troubles.values())) == ["closed: does not answer"]


def test_a_trouble_is_noted_once() -> None:
    inquiry = Inquiry([Closed(has=True, mails=posting(2))])
    list(inquiry.thread(ID))
    list(inquiry.posted(ALICE))
    list(inquiry.posted(ALICE))
    assert len(inquiry.troubles) == 1


def test_names_are_for_people() -> None:
    assert Inquiry([Shelf([], "a"), Shelf([], "b")]).names == "a, b"
    assert Inquiry([]).names == "no archive"
