"""A mail as bytes becomes a Message."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.model.message import Address, Message, RawMessage
from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.parse import mail as module
from reviewbot.parse.mail import message
from tests.builders import NOON, mail, new_file, patch_body

DIFF = new_file("drivers/foo.c", "int foo;\n")


def read(data: bytes) -> Message:
    return message(RawMessage(data, "somewhere"))


def kinds(found: Message) -> list[ProblemKind]:
    return [problem.kind for problem in found.problems]


def test_a_mail() -> None:
    found = read(mail("text\n", in_reply_to="0@example.org"))
    assert found == Message(
        message_id="1@example.org",
        subject="[PATCH] foo: add bar",
        sender=Address("A. Author", "author@example.org"),
        body="text\n",
        date=NOON,
        to=(Address("", "kvm@vger.kernel.org"),),
        in_reply_to=("0@example.org",),
        references=("0@example.org",),
        origin="somewhere",
    )


def test_folded_and_encoded_headers() -> None:
    found = read(
        b"From: =?utf-8?q?J=C3=BCrgen?=\n <j@example.org>\nSubject: [PATCH]\n =?utf-8?q?f=C3=BCr?=\n\t"
        b"=?utf-8?q?_alle?=\nMessage-ID:\n <1@x>\nDate: Mon, 2 Mar 2026 13:00:00 +0100\n\nx\n"
    )
    assert found.sender == Address("Jürgen", "j@example.org")
    assert found.subject == "[PATCH] für alle"
    assert found.message_id == "1@x"
    assert found.date == NOON
    assert found.problems == ()


def test_several_fields_of_one_name() -> None:
    headers = (("Cc", "a@x.org"), ("Cc", "B <b@x.org>"), ("List-Id", "KVM <KVM.vger.kernel.org>"))
    found = read(mail("x", headers=(*headers, ("List-ID", "lkml.vger.kernel.org"))))
    assert [person.email for person in found.cc] == ["a@x.org", "b@x.org"]
    assert found.list_ids == ("kvm.vger.kernel.org", "lkml.vger.kernel.org")


def test_auto_submitted() -> None:
    found = read(mail("x", headers=(("Auto-Submitted", "auto-replied"),)))
    assert found.auto_submitted == "auto-replied"


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Mon, 2 Mar 2026 12:00:00 +0000", NOON),
        ("Mon, 2 Mar 2026 12:00:00 -0000", NOON),
        ("Mon, 2 Mar 2026 12:00:00 GMT (comment)", NOON),
        ("2 Mar 26 12:00 +0000", NOON),
        ("Mon, 2 Mar 2026 12:00:00", NOON),
        ("Mon Mar  2 12:00:00 2026", NOON),
        (
            "Mon, 2 Mar 2026 12:00:00 -0530",
            datetime(2026, 3, 2, 12, tzinfo=timezone(-timedelta(hours=5, minutes=30))),
        ),
    ],
)
def test_dates(text: str, date: datetime) -> None:
    found = read(f"From: a@x.org\nMessage-ID: <1@x>\nDate: {text}\n\n".encode()).date
    assert found == date
    assert found is not None
    assert found.utcoffset() == date.utcoffset()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "Mon, 32 Mar 2026 12:00:00 +0000",
        "Mon, 2 Mar 2026 25:00:00",
        "1",
        "9" * 50,
        "Mon, 2 Mar 2026 12:00:00 +9999",
        "Thu, 1 Jan 1903 12:00:00 +0000",
        "2 Mar 99999 1:1:1 +0000",
    ],
)
def test_what_is_no_date(text: str) -> None:
    found = read(f"From: a@x.org\nMessage-ID: <1@x>\nDate: {text}\n\n".encode())
    assert found.date is None
    assert kinds(found) == [ProblemKind.NO_DATE]


@pytest.mark.parametrize(
    ("lines", "hour"),
    [
        (("from a by b; Mon, 2 Mar 2026 13:00:00 +0000",), 13),
        (("from a by b with x id y for <z>;\n\tMon, 2 Mar 2026 14:00:00 +0100 (CET)",), 13),
        # Who posts the mail can write any below the first.
        (("from a by b; Mon, 2 Mar 2026 13:00:00 +0000", "x; Mon, 2 Mar 1998 01:00:00 +0000"), 13),
        (("from a by b", "from b by c; Mon, 2 Mar 2026 13:00:00 +0000"), None),
        (("from a by b; yesterday",), None),
        ((), None),
    ],
)
def test_when_the_last_server_took_it(lines: tuple[str, ...], hour: int | None) -> None:
    found = message(RawMessage(mail("x\n", headers=tuple(("Received", line) for line in lines))))
    assert found.received == (datetime(2026, 3, 2, hour, tzinfo=UTC) if hour else None)


def test_without_message_id() -> None:
    data = b"From: a@x.org\nDate: Mon, 2 Mar 2026 12:00:00 +0000\n\nx\n"
    found = read(data)
    assert kinds(found) == [ProblemKind.NO_MESSAGE_ID]
    assert found.message_id.endswith("@no-message-id.invalid")
    assert found.message_id == read(data).message_id
    assert found.message_id != read(data + b"y").message_id


def test_a_message_id_without_brackets() -> None:
    assert read(b"Message-ID: 1@x\n\n").message_id == "1@x"
    assert read(b"Message-ID: ABC-123\n\n").message_id == "ABC-123"


def test_nothing_at_all() -> None:
    found = read(b"")
    assert kinds(found) == [
        ProblemKind.NO_MESSAGE_ID,
        ProblemKind.NO_SENDER,
        ProblemKind.NO_DATE,
    ]
    assert found.sender == Address("", "")
    assert found.body == ""


def test_crlf() -> None:
    found = read(mail("one\ntwo\n").replace(b"\n", b"\r\n"))
    assert found.body == "one\ntwo\n"
    assert found.subject == "[PATCH] foo: add bar"


def test_problems_of_the_text_are_problems_of_the_message() -> None:
    found = read(mail("x", headers=(("Content-Type", "text/plain; charset=y"),)))
    assert found.problems == (Problem(ProblemKind.CHARSET_WRONG, "unknown charset 'y'"),)


def test_a_mail_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 300)
    found = read(mail("x" * 1000))
    assert kinds(found) == [ProblemKind.TOO_LARGE]
    assert 0 < len(found.body) < 300


def in_parts(*pieces: str, kind: str = "mixed") -> Message:
    body = "".join(f"--=_b\n{piece}\n" for piece in pieces) + "--=_b--\n"
    return read(mail(body, headers=(("Content-Type", f"multipart/{kind}; boundary==_b"),)))


def test_an_attached_patch_joins_the_body() -> None:
    found = in_parts("\nSee below.", f"Content-Type: text/x-patch; name=0001.patch\n\n{DIFF}")
    assert found.body == "See below.\n" + DIFF


@pytest.mark.parametrize(
    "head",
    [
        "Content-Type: text/x-diff\nContent-Disposition: attachment; filename=x.diff",
        "Content-Type: text/plain\nContent-Disposition: attachment; filename=fix",
        'Content-Type: application/octet-stream; name="0001.patch"',
        "Content-Type: application/x-patch",
    ],
)
def test_ways_to_attach_a_patch(head: str) -> None:
    assert DIFF in in_parts("\nSee below.", f"{head}\n\n{DIFF}").body


def test_a_patch_attached_beside_an_inline_one_is_left_out() -> None:
    found = in_parts(f"\n{patch_body(DIFF)}", f"Content-Type: text/x-patch\n\n{DIFF}")
    assert found.body.count("+int foo;") == 1


def test_an_attachment_without_a_diff_is_left_out() -> None:
    log = "Content-Type: text/plain\nContent-Disposition: attachment; filename=dmesg\n\nOops"
    assert in_parts("\nSee below.", log).body == "See below.\n"


def test_a_footer_in_a_part_of_its_own_follows() -> None:
    found = in_parts(f"\n{patch_body(DIFF)}", "\n" + "_" * 47 + "\nlist footer")
    assert found.body.endswith("2.39.5\n" + "_" * 47 + "\nlist footer\n")


def test_a_footer_follows_an_attached_patch() -> None:
    found = in_parts("\nSee.", f"Content-Type: text/x-patch\n\n{DIFF}", "\n" + "_" * 47)
    assert found.body == "See.\n" + DIFF + "_" * 47 + "\n"


def test_html_only() -> None:
    found = read(mail("<p>text</p>", headers=(("Content-Type", "text/html"),)))
    assert found.body == "text\n"
    assert found.problems == (Problem(ProblemKind.MIME_DAMAGED, "the mail is HTML only"),)


def test_html_beside_text_is_not_read() -> None:
    html = f"Content-Type: text/html\n\n<pre>{DIFF}</pre>"
    assert in_parts("Content-Type: text/plain\n\ntext", html, kind="alternative").body == "text\n"


FIELD = st.sampled_from(
    [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Content-Type", b"References", b"List-Id"]
)


@given(st.lists(st.tuples(FIELD, st.binary(max_size=40)), max_size=6), st.binary(max_size=100))
def test_never_raises(headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    found = read(b"".join(name + b": " + value + b"\n" for name, value in headers) + b"\n" + body)
    assert found.message_id
    assert "\n" not in found.subject


@given(st.binary(max_size=300))
def test_never_raises_for_noise(data: bytes) -> None:
    assert read(data).message_id
