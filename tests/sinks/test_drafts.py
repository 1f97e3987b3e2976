"""Replies written down, and the law that they parse back."""

import mailbox
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reviewbot import __version__
from reviewbot.model.message import MADE_UP, Address
from reviewbot.model.printable import header
from reviewbot.model.reply import Reply
from reviewbot.parse.mbox import split
from reviewbot.sinks.drafts import draft, mbox, save
from tests.sinks.outcomes import reply

WHEN = datetime(2026, 3, 9, 8, 0, tzinfo=timezone(timedelta(hours=1)))
WILD = st.text(
    st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Lu", "Po", "Ps", "Pe", "Zs", "Nd"])
    | st.sampled_from("=?\"'<>@,:;\\ "),
    max_size=200,
)


def back(data: bytes) -> EmailMessage:
    made = message_from_bytes(data, policy=default)
    assert isinstance(made, EmailMessage)
    assert not made.defects
    return made


def shown(name: str) -> str:
    return " ".join(header(name, 100).split())


def person(data: bytes, name: str) -> tuple[str, str]:
    """Name and address of a header, read by RFC 2047; the new policy keeps blanks between encoded words."""
    phrase, address = parseaddr(message_from_bytes(data)[name].replace("\n", ""))
    return str(make_header(decode_header(phrase))), address


def test_a_whole_mail() -> None:
    assert draft(reply(), WHEN).decode() == (
        'From: "reviewbot for A. Maintainer" <bot@example.org>\n'
        'To: "A. Author" <author@example.org>\n'
        'Reply-To: "A. Maintainer" <am@example.org>\n'
        "Subject: Re: [PATCH 1/2] foo: add bar\n"
        "Date: Mon, 09 Mar 2026 08:00:00 +0100\n"
        "Message-ID: <0123456789abcdef@example.org>\n"
        "In-Reply-To: <1@example.org>\n"
        "References: <0@example.org>\n"
        " <1@example.org>\n"
        f"X-Reviewbot: {__version__}; rules=a-rule,b-rule; run=01234567\n"
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit\n"
        "\n"
        "A. Author wrote:\n[...]\n> +\tbar();\n\nWhy, Jörg?\n\n-- \nA program.\n"
    )


def test_without_an_own_address_there_is_no_from() -> None:
    mail = back(draft(reply(sender=Address("reviewbot", ""), reply_to=None), WHEN))
    assert "From" not in mail
    assert "Reply-To" not in mail


def test_without_a_message_id_there_is_no_thread() -> None:
    mail = back(draft(reply(in_reply_to="", references=()), WHEN))
    assert "In-Reply-To" not in mail
    assert "References" not in mail


def test_a_file_that_was_never_mailed_is_not_referred_to() -> None:
    made_up = f"0123{MADE_UP}"
    parent = "0@example.org"
    data = draft(replace(reply(), in_reply_to=made_up, references=(parent, made_up)), WHEN)
    assert MADE_UP.encode() not in data and b"In-Reply-To" not in data
    assert back(data)["References"] == f"<{parent}>"


def test_several_people() -> None:
    people = (Address("A, B", "ab@example.org"), Address("", "list@example.org"))
    mail = back(draft(reply(to=people, cc=people), WHEN))
    for name in ("To", "Cc"):
        found = [(a.display_name, a.addr_spec) for a in mail[name].addresses]
        assert found == [(a.name, a.email) for a in people]


@pytest.mark.parametrize(
    "subject",
    [
        "Re: [PATCH] Jörg's " + "long subject " * 20,
        "Re: " + "x" * 480,
        "Re: =?utf-8?q?x=0ABcc:_evil=40example=2Eorg?=",
        "Re: two  blanks and, a comma; and a semicolon that make the line long enough to fold",
        "日本語 without a mark of a reply",
    ],
)
def test_subjects_come_back(subject: str) -> None:
    data = draft(reply(subject=subject), WHEN)
    assert back(data)["Subject"] == subject.strip()
    assert max(map(len, data.split(b"\n"))) < 998


def test_the_mark_of_a_reply_stays_readable() -> None:
    assert b"\nSubject: Re: =?utf-8?" in draft(reply(subject="Re: Jörg"), WHEN)


def test_a_name_that_begins_like_a_subject_is_a_name() -> None:
    data = draft(reply(to=(Address("Re: Jörg", "j@example.org"),)), WHEN)
    assert person(data, "To") == ("Re: Jörg", "j@example.org")


@given(WILD, WILD, WILD)
def test_what_is_written_is_what_was_meant(subject: str, name: str, other: str) -> None:
    made = reply(
        subject=subject, to=(Address(name, "a@example.org"),), reply_to=Address(other, "b@x.y")
    )
    data = draft(made, WHEN)
    mail = back(data)
    assert mail["Subject"] == header(subject)
    assert person(data, "To") == (shown(name), "a@example.org")
    assert person(data, "Reply-To") == (shown(other), "b@x.y")
    assert mail.get_content() == made.body
    assert set(mail.keys()) == set(back(draft(reply(), WHEN)).keys())


@given(WILD, WILD)
def test_ids_and_addresses_are_safe_or_absent(wild: str, more: str) -> None:
    made = reply(
        in_reply_to=wild,
        references=(more, "ok@x"),
        sender=Address("x", more),
        to=(Address("x", wild),),
        rules=(wild,),
    )
    mail = back(draft(made, WHEN))
    assert set(mail.keys()) <= set(back(draft(reply(), WHEN)).keys())
    assert "ok@x" in mail["References"]


def test_lone_surrogates_do_not_stop_a_mail() -> None:
    assert b"a?b\n" in draft(reply(body="a\udc80b\n"), WHEN)


def mails() -> list[Reply]:
    bodies = ["From here on\n>From there\n\nFrom x\n", "plain\n", "\nFrom \n\n"]
    return [reply(message_id=f"{n}@x", body=body) for n, body in enumerate(bodies)]


def test_an_mbox_splits_into_the_mails() -> None:
    data = b"".join(mbox(mails(), WHEN))
    assert list(split(data)) == [draft(one, WHEN) for one in mails()]


def test_the_standard_library_reads_the_mbox(tmp_path: Path) -> None:
    path = tmp_path / "mbox"
    path.write_bytes(b"".join(mbox(mails(), WHEN)))
    box = mailbox.mbox(path)
    assert [mail["Message-ID"] for mail in box] == ["<0@x>", "<1@x>", "<2@x>"]
    box.close()


def test_files_have_safe_names_and_one_mail_each(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "drafts"
    hostile = [reply(message_id=name) for name in ("../../etc/passwd", "a/b\0c@x", "-rf", "\udc80")]
    paths = list(save(hostile, folder, WHEN))
    assert sorted(folder.iterdir()) == paths
    assert [path.name[:5] for path in paths] == ["0001-", "0002-", "0003-", "0004-"]
    assert all(path.name.removesuffix(".mbox").replace("-", "").isalnum() for path in paths)
    assert paths[0].read_bytes().startswith(b"From mboxrd@z ")


def test_saving_again_writes_the_same_files(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in save(mails(), tmp_path, WHEN)]
    second = [path.read_bytes() for path in save(mails(), tmp_path, WHEN)]
    assert first == second
    assert len(list(tmp_path.iterdir())) == 3
