import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.sources.web.belief import Doubt, Want, doubt, is_complete, is_page, page
from tests.sources.faults import MAIL, PAGE, WALL


@pytest.mark.parametrize(
    ("want", "kind", "head"),
    [
        (Want.MAIL, "text/plain; charset=UTF-8", MAIL),
        (Want.MAIL, "", b"Subject: x\n"),
        (Want.MAIL, "message/rfc822", b"X-Odd_Field.1:\n"),
        (Want.MAIL, "TEXT/PLAIN", b"From ada@example.org Mon Mar  2 00:00:00 2026\n"),
        (Want.MBOX, "application/gzip", MAIL),
        (Want.MBOX, "text/plain", b"From patchwork Mon Mar  2 00:00:00 2026\n"),
        (Want.JSON, "application/json", b' \n{"a": 1}'),
        (Want.JSON, "application/gzip", b"[]"),
        (Want.TEXT, "text/plain", b""),
        (Want.TEXT, "text/plain", b"[publicinbox]\n"),
    ],
)
def test_what_was_wanted_is_believed(want: Want, kind: str, head: bytes) -> None:
    assert doubt(want, kind, head) is None


def test_a_mail_about_walls_is_no_wall() -> None:
    text = b"Subject: Anubis makes sure you're not a bot\n\n<html>captcha</html>\n"
    assert doubt(Want.MAIL, "text/plain", text) is None


@pytest.mark.parametrize(
    ("want", "kind", "head"),
    [
        (Want.MAIL, "text/plain", b" Subject: x"),
        (Want.MAIL, "text/plain", b"Not Found"),
        (Want.MAIL, "text/plain", b": x"),
        (Want.MAIL, "text/plain", b"x" * 65536),
        (Want.MBOX, "application/gzip", b"Subject: x\n"),
        (Want.MBOX, "application/json", MAIL),
        (Want.JSON, "application/json", b"null"),
        (Want.JSON, "application/json", b""),
        (Want.TEXT, "text/html", b"x"),
    ],
)
def test_what_was_not_is_doubted(want: Want, kind: str, head: bytes) -> None:
    assert doubt(want, kind, head) is not None


WALLS = [
    WALL,
    b"<html><title>Just a moment...</title>",
    b"<!DOCTYPE html><title>Attention</title><div class='g-recaptcha'>",
    b"<html><title>Verify you are human</title>",
    b"<html><title>Oh noes!</title><link href='/.within.website/x/xess/xess.css'>",
    b"<html><title>Checking your browser before accessing</title>",
    b"<?xml version='1.0'?>\n<!DOCTYPE html><html><title>Access denied</title>",
]


@pytest.mark.parametrize("head", WALLS)
def test_walls_are_told_from_pages(head: bytes) -> None:
    assert page(head).is_wall
    assert doubt(Want.MAIL, "text/html", head) == page(head)
    assert not page(PAGE).is_wall


def test_a_list_of_mails_about_walls_is_a_page() -> None:
    """The archive's own pages quote whatever subjects mails have."""
    head = b"<html><head><title>kvm.vger.kernel.org archive mirror</title></head>" + MAIL
    head += b"<a href=x>[PATCH] Documentation: captcha, anubis, challenge, proof of work</a>"
    assert not page(head).is_wall


@pytest.mark.parametrize("head", [WALL, PAGE, b"\n<HTML>", b"<!doctype HTML>"])
def test_a_page_is_a_page_whatever_it_is_called(head: bytes) -> None:
    assert is_page("text/plain", head)
    assert is_page("text/html; charset=utf-8", b"")
    assert not is_page("text/plain", MAIL)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        (b"A &amp; B", 'a web page titled "A & B"'),
        (b" a\n\t b ", 'a web page titled "a b"'),
        (b"\x1b[2Jhi\xff", 'a web page titled "[2Jhi\ufffd"'),
        (b"", "a web page"),
        (b" ", "a web page"),
    ],
)
def test_titles_are_safe_to_show(title: bytes, said: str) -> None:
    assert page(b"<html><title>" + title + b"</title>") == Doubt(said)


def test_a_title_is_short() -> None:
    assert len(page(b"<html><title>" + b"x" * 60_000).what) < 120


@given(st.sampled_from(Want), st.text(max_size=30), st.binary(max_size=200))
def test_nothing_raises(want: Want, kind: str, head: bytes) -> None:
    found = doubt(want, kind, head)
    assert found is None or found.what


@pytest.mark.parametrize(
    ("want", "tail", "complete"),
    [
        (Want.JSON, b'{"a": 1}\r\n', True),
        (Want.JSON, b"[]", True),
        (Want.JSON, b'{"a": 1', False),
        (Want.JSON, b"", False),
        (Want.MAIL, b"}", False),
        (Want.TEXT, b"]", False),
    ],
)
def test_only_json_shows_its_own_end(want: Want, tail: bytes, complete: bool) -> None:
    assert is_complete(want, tail) is complete
