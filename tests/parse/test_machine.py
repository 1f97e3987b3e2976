"""Which mails a program sent for somebody, by their headers."""

import pytest

from reviewbot.model.message import RawMessage
from reviewbot.parse.mail import message
from tests.builders import mail


def machine(subject: str = "Re: [PATCH] foo: add bar", *headers: tuple[str, str]) -> str:
    return message(RawMessage(mail("foo_get()\n", subject=subject, headers=headers))).machine


@pytest.mark.parametrize(
    "header",
    [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated; owner=x"),
        ("X-Autoreply", "yes"),
        ("X-Autorespond", "[PATCH] foo: add bar"),
        ("Precedence", "auto_reply"),
        ("Precedence", "junk"),
        ("Return-Path", "<>"),
        ("Content-Type", "multipart/report; report-type=delivery-status; boundary=x"),
    ],
)
def test_a_header_says_so(header: tuple[str, str]) -> None:
    assert machine("Re: x", header)


@pytest.mark.parametrize(
    "subject",
    [
        "Out of office: [PATCH] foo: add bar",
        "Out of the Office Re: [PATCH] foo",
        "Automatic reply: [PATCH] foo: add bar",
        "Auto-Reply: Re: [PATCH] foo",
        "Autoreply: x",
        "Re: Automatic reply: x",
        "Automatische Antwort: [PATCH] foo",
        "Abwesenheitsnotiz: x",
        "R\u00e9ponse automatique : x",
        "Undelivered Mail Returned to Sender",
        "Undeliverable: [PATCH] foo",
        "Mail delivery failed: returning message to sender",
        "Delivery Status Notification (Failure)",
    ],
)
def test_a_subject_says_so(subject: str) -> None:
    assert machine(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "[PATCH] auto-reply: fix the out of office timer",
        "Re: [PATCH] net: automatic reply to ARP",
        "Re: [PATCH] autoconf: drop x",
        "automatic NUMA balancing",
        "",
    ],
)
def test_a_person_writes_such_subjects(subject: str) -> None:
    assert machine(subject) == ""


@pytest.mark.parametrize(
    "header",
    [
        ("Auto-Submitted", "no"),
        ("Precedence", "bulk"),
        ("Precedence", "list"),
        ("Return-Path", "<a@example.org>"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Reviewbot", "0.1.0; rules=x; run=1"),
    ],
)
def test_a_header_that_says_nothing(header: tuple[str, str]) -> None:
    """vger puts `Precedence: bulk` on every mail; another reviewer's program says something of its own."""
    assert machine("Re: x", header) == ""
