"""Addresses and message ids."""

from email.utils import formataddr, getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.model.message import Address
from reviewbot.parse.address import mailbox, mailboxes, message_ids


@pytest.mark.parametrize(
    ("text", "name", "email"),
    [
        ("Ann Author <ann@example.org>", "Ann Author", "ann@example.org"),
        ("<ann@example.org>", "", "ann@example.org"),
        ("ann@example.org", "", "ann@example.org"),
        ("ann@example.org (Ann Author)", "Ann Author", "ann@example.org"),
        ('"Author, Ann" <ann@example.org>', "Author, Ann", "ann@example.org"),
        (r'"Ann \"A\" Author" <ann@example.org>', 'Ann "A" Author', "ann@example.org"),
        ("Ann (work) Author <ann@example.org>", "Ann (work) Author", "ann@example.org"),
        ("=?utf-8?q?J=C3=BCrgen?= K <j@example.org>", "Jürgen K", "j@example.org"),
        ("=?utf-8?q?K=2C_J=C3=BCrgen?= <j@example.org>", "K, Jürgen", "j@example.org"),
        ("Ann via list <list@example.org>", "Ann via list", "list@example.org"),
        ("Ann < ann@example.org >", "Ann", "ann@example.org"),
        ('"a <x@example.org>, b" <y@example.org>', "a <x@example.org>, b", "y@example.org"),
    ],
)
def test_mailbox(text: str, name: str, email: str) -> None:
    assert mailbox(text) == Address(name, email)


@pytest.mark.parametrize("text", ["", "nobody", "@", " @ ", "Ann Author", "<>"])
def test_no_mailbox(text: str) -> None:
    assert mailbox(text) is None


def emails(text: str) -> list[str]:
    return [found.email for found in mailboxes(text)]


def test_lists() -> None:
    assert emails("a@x.org, B <b@x.org>,c@x.org") == ["a@x.org", "b@x.org", "c@x.org"]
    assert emails('"B, b" <b@x.org>, c@x.org') == ["b@x.org", "c@x.org"]
    assert emails("b@x.org (one, two), c@x.org") == ["b@x.org", "c@x.org"]
    assert emails("b@x.org; c@x.org") == ["b@x.org", "c@x.org"]
    assert emails("a@x.org,, ,b@x.org,") == ["a@x.org", "b@x.org"]


def test_groups() -> None:
    assert emails("undisclosed-recipients:;") == []
    assert emails("team: a@x.org, B <b@x.org>; c@x.org") == ["a@x.org", "b@x.org", "c@x.org"]


def test_an_open_quote_does_not_eat_the_list() -> None:
    assert emails('a@x.org, "open <b@x.org>, c@x.org') == ["a@x.org", "b@x.org", "c@x.org"]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("<1@x>", ("1@x",)),
        ("<1@x> <2@x>\t<1@x>", ("1@x", "2@x")),
        ("<1@x> (Ann's message of <today>)", ("1@x", "today")),
        ("1@x 2@x", ("1@x", "2@x")),
        ("<1\n @x>", ("1@x",)),
        ("message of Monday", ()),
        ("<>", ()),
        ("", ()),
    ],
)
def test_message_ids(text: str, ids: tuple[str, ...]) -> None:
    assert message_ids(text) == ids


@given(st.text(max_size=200))
def test_never_raises(text: str) -> None:
    mailboxes(text)
    message_ids(text)


NAMES = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "Zs")), max_size=20)
LOCAL = st.from_regex(r"[a-z][a-z0-9.]{0,8}@[a-z]{1,8}\.org", fullmatch=True)


@given(st.lists(st.tuples(NAMES, LOCAL), min_size=1, max_size=5))
def test_the_standard_library_writes_what_we_read(people: list[tuple[str, str]]) -> None:
    text = ", ".join(formataddr(person) for person in people)
    if [email for _, email in getaddresses([text])] == [email for _, email in people]:
        assert emails(text) == [email for _, email in people]
