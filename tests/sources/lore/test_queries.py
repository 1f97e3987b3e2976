from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from reviewbot.sources.archive import Sought
from reviewbot.sources.lore.queries import between, phrase, posted

MARCH = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)


def test_a_change_id_alone() -> None:
    sought = Sought("20260302-foo-0123456789ab", "ignored", "ignored@example.org")
    assert posted(sought) == 'nq:"change-id: 20260302-foo-0123456789ab"'


def test_subject_and_author() -> None:
    assert (
        posted(Sought(subject="foo: add bar", author="a@b.org"))
        == 's:"foo: add bar" AND f:"a@b.org"'
    )
    assert posted(Sought(subject="foo: add bar")) == 's:"foo: add bar"'


def test_nothing_to_go_by_asks_nothing() -> None:
    for sought in (Sought(), Sought(subject='"?"', author="a@b.org"), Sought(change_id='""')):
        assert posted(sought) == ""


def test_days_are_in_utc_and_a_day_wider_for_wrong_clocks() -> None:
    sought = Sought(subject="foo", since=MARCH, until=MARCH + timedelta(days=7))
    assert posted(sought) == '(s:"foo") AND d:20260301..20260310'
    east = MARCH.astimezone(timezone(timedelta(hours=9)))
    assert between("a OR b", east, None) == "(a OR b) AND d:20260302.."
    assert between("a", None, MARCH) == "(a) AND d:..20260302"
    assert between("a", None, None) == "a"


def test_what_somebody_sent_is_asked_for_by_whole_hours() -> None:
    sought = Sought(author="a@b.org", since=MARCH, until=MARCH + timedelta(hours=12))
    asked = 'f:"a@b.org" AND dt:20260302230000..20260303120000'
    assert posted(sought) == asked
    late = timedelta(minutes=29)
    assert posted(Sought("", "", "a@b.org", MARCH + late, MARCH + timedelta(hours=12))) == asked


words = st.text(st.characters(), max_size=50)


@given(words, words)
def test_law_words_of_a_mail_are_never_syntax(subject: str, author: str) -> None:
    asked = posted(Sought(subject=subject, author=author))
    assert asked.count('"') in (0, 2, 4)
    assert '"' not in phrase(subject)
    assert not {"\n", "\r", "\0"} & set(asked)
    asked.encode()
