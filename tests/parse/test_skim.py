"""Skim: the answers of `mail.message` and `body`, whatever the bytes."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.errors import InputError
from reviewbot.model.message import MADE_UP, RawMessage
from reviewbot.parse.body import change_id
from reviewbot.parse.mail import message
from reviewbot.parse.skim import Skimmed, skim
from reviewbot.sources import files

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "mail"

DIFF = b"diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-int a;\n+int b;\n"
HEAD = (
    b"From: Ann Author <Ann@Example.org>\nSubject: [PATCH] a: b\n"
    b"Date: Wed, 12 Feb 2020 14:24:32 +0130\nMessage-ID: <one@example.org>\n"
)


def agrees(data: bytes) -> Skimmed:
    """What is skimmed, after it was compared with the exact way."""
    read, seen = message(RawMessage(data)), skim(data)
    assert seen.message_id == read.message_id
    assert seen.references == tuple(dict.fromkeys((*read.in_reply_to, *read.references)))
    assert seen.sender == read.sender.email.lower()
    assert seen.subject == read.subject
    assert seen.seconds == (int(read.date.timestamp()) if read.date else 0)
    assert seen.change_id == change_id(read.body)
    assert seen.text in (b"", read.body.encode("utf-8", "replace"))
    assert seen.is_diff == bool(seen.text)
    return seen


def test_a_plain_patch() -> None:
    seen = agrees(HEAD + b"References: <r1@x>\n <r2@x>\nIn-Reply-To: <r2@x>\n\nmessage\n\n" + DIFF)
    assert seen == Skimmed(
        "one@example.org",
        ("r2@x", "r1@x"),
        "ann@example.org",
        "[PATCH] a: b",
        1581512072,
        "",
        b"message\n\n" + DIFF,
        True,
    )


def test_without_a_diff_there_is_no_text() -> None:
    seen = agrees(HEAD + b"\n> diff --git a/a b/a\n> @@ -1 +1 @@\n\nchange-id: 2026-a-b\n")
    assert (seen.text, seen.is_diff, seen.change_id) == (b"", False, "2026-a-b")


def test_a_mail_without_id_gets_the_one_that_it_gets_elsewhere() -> None:
    assert agrees(b"Subject: x\n\n" + DIFF).message_id.endswith(MADE_UP)


@pytest.mark.parametrize(
    "field",
    [
        b"From: =?utf-8?q?J=C3=B6rg?= <a@b.org>",
        b'From: "Doe, Jane" <A@b.org>',
        b"From: a@b.org (Jane (J.) Doe)",
        b"From: undisclosed: a@b.org, c@d.org;",
        b"From: J\xf6rg <a@b.org>",
        b"From: nobody",
        b"From: <a@b.org> <c@d.org>",
        b"From: =?utf-8?b?ZvxAYi5vcmc=?= <x=?y@z.org>",
        b"From:\n Jane\n <a@b.org>",
        b"FROM : a@b.org",
        b"From\n : a@b.org",
        b"From\n: a@b.org",
        b"From: a@b.org\nFrom: c@d.org",
        b"Subject: =?utf-8?q?caf=C3=A9?= x",
        b"Subject: a\n  b\x01c\n\td",
        b"Subject: \xff\xfe",
        b"subject: one\nSUBJECT: two",
        b"Message-Id: <a b@c> (comment <x>)",
        b"Message-ID: bare-word",
        b"Message-ID: <a@b\n c>",
        b"References: <a@b><c@d> <e@f",
        b"References: a@b c@d",
        b"References: <a@b>\nReferences: <c@d> <a@b>",
        b'In-Reply-To: Message of "Tue" from a@b <c@d>',
        b"Date: 31 Feb 2020 10:00:00 +0000",
        b"Date: Thu, 1 Jan 1970 00:00:00 +0200",
        b"Date: Thu, 1 Jan 1969 00:00:00 +0000",
        b"Date: Wed, 12 Feb 20 14:24:32 GMT",
        b"Date: Wed, 12 Feb 2020 14:24:32 -0000",
        b"Date: Wed, 12 Feb 2020 14:24:32 +9900 (CET)",
        b"Date: Wed, 12 Feb 2020 14:24:32 +0100 (CET)",
        b"Date: Wed, 12 Feb 2020 23:59:60 +0000",
        b"Date: Wed,\n 12 Feb 2020 14:24:32 +0000",
        b"Date: nonsense",
    ],
)
def test_odd_fields_are_read_by_the_exact_functions(field: bytes) -> None:
    agrees(field + b"\nX: y\n\n" + DIFF)
    agrees(HEAD + field + b"\n\n" + DIFF)
    agrees((field + b"\n" + HEAD + b"\n" + DIFF).replace(b"\n", b"\r\n"))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (b"Content-Type: text/plain; charset=iso-8859-1", b"caf\xe9\n" + DIFF),
        (b"Content-Type: text/plain; charset=utf-8", b"caf\xe9\n" + DIFF),
        (b"Content-Type: text/plain; charset=y", b"caf\xc3\xa9\n" + DIFF),
        (b"Content-Type: text/plain; charset=utf-7", b"+2AA-\n" + DIFF),
        (b"Content-Type: text/plain; charset=gb2312", b"\xc4\xe3\n" + DIFF),
        (b"Content-Type: text/plain; format=flowed", b"a \nb\n" + DIFF),
        (b"Content-Type: text/plain; format=flowed; delsp=yes", b"  a \n b\n" + DIFF),
        (b"Content-Transfer-Encoding: quoted-printable", DIFF.replace(b"=", b"=3D") + b"a=\nb"),
        (b"Content-Transfer-Encoding: quoted-printable", b"\n=64iff --git a/a b/a\n"),
        (b"Content-Transfer-Encoding: BASE64", b"ZGlmZiAtLWdpdCBhL2EgYi9hCg==\n"),
        (b"Content-Transfer-Encoding: base64", b"ZGlm*Z"),
        (b"Content-Type: text/html", b"<pre>" + DIFF + b"</pre>"),
        (b"Content-Type: text/x-patch", DIFF),
        (b"Content-Disposition: attachment; filename=a.patch", DIFF),
        (b"Content-Disposition: inline", DIFF),
        (
            b"Content-Type: multipart/mixed; boundary=X",
            b"--X\n\nhello\n--X\nContent-Type: text/x-patch\n\n" + DIFF + b"--X--\n",
        ),
        (b"Content-Type: multipart/mixed", DIFF),
        (b"X: y", b"\xef\xbb\xbf" + DIFF),
        (b"X: y", DIFF[:-1]),
        (b"X: y", b""),
    ],
)
def test_bodies_are_decoded_as_they_are_elsewhere(kind: bytes, body: bytes) -> None:
    agrees(HEAD + kind + b"\n\n" + body)
    agrees(HEAD + b"MIME-Version: 1.0\n" + kind + b"\nContent-Type: text/plain\n\n" + body)


def test_a_diff_in_an_encoded_body_is_found() -> None:
    encoded = b"Content-Transfer-Encoding: base64\n\nZGlmZiAtLWdpdCBhL2EgYi9hCg==\n"
    assert agrees(HEAD + encoded).text == b"diff --git a/a b/a\n"


PIECES = st.sampled_from(
    [
        b"\n",
        b"\r\n",
        b" ",
        b"\t",
        b":",
        b"<",
        b">",
        b"@",
        b"=?utf-8?q?",
        b"?=",
        b"a",
        b"\xe9",
        b'"',
        b"(",
        b",",
        b"\nFrom:",
        b"\nDate:",
        b"\nSubject:",
        b"\nMessage-ID:",
        b"\nReferences:",
        b"\nIn-Reply-To:",
        b"\nContent-Type:",
        b"text/plain;",
        b"charset=",
        b"\n\n",
        b"\ndiff --git a b\n",
        b"\nchange-id: x\n",
        b"Wed, 12 Feb 2020 14:24:32 +0000",
        b"x@y.org",
        b"\nContent-Transfer-Encoding: quoted-printable",
    ]
)


@given(st.lists(PIECES, max_size=25).map(b"".join))
@settings(max_examples=400)
def test_law_it_agrees_whatever_the_bytes(data: bytes) -> None:
    agrees(data)


@given(st.binary(max_size=300))
def test_law_it_never_raises(data: bytes) -> None:
    agrees(data)


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not beside this checkout")
@pytest.mark.parametrize("folder", ["oddities", "threads", "founding"])
def test_it_agrees_on_real_mail(folder: str) -> None:
    for path in sorted((SHARED / folder).rglob("*"))[:300]:
        if path.is_file():
            try:
                mails = list(files.read(str(path)))
            except InputError:
                continue
            for mail in mails[:40]:
                agrees(mail.data)
