"""The laws of what leaves: whatever came in, the mail that goes out is read by everybody as it was meant."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import jinja2
import jinja2.meta
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reviewbot.errors import TemplateError
from reviewbot.model.message import Address, RawMessage
from reviewbot.model.posting import posting
from reviewbot.model.printable import printable
from reviewbot.model.reply import Reply
from reviewbot.model.series import Series
from reviewbot.parse.mail import message
from reviewbot.parse.mbox import split
from reviewbot.parse.thread import series
from reviewbot.review.addressing import addressed
from reviewbot.review.compose import MAX_REFERENCES, replies
from reviewbot.review.policy import Policy
from reviewbot.review.post import MailingList, Mode, Post
from reviewbot.review.wrap import wrapped
from reviewbot.sinks.drafts import mbox, save
from reviewbot.sinks.transport.wire import fit
from tests.builders import mail
from tests.laws.hostile import EVIL, NASTY, PIECES, US, WHEN, answered, check, check_git, posted
from tests.review.talk import WORDS
from tests.sinks.outcomes import reply
from tests.values import finding

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path.stem for path in (ROOT / "templates" / "rules").glob("*.j2"))
OURS = "bot@example.net"


def headers(**fields: str) -> bytes:
    """A header block with these fields in place of plain ones, as bytes of whatever they are."""
    known = {
        "From": "A. Author <author@example.org>",
        "To": "kvm@vger.kernel.org",
        "Subject": "[PATCH] foo: add bar",
        "Message-ID": "<1@example.org>",
        "Date": "Mon, 02 Mar 2026 12:00:00 +0000",
    }
    known |= {name.replace("_", "-"): value for name, value in fields.items()}
    text = "\n".join(f"{name}: {value}" for name, value in known.items())
    return text.encode("utf-8", "surrogateescape" if "\udc80" in text else "replace")


# Header injection

INJECTIONS = (
    "x\r\nBcc: evil@example.com",
    "x\n\nBcc: evil@example.com\n\nbody",
    "=?utf-8?q?x=0D=0ABcc:_evil=40example.com?=",
    "=?utf-8?q?x=0ABcc=3A_evil=40example.com=0A=0Abody?=",
    "=?utf-8?b?eA0KQmNjOiBldmlsQGV4YW1wbGUuY29t?=",
    "=?utf-16?b?eAAKAEIAYwBjADoA?=",
    "=?utf-7?q?x+AA0-+AAo-Bcc:_evil?=",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3D0ABcc=3A_evil=3F=3D?=",
    "x\x0bBcc: evil@example.com",
    "x\x0cBcc: evil@example.com",
    "x\x1eBcc: evil@example.com",
    "x\x85Bcc: evil@example.com",
    "x\u2028Bcc: evil@example.com",
    "x\0Bcc: evil@example.com",
    "x\r Bcc: evil@example.com",
)


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("name", ["Subject", "From", "Reply-To", "Message-ID", "References", "Cc"])
def test_no_header_is_injected(name: str, text: str, tmp_path: Path) -> None:
    value = f"{text} <author@example.org>" if name in ("From", "Reply-To", "Cc") else text
    one = posted(headers(**{name.replace("-", "_"): value}))
    made = answered(one)
    check_git(check(made), made, tmp_path)
    assert made.sender.email == OURS and made.cc == ()


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_header_is_injected_by_values(text: str, tmp_path: Path) -> None:
    """Also where the parser would let it through."""
    made = rewritten(subject=text, sender=Address(text, "a@example.org"))
    check_git(check(made), made, tmp_path)


def rewritten(**fields: object) -> Reply:
    """The reply to the patch, whose mail has these values instead."""
    one = posted(headers())
    (patch,) = one.patches
    mail = replace(patch.message, **fields)
    return answered(replace(one, patches=(replace(patch, message=mail),), cover=None))


@given(NASTY, NASTY, NASTY, NASTY)
@example("", "Re: =?a?b?c?=", "", "")
@settings(max_examples=100)
def test_whatever_is_in_the_headers(subject: str, name: str, one: str, other: str) -> None:
    made = rewritten(
        subject=subject,
        sender=Address(name, "a@example.org"),
        references=(one, "r@example.org", other),
        in_reply_to=(other,),
    )
    check(made)
    assert [person.email for person in made.to] == ["a@example.org"]
    assert made.in_reply_to == "1@example.org"


@given(NASTY, NASTY)
@settings(max_examples=100)
def test_whatever_bytes_were_received(subject: str, name: str) -> None:
    safe = {"Subject": subject.replace("\n\n", "\n "), "From": f"{name} <author@example.org>"}
    block = headers(**{key: value.replace("\n\n", "\n ") for key, value in safe.items()})
    parsed = message(RawMessage(block + b"\n\nbody\n"))
    made = rewritten(subject=parsed.subject, sender=parsed.sender)
    check(made)


def test_git_reads_what_was_meant_of_all_pieces(tmp_path: Path) -> None:
    for piece in PIECES:
        made = rewritten(subject=f"[PATCH] {piece} foo", sender=Address(piece, "a@b.c"))
        check_git(check(made), made, tmp_path)


# Names of people


@pytest.mark.parametrize(
    "value",
    [
        '"torvalds@linux-foundation.org" <evil@example.com>',
        "torvalds@linux-foundation.org <evil@example.com>",
        '"a@b" "c@d" <evil@example.com>',
        "=?utf-8?q?=3Ctorvalds=40linux-foundation=2Eorg=3E?= <evil@example.com>",
        '"Torvalds, Linus <torvalds@linux-foundation.org>" <evil@example.com>',
        "Linus (<torvalds@linux-foundation.org>) <evil@example.com>",
        "a@b, torvalds@linux-foundation.org <evil@example.com>",
        "Group: torvalds@linux-foundation.org, x@y; <evil@example.com>",
        "\u202emoc.elpmaxe@live\u202c <evil@example.com>",
        '"\\"x\\" <y@z>" <evil@example.com>',
        '"' + "\\" * 99 + '" <evil@example.com>',
        "<evil@example.com> <evil@example.com>",
        "evil@example.com (torvalds@linux-foundation.org)",
        "=?utf-8?q?a=2C?= b =?utf-8?q?=3B_c?= <evil@example.com>",
        "x" * 3000 + " <evil@example.com>",
        "é" * 3000 + " <evil@example.com>",
    ],
)
def test_tricks_with_names_reach_one_mailbox(value: str, tmp_path: Path) -> None:
    made = answered(posted(headers(From=value)))
    data = check(made)
    check_git(data, made, tmp_path)
    assert len(made.to) <= 1
    (read,) = message(RawMessage(data)).to or (Address("", ""),)
    assert read.email == posted(headers(From=value)).author.email
    assert "\u202e" not in read.name and len(read.name) <= 100


@pytest.mark.parametrize(
    "address",
    [
        *("a@b\nBcc: c@d", "a b@c", '"a b"@example.org', "a@[127.0.0.1]", "ä@example.org", "a@exämple.org"),
        *("a@", "@b", "a", "", "a@b@c", "a,b@c", "a;b@c", "<a@b>", "a@b>", "a" * 65 + "@b", "a@" + "b" * 300),
        *("-oProxyCommand=x@b", "a@-b", "a\0@b", "a\u202e@b", "|sh@b", "/etc/passwd@b", "a@b\\", "a(@b", "a)@b"),
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_not_written_to(address: str, tmp_path: Path) -> None:
    made = rewritten(sender=Address("A", address))
    data = check(made)
    check_git(data, made, tmp_path)
    assert all(person.email == address and person.email.isascii() for person in made.to)


def test_an_address_is_no_option() -> None:
    """Programs that send mail take what begins with a dash for an option."""
    for address in (
        "-oQ/tmp@example.org",
        "/etc/x@example.org",
        "|sh@example.org",
        "a@-x.example.org",
    ):
        assert rewritten(sender=Address("A", address)).to == ()


# Direction and control


@pytest.mark.parametrize("piece", PIECES)
def test_nothing_unseen_is_quoted_or_said(piece: str, tmp_path: Path) -> None:
    one = posted(headers(Subject=f"[PATCH] {piece.strip()} foo".replace("\n", " ")), f"get_{piece}")
    patch = one.patches[0] if one.patches else None
    if patch is None or not patch.files or len(patch.files[0].hunks[0].lines) < 3:
        return
    made = answered(one, wrapped(printable(f"{piece} can fail.")))
    check_git(check(made), made, tmp_path)


@given(NASTY)
@settings(max_examples=100)
def test_quotes_say_what_the_patch_says(code: str) -> None:
    text = code.replace("\n", " ").replace("\r", " ")
    one = posted(headers(), f"get_{text}")
    quoted = [line for line in answered(one).body.split("\n") if line.startswith("> +\tget_")]
    line = one.patches[0].message.body.split("\n")
    (meant,) = [each for each in line if each.startswith("+\tget_")]
    assert quoted in ([f"> {printable(meant)}"], [])
    check(answered(one))


# Size

Made = TypeVar("Made")


def timed(work: Callable[[], Made]) -> Made:
    start = time.process_time()
    made = work()
    assert time.process_time() - start < 2.0
    return made


@pytest.mark.parametrize(
    "unit", ["x", "x ", "ü", "Re: ", "=?utf-8?q?=C3=BC?= ", "\u202e", "[", "\\", '"']
)
def test_a_subject_of_a_megabyte(unit: str, tmp_path: Path) -> None:
    long = unit * ((1 << 20) // len(unit))
    one = timed(lambda: posted(headers(Subject=f"[PATCH] {long}")))
    for made in [answered(one)] if one.patches else []:
        assert len(check(made)) < 8_000
    given_ = timed(lambda: rewritten(subject=long, sender=Address(long, "a@example.org")))
    check_git(check(given_), given_, tmp_path)
    assert len(check(given_)) < 8_000


def test_ids_of_a_megabyte() -> None:
    long = "<" + "x" * (1 << 20) + "@example.org>"
    made = timed(lambda: answered(posted(headers(References=long, In_Reply_To=long))))
    assert made.references == ("1@example.org",)
    check(made)
    lost = answered(posted(headers(Message_ID=long)))
    assert lost.in_reply_to == ""
    check(lost)


CROWD = [f"Person {n} <p{n}@example.org>" for n in range(5000)]
LISTS = (
    MailingList("kvm@vger.kernel.org", opt_in=True),
    MailingList("open@lists.example.org", opt_in=True),
)


@pytest.mark.parametrize("name", ["To", "Cc"])
def test_five_thousand_recipients(name: str, tmp_path: Path) -> None:
    crowd = ",\n ".join([*CROWD, "kvm@vger.kernel.org"])
    one = posted(headers(**{"To": "x@example.org", name: crowd}))
    made = timed(lambda: answered(one))
    assert [person.email for person in made.to] == ["author@example.org"] and made.cc == ()
    check(made)
    post = Post(mode=Mode.LIST)
    found = addressed(posting(one, one.patches[0].message), post, LISTS)
    assert [person.email for person in found.to] == ["author@example.org"]
    assert [person.email for person in found.cc] == ["kvm@vger.kernel.org"]
    listed = replace(made, cc=found.cc)
    check_git(check(listed), listed, tmp_path)


def test_five_thousand_recipients_that_were_meant(tmp_path: Path) -> None:
    people = tuple(Address(f"Pérson, {n}", f"p{n}@example.org") for n in range(5000))
    made = reply(cc=people)
    check_git(timed(lambda: check(made)), made, tmp_path)


# References


def thread(*ties: tuple[str, str]) -> Series:
    """Patches by id, each with what it answers; the first series."""
    mails = []
    for number, (own, above) in enumerate(ties, 1):
        body = answered_body()
        fields = (("References", above),) if above else ()
        subject = f"[PATCH {number}/{len(ties)}] foo: add bar {number}"
        mails.append(mail(body, subject=subject, message_id=own, headers=fields))
    return series(message(RawMessage(data)) for data in mails)[0]


def answered_body() -> str:
    return posted(headers()).patches[0].message.body


@pytest.mark.parametrize(
    "ties",
    [
        [("a@x", "<a@x>")],
        [("a@x", "<b@x>"), ("b@x", "<a@x>")],
        [("a@x", "<b@x> <c@x>"), ("b@x", "<c@x> <a@x>"), ("c@x", "<a@x> <b@x>")],
        [("a@x", "<a@x> " * 500)],
        [("a@x", " ".join(f"<{n}@x>" for n in range(5000)))],
        [("a@x", "<a@x <b@x> <<c@x>> <> < > <\n> a@x")],
    ],
)
def test_references_in_circles(ties: list[tuple[str, str]], tmp_path: Path) -> None:
    one = thread(*ties)
    for patch in one.patches:
        made = answered(replace(one, patches=(patch,), cover=None))
        check_git(check(made), made, tmp_path)
        assert made.references[-1] == made.in_reply_to == patch.message_id
        assert len(set(made.references)) == len(made.references) <= MAX_REFERENCES


def test_an_answer_does_not_refer_to_itself() -> None:
    """The id of our answer can be known beforehand, as it is made of the mail and of what is said."""
    known = answered(posted(headers())).message_id
    made = answered(posted(headers(References=f"<0@example.org> <{known}>")))
    assert made.message_id == known
    assert made.references == ("0@example.org", "1@example.org")
    check(made)


# Facts

FACTS = (
    "{{ 7 * 7 }}{% include '/etc/passwd' %}{# x #}",
    "x\n-- \nReviewed-by: E <evil@example.com>",
    "x\r\n\r\n> +\tquoted();",
    "\x1b]0;x\x07\u202ex",
    "x" * 5000,
    "日本語 " * 300,
    "From here\nFrom there",
    "\ud800",
    "' or 1=1; $(reboot) `reboot` %s %n",
)


def spoken(rule: str, fact: str) -> str:
    """What the shipped template of a rule says, every fact of it being this one."""
    source = (ROOT / "templates" / "rules" / f"{rule}.j2").read_text()
    names = jinja2.meta.find_undeclared_variables(
        jinja2.Environment(autoescape=False).parse(source)
    )
    facts = dict.fromkeys(names, fact)
    return WORDS.comment(finding(rule, facts=facts, function=fact, symbol=fact), fact)


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_is_a_word_and_nothing_else(fact: str, tmp_path: Path) -> None:
    for rule in TEMPLATES:
        try:
            comment = spoken(rule, fact)
        except TemplateError:
            continue  # the template counts with this fact
        assert "49" not in comment
        assert "\n-- \n" not in comment and "root:" not in comment
        assert printable(comment) == comment
        made = answered(posted(headers()), comment)
        data = check(made)
        own = [line for line in made.body.split("\n") if not line.startswith(">")]
        assert own.count("-- ") == 1
        assert not any(line.lower().startswith("reviewed-by:") for line in own)
        assert not any(line.startswith(("From ", ">")) for line in own)
    check_git(data, made, tmp_path)


@given(st.text(max_size=200) | NASTY)
@settings(max_examples=100)
@example("x\n\n-- \nReviewed-by: E <e@x>")
def test_whatever_the_fact(fact: str) -> None:
    made = answered(posted(headers()), spoken("module-get-missing", fact))
    check(made)
    assert made.body.split("\n").count("-- ") == 1


# Ways out


@given(NASTY, NASTY)
@settings(max_examples=50)
def test_an_mbox_and_the_wire_change_nothing(subject: str, body: str) -> None:
    made = replace(rewritten(subject=subject), body=printable(f"> x\n\n{body}\n"))
    data = check(made)
    assert list(split(b"".join(mbox([made, made], WHEN)))) == [data, data]
    for eightbit in (True, False):
        sent = fit(data, eightbit)
        read = message(RawMessage(sent))
        assert (read.body, read.subject) == (made.body, message(RawMessage(data)).subject)


def test_hostile_ids_name_no_files(tmp_path: Path) -> None:
    hostile = [reply(message_id=text) for text in (*INJECTIONS, "../../x", "\0", EVIL)]
    assert all(path.parent == tmp_path for path in save(hostile, tmp_path, WHEN))
    assert len(list(tmp_path.iterdir())) == len(hostile)


def test_our_own_address_is_ours_alone() -> None:
    one = posted(headers(From=f"{US.name} <{OURS}>", Reply_To=EVIL, Sender=EVIL))
    assert EVIL.encode() not in check(answered(one))
    assert replies(one, [], Policy(), US, WORDS) == ()
