"""Whether an answer looks like what was asked for, or is a page meant for people.

Many archives stand behind a wall that hands browsers a puzzle and everybody else a page with status 200
(Anubis: https://anubis.techaro.lol, its `data/botPolicies.yaml`). Law: Content-Type and first bytes must both
fit; a wall is told apart from other pages and never climbed. Must not know who answered.
"""

import html
import re
from enum import Enum

from msgspec import Struct

from reviewbot.model.printable import header

HEAD = 64 << 10

_PAGE = re.compile(
    rb"\s*<(?:!doctype html|html|head|\?xml[^>]{0,200}>\s*<!doctype html)", re.IGNORECASE
)
_TITLE = re.compile(rb"<title[^>]*>([^<]{1,500})", re.IGNORECASE)
# What walls say in their titles, and what only they have in their pages.
_WALL_TITLE = re.compile(
    rb"not a bot|are human|just a moment|checking your browser|attention required|access denied"
    rb"|captcha|security check|verif\w+ you",
    re.IGNORECASE,
)
_WALL_MARK = re.compile(
    rb"within\.website/|techaro\.lol|anubis[_-]challenge|cf-chl|challenge-platform|g-recaptcha"
    rb"|h-captcha|cf-turnstile|go-away-challenge",
    re.IGNORECASE,
)
_PAGE_TYPES = ("text/html", "application/xhtml+xml")
_BINARY = ("", "application/octet-stream", "application/gzip", "application/x-gzip")


class Want(Enum):
    """What an answer must look like before it is believed; each may also come gzipped."""

    MAIL = "a mail"  # one, with or without public-inbox' `From mboxrd@z` line
    MBOX = "an mbox"  # begins with `From `
    JSON = "JSON"  # an object or an array
    TEXT = "plain text"


_TYPES = {
    Want.MAIL: ("text/plain", "message/rfc822", "application/mbox", *_BINARY),
    Want.MBOX: ("text/plain", "application/mbox", *_BINARY),
    Want.JSON: ("application/json", "application/javascript", "text/plain", *_BINARY),
    Want.TEXT: ("text/plain", *_BINARY),
}
_BEGINNINGS = {
    Want.MAIL: re.compile(rb"From |[!-9;-~]{1,200}[ \t]*:"),
    Want.MBOX: re.compile(rb"From "),
    Want.JSON: re.compile(rb"\s*[\[{]"),
    Want.TEXT: re.compile(rb""),
}


class Doubt(Struct, frozen=True):
    """Why an answer is not believed: what it is instead, and whether that is a wall against programs."""

    what: str
    is_wall: bool = False


def doubt(want: Want, content_type: str, head: bytes) -> Doubt | None:
    """What speaks against an answer that begins with `head` (all of it, or `HEAD` bytes), or None."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in _PAGE_TYPES or _PAGE.match(head):
        return page(head)
    if kind not in _TYPES[want]:
        return Doubt(f"something of the type {header(kind, 60)}")
    if not _BEGINNINGS[want].match(head):
        return Doubt("something that does not begin like one" if head else "nothing")
    return None


def page(head: bytes) -> Doubt:
    """A page for people, which begins with `head`, put into words."""
    title = _TITLE.search(head)
    words = html.unescape(title[1].decode("utf-8", "replace")).split() if title else ()
    named = header(" ".join(words), 80)
    said = f' titled "{named}"' if named else ""
    if _WALL_MARK.search(head) or (title and _WALL_TITLE.search(title[1])):
        return Doubt(f"a page that keeps programs out{said}", is_wall=True)
    return Doubt(f"a web page{said}")


def is_page(content_type: str, head: bytes) -> bool:
    """Whether something is a web page."""
    return content_type.lower().startswith(_PAGE_TYPES) or _PAGE.match(head) is not None


def is_complete(want: Want, tail: bytes) -> bool:
    """Whether bytes whose length nobody told can be seen to be all of them: `tail` ends a JSON value."""
    return want is Want.JSON and tail.rstrip().endswith((b"}", b"]"))
