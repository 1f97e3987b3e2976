"""A person's changes: taken over as they are, or refused in a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.errors import UsageError
from reviewbot.model.letter import Letter
from reviewbot.model.message import RawMessage
from reviewbot.parse.mail import message
from reviewbot.sinks.amend import Amended, amendable, amended
from reviewbot.sinks.drafts import draft
from tests.letters import WHEN, letter

ONE = letter("a-rule")
OLD = "bar() can fail (a-rule)."


def after(change: str, one: Letter = ONE, by: str = OLD) -> Amended:
    """What comes of an editor that puts something in place of our words."""
    return amended(one, WHEN, amendable(one, WHEN).replace(by.encode(), change.encode()))


def test_what_is_shown_is_what_would_be_sent() -> None:
    assert amendable(ONE, WHEN) == draft(ONE.reply, WHEN)


def test_nothing_changed() -> None:
    assert after(OLD) == Amended(ONE.reply.body)


def test_other_words() -> None:
    assert after("Can bar() fail, Jörg?") == Amended(
        ONE.reply.body.replace(OLD, "Can bar() fail, Jörg?")
    )


def test_line_ends_of_another_system_and_blank_lines_at_the_end() -> None:
    written = amendable(ONE, WHEN).replace(b"\n", b"\r\n") + b"\r\n\r\n"
    assert amended(ONE, WHEN, written).body == ONE.reply.body


@pytest.mark.parametrize(
    ("by", "change"),
    [
        ("To: ", "Cc: evil@example.org\nTo: "),
        ("Subject: Re: ", "Subject: Fwd: "),
        ("author@example.org", "other@example.org"),
        ("MIME-Version: 1.0\n", ""),
        ("Subject: ", "\nSubject: "),
    ],
)
def test_headers_stay(by: str, change: str) -> None:
    with pytest.raises(UsageError, match="the headers have changed"):
        after(change, by=by)


@pytest.mark.parametrize("data", [b"", b"\n", b"hello", b"\n\nhello\n"])
def test_a_file_without_its_headers_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match="the headers have changed"):
        amended(ONE, WHEN, data)


@pytest.mark.parametrize("change", ["a\x1b[2Jb", "a\u202eb", "a\x00b", "a\u200bb", "a\rb"])
def test_only_plain_text(change: str) -> None:
    with pytest.raises(UsageError, match="not plain text") as told:
        after(change)
    assert change not in str(told.value)


def test_what_is_no_utf8() -> None:
    with pytest.raises(UsageError, match="not UTF-8"):
        amended(ONE, WHEN, amendable(ONE, WHEN).replace(b"fail", b"f\xe4il"))


def test_a_line_that_no_server_takes() -> None:
    with pytest.raises(UsageError, match="longer than a mail may have it"):
        after("ä" * 500)


@pytest.mark.parametrize("change", ["", "[...]", "> quoted", "   "])
def test_a_mail_that_says_nothing(change: str) -> None:
    with pytest.raises(UsageError, match="nothing of our own") as told:
        after(change)
    assert "drop the letter" in told.value.hint


@pytest.mark.parametrize(
    ("change", "by", "doubt"),
    [
        ("word " * 20, OLD, "wider than 72 columns"),
        ("> +\tbaz();", "> +\tbar();", "a quoted line is not as it was: > +\tbaz();"),
        ("", "\n-- \nA program.", "the signature that tells how to stop"),
    ],
)
def test_doubts_are_said(change: str, by: str, doubt: str) -> None:
    (said,) = after(change, by=by).doubts
    assert doubt in said


def test_quotes_as_they_were_are_not_judged() -> None:
    body = ONE.reply.body.replace("> +\tbar();", f"> +\tbar();\x0c{'x' * 2000}")
    one = letter("a-rule", body=body)
    assert after("Can bar() fail?", one).doubts == ()


@pytest.mark.parametrize("change", ["From here on it fails.", ".\nIt fails.", "=20 it fails"])
def test_words_that_mail_programs_trip_over(change: str) -> None:
    assert change in after(change).body


@given(st.text(max_size=300))
def test_what_is_taken_over_is_read_as_it_was_written(words: str) -> None:
    try:
        left = after(words)
    except (UsageError, UnicodeEncodeError):
        return
    mail = message(RawMessage(draft(letter("a-rule", body=left.body).reply, WHEN)))
    assert mail.body.rstrip() == letter("a-rule", body=left.body).reply.body.rstrip()
    assert words.replace("\r\n", "\n").strip() in left.body
