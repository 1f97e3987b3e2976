"""Wishes in answers: only in own words, only of people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.model.message import Address, Message, RawMessage
from reviewbot.model.said import Wish
from reviewbot.parse.feedback import LONGEST, MOST, Request, by_program, may_ask, requests
from reviewbot.parse.mail import message
from tests.builders import mail

RULES = ("module-get-missing", "kvm-use-after-put", "get-dropped")
OFF = Request(Wish.OFF)


def asked(body: str) -> tuple[Request, ...]:
    return requests(Message("1@x", "Re: foo", Address("", "a@x"), body), RULES)


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        ("reviewbot: off", OFF),
        ("  reviewbot: off", OFF),
        ("Reviewbot:OFF", OFF),
        ("reviewbot: off.", OFF),
        ("reviewbot: off, thanks", Request(Wish.OFF, "", "thanks")),
        ("reviewbot: off get-dropped", Request(Wish.OFF, "get-dropped")),
        ("reviewbot: optout", Request(Wish.OPTOUT)),
        (
            "reviewbot: optout I read sparse already",
            Request(Wish.OPTOUT, "", "I read sparse already"),
        ),
        ("reviewbot: false-positive", Request(Wish.FALSE_POSITIVE)),
        (
            "reviewbot: false-positive module-get-missing the core holds it",
            Request(Wish.FALSE_POSITIVE, "module-get-missing", "the core holds it"),
        ),
        (
            "reviewbot: False-Positive: Module-Get-Missing: the core holds it.",
            Request(Wish.FALSE_POSITIVE, "module-get-missing", "the core holds it"),
        ),
        (
            "reviewbot: false-positive (get-dropped) - see patch 3",
            Request(Wish.FALSE_POSITIVE, "get-dropped", "see patch 3"),
        ),
        (
            "reviewbot: false-positive no-such-rule really",
            Request(Wish.FALSE_POSITIVE, "", "no-such-rule really"),
        ),
    ],
)
def test_a_wish(line: str, request_: Request) -> None:
    assert asked(f"On Monday, B wrote:\n> +\tfoo();\n\n{line}\n\n-- \nA\n") == (request_,)


@pytest.mark.parametrize(
    "body",
    [
        "> reviewbot: off\n",
        "| x\n> > reviewbot: off\n",
        "  > reviewbot: off\n",
        "AB> reviewbot: off\n",
        "Fine.\n\n-- \nreviewbot: off\n",
        "Fine.\n--\nreviewbot: off\n",
        "See\n-----Original Message-----\nreviewbot: off\n",
        "See\n---- Forwarded message ----\nreviewbot: off\n",
        "See\n________________________________\nFrom: bot\nreviewbot: off\n",
        "See\nFrom: B <b@x>\nSent: Monday\n\nreviewbot: off\n",
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n x\n+reviewbot: off\n",
        "--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n reviewbot: off\n-reviewbot: off\n",
        "Tell it `reviewbot: off` if it bothers you.\n",
        'Off for this series: "reviewbot: off".\n',
        '"reviewbot: off".\n',
        "reviewbot: offer\n",
        "reviewbot: off-topic\n",
        "reviewbot: of\n",
        "reviewbot: ignore get-dropped\n",
        "reviewbot off\n",
        "syzreviewbot: off\n",
        "    reviewbot: off\n",
        "reviewbot:\noff\n",
        "",
    ],
)
def test_no_wish(body: str) -> None:
    assert asked(body) == ()


def test_several_wishes_each_once() -> None:
    body = "reviewbot: off get-dropped\n> q\nreviewbot: optout\nreviewbot: off get-dropped\n"
    assert asked(body) == (Request(Wish.OFF, "get-dropped"), Request(Wish.OPTOUT))


def test_the_same_words_quoted_and_said() -> None:
    assert asked("> reviewbot: off\n\nreviewbot: off\n") == (OFF,)


def test_a_reason_is_one_short_safe_line() -> None:
    (found,) = asked("reviewbot: off \x1b[31m\u202ered" + "x" * 5000 + "\n")
    assert len(found.reason) == 200
    assert found.reason.startswith("[31mred") or "\x1b" not in found.reason
    assert "\u202e" not in found.reason


def test_there_is_an_end_to_wishes() -> None:
    assert len(asked("".join(f"reviewbot: off {n}\n" for n in range(1000)))) == MOST
    assert asked("x\n" * LONGEST + "reviewbot: off\n") == ()


@given(st.text(st.sampled_from("reviwbot: of\n>-+@ \t"), max_size=300))
def test_whatever_is_written_is_no_failure(body: str) -> None:
    for line in asked(body):
        assert line.wish in Wish


@given(st.text(max_size=200).filter(lambda t: "reviewbot" not in t.lower()))
def test_what_is_quoted_is_never_a_wish(text: str) -> None:
    quoted = "".join(f"> {line}\n" for line in f"{text}\nreviewbot: off\n{text}".split("\n"))
    assert asked(quoted) == ()


def test_a_wish_in_an_encoded_mail_is_found() -> None:
    quoted = (("Content-Transfer-Encoding", "quoted-printable"),)
    raw = RawMessage(mail("reviewbot=3A off =C3=BC\n", headers=quoted))
    assert may_ask(raw)
    assert requests(message(raw), RULES) == (Request(Wish.OFF, "", "ü"),)
    assert not may_ask(RawMessage(mail("Fine.\n")))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated; type=x"),
        ("X-Autoreply", "yes"),
        ("X-Reviewbot", "0.1.0; rules=x; run=1"),
        ("Precedence", "auto_reply"),
        ("Return-Path", "<>"),
        ("Content-Type", "multipart/report; boundary=x"),
    ],
)
def test_a_program_says_so(name: str, value: str) -> None:
    assert by_program(RawMessage(mail("reviewbot: off\n", headers=((name, value),))))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "no"),
        ("Precedence", "bulk"),
        ("Return-Path", "<a@example.org>"),
        ("List-Id", "<kvm.vger.kernel.org>"),
        ("X-Mailer", "git-send-email 2.39"),
    ],
)
def test_a_person_is_none(name: str, value: str) -> None:
    assert by_program(RawMessage(mail("reviewbot: off\n", headers=((name, value),)))) == ""
