"""DKIM: whether the domain of `From` vouches for a mail (RFC 6376), as far as that can be told.

Law: verified means: a valid signature of that domain, or of one above it, over the whole body and over every
header that says who speaks about what; nothing less. What cannot be checked is not verified and not failed.
Asks DNS only for keys of domains that would count. The only file that imports dkim and dns: both are optional
(`reviewbot[dkim]`). Must not know what the mail says.

Sources: RFC 6376, RFC 8301 (no SHA-1, keys of 1024 bits), RFC 7489 §3.1 (alignment with `From`).
"""

import re
from collections.abc import Callable, Iterator, Sequence

import dkim
import dns.exception
import dns.rdatatype
import dns.resolver
from dkim.util import InvalidTagValueList, parse_tag_value
from msgspec import Struct

from reviewbot.model.message import RawMessage
from reviewbot.model.trust import Trust, Vouched
from reviewbot.parse import header
from reviewbot.parse.header import Fields
from reviewbot.parse.mail import message

# Asks for the text at a name (`selector._domainkey.example.org`): None where there surely is none. Raises
# NoAnswer where that cannot be told.
Lookup = Callable[[str], bytes | None]

TIMEOUT = 10.0  # seconds for one question
MOST_BYTES = 8 << 20
MOST_HEADERS = 256 << 10
MOST_SIGNATURES = 10
# dkimpy's numbers grow with the square of these; RSA of 4096 bits needs 700 bytes for each.
MOST_SIGNATURE = 8 << 10
MOST_KEY = 2 << 10
MOST_SIGNED = 200
# Each may be there once, or it is a question which one was signed and which one is shown.
_SINGLE = (
    *(b"from", b"subject", b"date", b"message-id", b"in-reply-to", b"references"),
    *(b"mime-version", b"content-type", b"content-transfer-encoding"),
)
# What says of what is spoken. Microsoft's servers never sign it; there the subject may stand for it.
_THREAD = (b"in-reply-to", b"references")
_TITLE = (b"subject", b"message-id")
_PLAIN = ("", "7bit", "8bit", "binary")
_NAME = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")
_WEAK = b"rsa-sha1"
# dkimpy lets through what its parts raise on odd input.
_RAISED = (dkim.DKIMException, ArithmeticError, AssertionError, LookupError, TypeError, ValueError)
_MISMATCH = "body hash mismatch"


class NoAnswer(Exception):  # noqa: N818 - not an error: an answer that did not come
    """DNS was not asked or did not answer; the text is the reason."""


class _Signature(Struct, frozen=True):
    """One `DKIM-Signature`: its place among them, and its tags."""

    place: int
    tags: dict[bytes, bytes]

    @property
    def domain(self) -> str:
        return self.tags.get(b"d", b"").decode("ascii", "replace").strip().lower()

    @property
    def signed(self) -> frozenset[bytes]:
        return frozenset(name.strip().lower() for name in self.tags.get(b"h", b"").split(b":"))

    @property
    def key_name(self) -> str:
        selector = self.tags.get(b"s", b"").decode("ascii", "replace").strip().lower()
        return f"{selector}._domainkey.{self.domain}"


def vouched(raw: RawMessage, lookup: Lookup) -> Vouched:
    """Whether the domain of `From` vouches for this very mail."""
    block, _ = header.split(raw.data)
    if len(raw.data) > MOST_BYTES or len(block) > MOST_HEADERS:
        return Vouched(Trust.UNKNOWN, "the mail is too large to be checked")
    fields = header.fields(block)
    for name in _SINGLE:
        if len(fields.get(name, ())) > 1:
            return Vouched(Trust.UNKNOWN, f"it has several headers {name.decode().title()}")
    domain = message(raw).sender.email.rpartition("@")[2].lower()
    found = [each for each in _signatures(fields) if _stands_for(each.domain, domain)]
    if not found:
        return Vouched(Trust.UNKNOWN, f"it is not signed by {domain or 'any domain'}")
    answers = [_checked(raw, fields, each, domain, lookup) for each in found]
    return min(answers, key=lambda answer: list(Trust).index(answer.trust))


def dns_text(name: str) -> bytes | None:
    """What DNS has as text at a name; the `Lookup` of real life."""
    try:
        found = dns.resolver.resolve(f"{name}.", dns.rdatatype.TXT, lifetime=TIMEOUT)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return None
    except dns.exception.DNSException as error:
        raise NoAnswer(f"DNS did not answer for {name}: {type(error).__name__}") from error
    return next((b"".join(record.strings) for record in found), None)


def not_asked(name: str) -> bytes | None:
    """The `Lookup` of who may not ask."""
    raise NoAnswer(f"DNS is not asked for {name} while offline")


def _signatures(fields: Fields) -> Iterator[_Signature]:
    """The signatures that can be read, from top to bottom; only the first few."""
    for place, value in enumerate(fields.get(b"dkim-signature", ())[:MOST_SIGNATURES]):
        if len(value) <= MOST_SIGNATURE:
            try:
                yield _Signature(place, parse_tag_value(value))
            except (InvalidTagValueList, IndexError):
                continue


def _stands_for(signer: str, domain: str) -> bool:
    """Whether a domain may speak for that of `From`: it is the same, or one above it.

    RFC 7489 lets siblings speak too, by a list of who registers what; without the list that is not safe.
    """
    return "." in signer and (domain == signer or domain.endswith(f".{signer}"))


def _checked(
    raw: RawMessage, fields: Fields, signature: _Signature, domain: str, lookup: Lookup
) -> Vouched:
    by = f"the signature of {signature.domain}"
    if flaw := _flaw(fields, signature):
        return Vouched(Trust.UNKNOWN, f"{by} {flaw}")
    try:
        key = lookup(signature.key_name)
    except NoAnswer as reason:
        return Vouched(Trust.UNKNOWN, str(reason))
    if not key:
        return Vouched(Trust.UNKNOWN, f"{by} has no key in DNS (any more)")
    if flaw := _flaw_of_key(key, signature, domain):
        return Vouched(Trust.UNKNOWN, f"{by} has a key that {flaw}")
    try:
        checker = dkim.DKIM(raw.data)
        is_valid = checker.verify(signature.place, dnsfunc=lambda *_, **__: key)
    except dkim.ValidationError as error:
        is_changed = _MISMATCH in str(error)
        why = "is not of this text" if is_changed else f"does not hold (any more): {error}"
        return Vouched(Trust.FAILED if is_changed else Trust.UNKNOWN, f"{by} {why}")
    except _RAISED as error:
        return Vouched(Trust.UNKNOWN, f"{by} cannot be read: {error or type(error).__name__}")
    if is_valid and checker.domain.decode("ascii", "replace").lower() == signature.domain:
        by_subject = not signature.signed.issuperset(_there(_THREAD, fields))
        return Vouched(Trust.VERIFIED, f"signed by {signature.domain}", by_subject)
    return Vouched(Trust.FAILED, f"{by} is wrong")


def _flaw(fields: Fields, signature: _Signature) -> str:
    """What keeps a signature from counting, whatever the key says; empty if nothing does."""
    if not _NAME.fullmatch(signature.key_name):
        return "names no key that could be asked for"
    if signature.tags.get(b"a", b"").strip().lower() == _WEAK:
        return "is by SHA-1, which counts no more"
    if b"l" in signature.tags:
        return "covers only the beginning of the body"
    if signature.tags.get(b"h", b"").count(b":") >= MOST_SIGNED:
        return "covers too many headers"
    if missing := sorted(_needed(fields, signature.signed) - signature.signed):
        return f"does not cover {_listed(missing)}"
    return ""


def _needed(fields: Fields, signed: frozenset[bytes]) -> frozenset[bytes]:
    """The headers that must be signed: those that tie the words to a person and to what they are about.

    Also how the body is encoded, where that is more than plain text: read by another it would say other things.
    """
    needed = {b"from"}
    if not signed.issuperset(_TITLE):
        needed.update(_there(_THREAD, fields))
    kind = header.value(fields, b"content-type").lower()
    if kind and not kind.startswith("text/plain"):
        needed.add(b"content-type")
    if header.value(fields, b"content-transfer-encoding").lower() not in _PLAIN:
        needed.add(b"content-transfer-encoding")
    return frozenset(needed)


def _there(names: Sequence[bytes], fields: Fields) -> Iterator[bytes]:
    return (name for name in names if name in fields)


def _flaw_of_key(key: bytes, signature: _Signature, domain: str) -> str:
    """What keeps a key from counting (RFC 6376 §3.6.1); empty if nothing does."""
    if len(key) > MOST_KEY:
        return "is too long"
    try:
        flags = parse_tag_value(key).get(b"t", b"").replace(b" ", b"").split(b":")
        dkim.evaluate_pk(signature.key_name, key)
    except (*_RAISED, InvalidTagValueList):
        return "cannot be read"
    if b"y" in flags:
        return "is only tried out"
    if b"s" in flags and domain != signature.domain:
        return f"is not for {domain}"
    return ""


def _listed(names: Sequence[bytes]) -> str:
    return ", ".join(name.decode().title() for name in names)
