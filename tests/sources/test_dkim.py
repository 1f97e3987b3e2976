"""Signatures: real keys, real mails, and a DNS that is a function."""

import dns.rcode
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.model.message import RawMessage
from reviewbot.model.trust import Trust, Vouched
from reviewbot.sources.dkim import NoAnswer, dns_text, vouched
from tests.builders import mail
from tests.sources.keys import HEADERS, answering, public_key, signed, silent, unasked
from tests.sources.nameserver import Reply, failing, served, text

BODY = "Hi,\n\nreviewbot: off\n\n-- \nA\n"
PLAIN = mail(BODY, subject="Re: [PATCH] foo", in_reply_to="0@example.org")
KEY = "sel._domainkey.example.org"


def answer(data: bytes, lookup=None) -> Vouched:
    return vouched(RawMessage(data), lookup or answering())


def test_a_signed_mail_is_verified() -> None:
    assert answer(signed(PLAIN)) == Vouched(Trust.VERIFIED, "signed by example.org")


@pytest.mark.parametrize("to", [b"\n", b"\r\n"])
def test_line_ends_do_not_matter(to: bytes) -> None:
    assert answer(signed(PLAIN).replace(b"\n", to)).trust is Trust.VERIFIED


def test_a_separator_of_an_mbox_does_not_matter() -> None:
    data = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + signed(PLAIN)
    assert answer(data).trust is Trust.VERIFIED


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        (b"reviewbot: off", b"reviewbot: optout", "is not of this text"),
        (b"\n-- \nA\n", b"\n-- \nA\n\n___\nkvm mailing list\n", "is not of this text"),
        (b"A. Author", b"B. Author", "is wrong"),
        (b"In-Reply-To: <0@", b"In-Reply-To: <9@", "is wrong"),
        (b"Message-ID: <1@", b"Message-ID: <2@", "is wrong"),
    ],
)
def test_what_was_changed_has_failed(was: bytes, becomes: bytes, why: str) -> None:
    data = signed(PLAIN)
    assert was in data
    found = answer(data.replace(was, becomes))
    assert found == Vouched(Trust.FAILED, f"the signature of example.org {why}")


def test_another_key_has_failed() -> None:
    found = answer(signed(PLAIN, bits=1032), answering({KEY: public_key()}))
    assert found.trust is Trust.FAILED


# Alignment


def test_the_domain_above_may_sign() -> None:
    data = signed(mail(BODY, sender="a@lists.example.org"))
    assert answer(data).trust is Trust.VERIFIED


@pytest.mark.parametrize(
    "domain", ["evil.example", "below.example.org", "notexample.org", "org", "ample.org"]
)
def test_another_domain_does_not_count(domain: str) -> None:
    records = {f"sel._domainkey.{domain}": public_key()}
    found = answer(signed(PLAIN, domain), unasked)
    assert found == Vouched(Trust.UNKNOWN, "it is not signed by example.org")
    assert answer(signed(PLAIN, domain), answering(records)).trust is Trust.UNKNOWN


def test_a_list_may_sign_beside() -> None:
    assert answer(signed(signed(PLAIN), "vger.example")).trust is Trust.VERIFIED
    broken = signed(signed(PLAIN).replace(b"Hi", b"Ho"), "vger.example")
    assert answer(broken).trust is Trust.FAILED


def test_one_good_signature_is_enough() -> None:
    data = signed(PLAIN)
    assert answer(b"DKIM-Signature: v=1; d=example.org\n" + data).trust is Trust.VERIFIED
    assert answer(b"DKIM-Signature: nonsense\n" + data).trust is Trust.VERIFIED


def test_the_address_counts_not_the_name() -> None:
    data = signed(mail(BODY, sender='"a@example.org" <a@evil.example>'), "evil.example")
    records = {"sel._domainkey.evil.example": public_key()}
    assert answer(data, answering(records)) == Vouched(Trust.VERIFIED, "signed by evil.example")
    assert answer(signed(mail(BODY, sender='"a@example.org" <a@evil.example>'))).trust is (
        Trust.UNKNOWN
    )


# What cannot be checked


def test_no_signature() -> None:
    assert answer(PLAIN, unasked) == Vouched(Trust.UNKNOWN, "it is not signed by example.org")
    assert answer(b"\n" + PLAIN, unasked).trust is Trust.UNKNOWN
    assert answer(b"", unasked).trust is Trust.UNKNOWN


def test_no_answer_and_no_key() -> None:
    assert answer(signed(PLAIN), silent) == Vouched(Trust.UNKNOWN, f"DNS did not answer for {KEY}")
    assert "no key in DNS" in answer(signed(PLAIN), answering({})).why
    assert "no key in DNS" in answer(signed(PLAIN), answering({KEY: b""})).why


@pytest.mark.parametrize(
    ("key", "why"),
    [
        (b"v=DKIM1; p=", "cannot be read"),
        (b"v=DKIM1; p=AAAA", "cannot be read"),
        (b"v=DKIM1; k=dsa; p=AAAA", "cannot be read"),
        (b"v=DKIM2; p=AAAA", "cannot be read"),
        (b"not a key", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"p=" + b"A" * 5000, "is too long"),
    ],
)
def test_odd_keys(key: bytes, why: str) -> None:
    found = answer(signed(PLAIN), answering({KEY: key}))
    assert found == Vouched(Trust.UNKNOWN, f"the signature of example.org has a key that {why}")


def test_flags_of_keys() -> None:
    below = signed(mail(BODY, sender="a@lists.example.org"))
    tried = answering({KEY: public_key() + b"; t=s:y"})
    strict = answering({KEY: public_key() + b"; t=s"})
    assert "only tried out" in answer(signed(PLAIN), tried).why
    assert "is not for lists.example.org" in answer(below, strict).why
    assert answer(signed(PLAIN), strict).trust is Trust.VERIFIED


@pytest.mark.parametrize("name", [b"in-reply-to", b"references"])
def test_the_subject_may_stand_for_what_is_answered(name: bytes) -> None:
    most = tuple(each for each in HEADERS if each != name)
    assert answer(signed(PLAIN, headers=most)) == Vouched(
        Trust.VERIFIED, "signed by example.org", by_subject=True
    )
    less = tuple(each for each in most if each != b"subject")
    found = answer(signed(PLAIN, headers=less), unasked)
    assert found.why == f"the signature of example.org does not cover {name.decode().title()}"
    assert found.trust is Trust.UNKNOWN


def test_a_signed_mail_that_is_moved_to_another_thread_is_told() -> None:
    data = signed(mail(BODY))
    assert not answer(data).by_subject
    assert answer(b"In-Reply-To: <9@example.org>\n" + data).by_subject


def test_an_encoding_must_be_signed() -> None:
    for kind, trust in (
        ("text/plain; charset=utf-8", Trust.VERIFIED),
        ("text/html", Trust.UNKNOWN),
    ):
        data = b"Content-Type: " + kind.encode() + b"\n" + signed(PLAIN)
        assert answer(data).trust is trust
    data = b"Content-Transfer-Encoding: quoted-printable\n" + signed(PLAIN)
    assert answer(data).trust is Trust.UNKNOWN
    encoded = b"Content-Type: text/html\nContent-Transfer-Encoding: base64\n" + PLAIN
    more = (*HEADERS, b"content-type", b"content-transfer-encoding")
    assert answer(signed(encoded, headers=more)).trust is Trust.VERIFIED


@pytest.mark.parametrize("name", [b"From", b"Message-ID", b"In-Reply-To", b"Content-Type"])
def test_a_header_twice_is_a_question(name: bytes) -> None:
    extra = name + b": <a@example.org>\n"
    found = answer(extra + extra + signed(PLAIN), unasked)
    assert found == Vouched(Trust.UNKNOWN, f"it has several headers {name.decode().title()}")


def test_a_part_of_the_body_is_not_enough() -> None:
    data = signed(PLAIN, length=True)
    assert "only the beginning" in answer(data, unasked).why


def test_weak_signatures_count_no_more() -> None:
    data = signed(PLAIN, signature_algorithm=b"rsa-sha1")
    assert "SHA-1" in answer(data, unasked).why


def test_time_is_up() -> None:
    data = signed(PLAIN).replace(b" v=1;", b" v=1; x=1;", 1)
    assert "does not hold" in answer(data).why
    assert answer(data).trust is Trust.UNKNOWN


@pytest.mark.parametrize(
    "tags",
    [
        b"d=example.org; s=a b; h=from",
        b"d=example.org; s=" + b"a" * 70 + b"; h=from",
        b"d=example.org; s=..; h=from",
        b"d=example.org; s=\xff; h=from",
        b"d=example.org",
        b"d=example.org; s=sel; h=from; v=1; a=rsa-sha256; b=!; bh=!",
        b"d=example.org; s=sel; h=from; v=1; a=rsa-sha256; b=AAAA; bh=AAAA; t=" + b"9" * 6000,
        b"d=example.org; s=sel; h=" + b"x:" * 300 + b"from",
        b"d=example.org; s=sel; h=from; " + b"x" * 9000,
        b"=",
        b";;;",
        b"",
    ],
)
def test_odd_signatures(tags: bytes) -> None:
    plain = b"From: a@example.org\nDKIM-Signature: " + tags + b"\n\n" + BODY.encode()
    assert answer(plain).trust is Trust.UNKNOWN


def test_large_mails_are_not_checked() -> None:
    assert "too large" in answer(b"X: " + b"x" * (300 << 10) + b"\n" + PLAIN).why
    assert "too large" in answer(PLAIN + b"x\n" * (5 << 20)).why


@given(st.binary(max_size=300))
@settings(max_examples=100)
def test_whatever_comes_is_no_failure(noise: bytes) -> None:
    data = signed(PLAIN)
    assert answer(noise + data).trust in Trust
    assert answer(data + noise).trust in Trust
    assert answer(b"DKIM-Signature: d=example.org; s=sel; h=from;" + noise + data).trust in Trust
    assert answer(data, lambda _: noise).trust is not Trust.VERIFIED


# DNS


def test_dns_answers() -> None:
    with served(text) as asked:
        assert dns_text(KEY) == b"v=DKIM1; p=x"
    assert asked == [f"{KEY}."]


@pytest.mark.parametrize("reply", [failing(dns.rcode.NXDOMAIN), lambda _: None])
def test_dns_knows_that_there_is_none(reply: Reply) -> None:
    with served(reply):
        assert dns_text(KEY) is None


@pytest.mark.parametrize("reply", [failing(dns.rcode.SERVFAIL), None])
def test_dns_does_not_answer(reply: Reply | None) -> None:
    with served(reply), pytest.raises(NoAnswer, match=f"did not answer for {KEY}"):
        dns_text(KEY)
