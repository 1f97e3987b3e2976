from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.sources.mirror.entry import Entry, entry
from tests.builders import mail
from tests.sources.mirror.archives import letter

CHANGE = "20260302-foo-bar-0123456789ab"


def test_the_headers_that_count() -> None:
    raw = letter("one", "[PATCH 0/2] foo: bar", "zero", sender="A. Author <A.Author@Example.org>")
    assert entry(raw) == Entry(
        message_ids=("one@example.org",),
        references=("zero@example.org",),
        subject="[PATCH 0/2] foo: bar",
        author="a.author@example.org",
    )


def test_references_come_once_and_oldest_first() -> None:
    raw = b"Message-ID: <c@x>\nReferences: <a@x>\n <b@x>\nIn-Reply-To: <b@x>\n\nHi.\n"
    assert entry(raw).references == ("a@x", "b@x")


def test_a_mail_does_not_answer_itself() -> None:
    assert entry(b"Message-ID: <a@x>\nIn-Reply-To: <a@x>\n\n").references == ()


@pytest.mark.parametrize("line", ["y", "<n>", "<author@example.org>", "<kvm@vger.kernel.org>"])
def test_what_people_typed_in_place_of_an_id_is_none(line: str) -> None:
    """Otherwise all mails of a list that "answer" its address would be one thread."""
    assert entry(mail("Hi.\n", headers=(("In-Reply-To", line),))).references == ()


def test_the_nearest_references_are_kept_where_they_are_too_many() -> None:
    named = " ".join(f"<r{n}@x>" for n in range(1000))
    found = entry(f"Message-ID: <a@x>\nReferences: {named}\n\n".encode()).references
    assert len(found) == 300
    assert found[-1] == "r999@x"


def test_an_archive_may_have_given_a_second_id() -> None:
    assert entry(b"Message-ID: <a@x>\nMessage-ID: <b@x>\n\n").message_ids == ("a@x", "b@x")


@pytest.mark.parametrize(
    ("line", "ids"),
    [
        (b"Message-ID: a@x", ("a@x",)),
        (b"Message-Id: <a>", ("a",)),
        (b"message-id:\n <a@x>", ("a@x",)),
        (b"Message-ID: <a@x> (added by gateway)", ("a@x",)),
        (b"Message-ID:", ()),
        (b"Message-ID: <" + b"a" * 600 + b"@x>", ()),
        (b"Subject: none", ()),
    ],
)
def test_ids_as_people_write_them(line: bytes, ids: tuple[str, ...]) -> None:
    assert entry(line + b"\n\nMessage-ID: <body@x>\n").message_ids == ids


def test_subject_and_author_are_decoded_and_bounded() -> None:
    raw = b"Subject: =?utf-8?q?f=C3=B6=C3=B6?=\n bar\nFrom: =?utf-8?q?=C3=84?= <a@x>\n\n"
    assert entry(raw).subject == "föö bar"
    assert entry(raw).author == "a@x"
    assert len(entry(b"Subject: " + b"x" * 9999 + b"\n\n").subject) == 500


# Change-ids


def test_b4_writes_the_change_id_below_the_line() -> None:
    body = f"Parts.\n\n---\nbase-commit: 0123456789abcdef\nchange-id: {CHANGE}\n\nBest regards,\n"
    assert entry(mail(body)).change_id == CHANGE


def test_or_into_a_header() -> None:
    assert entry(mail("Hi.\n", headers=(("X-Change-ID", CHANGE),))).change_id == CHANGE


@pytest.mark.parametrize(
    "body",
    [
        f"> change-id: {CHANGE}\n",
        "Change-Id: I0123456789abcdef\n",
        "a change-id: x\n",
        "change-id:\n",
    ],
)
def test_what_is_quoted_or_of_gerrit_is_none(body: str) -> None:
    assert entry(mail(f"Hi.\n{body}")).change_id == ""


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_an_encoded_cover_letter_is_decoded(line_end: str) -> None:
    body = b64encode(f"Grüße{line_end}change-id: {CHANGE}{line_end}".encode()).decode()
    headers = (
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Type", "text/plain; charset=utf-8"),
    )
    assert entry(mail(body, subject="[PATCH 0/2] foo", headers=headers)).change_id == CHANGE


# Laws


@given(st.binary(max_size=500))
def test_never_raises(raw: bytes) -> None:
    found = entry(raw)
    assert all(len(each) <= 500 for each in (*found.message_ids, *found.references, found.subject))


@given(
    st.lists(
        st.sampled_from(
            (
                b"Message-ID: <a@x>",
                b"References: <",
                b"From: ",
                b"\x00",
                b"\n",
                b"change-id: x",
                b":",
            )
        ),
        max_size=12,
    )
)
def test_never_raises_on_what_looks_like_a_header(pieces: list[bytes]) -> None:
    entry(b"\n".join(pieces))


@pytest.mark.parametrize(
    "piece", [b"<", b"<a@x> ", b"a@x ", b'"', b"=?utf-8?q?", b"\n ", b"change-id: \n"]
)
def test_hostile_headers_take_no_time(piece: bytes) -> None:
    line = piece * (1_000_000 // len(piece))
    for name in (b"References: ", b"From: ", b"Message-ID: ", b"Subject: ", b"\n"):
        entry(name + line + b"\n\n")
