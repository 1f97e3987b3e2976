"""An mbox becomes mails: mboxrd, mboxo, Patchwork's, public-inbox's, `git format-patch --stdout`.

Formats: mbox(5); RFC 4155; public-inbox-v1-format(5) (`From mboxrd@z Thu Jan  1 00:00:00 1970`);
git-format-patch(1) (`From <commit> Mon Sep 17 00:00:00 2001`). Law: a line `From …` inside a body never
splits a mail. Must not know what a mail says, beyond that it begins with header fields.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

# Bytes from a `From ` line on that tell whether a mail begins there; no header block is as long.
REACH = 256 << 10

# What an mbox writer puts behind the sender: the date of asctime(3), perhaps with a zone.
_DATE = re.compile(
    rb"From [^\n]{0,300}(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) "
    rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]?\d \d\d:\d\d(?::\d\d)?"
    rb"(?: [A-Z]{1,5}| [+-]\d{4})? \d{4}(?: [A-Z+-][A-Z\d]{0,5})?[ \t]*\r?\n"
)
# For files whose first separator already has another form of date.
_LOOSE_DATE = re.compile(rb"From (?=[^\n]{0,300}\b\d{4}\b)[^\n]{0,300}\b\d\d?:\d\d\b[^\n]{0,300}\n")
_LEADING = re.compile(rb"[\r\n]*")
_ANY_FROM = re.compile(rb"From [^\n]*\n")
_FIELD = re.compile(
    rb"(?:[!-9;-~]{1,80}[ \t]*:[^\n]*|>?From [^\n]*)(?:\n|\Z)(?:[ \t][^\n]*(?:\n|\Z))*"
)
# One less than are looked at; possessive, since a header block can be read in one way only.
_FIELDS = re.compile(
    rb"(?:(?:[!-9;-~]{1,80}+[ \t]*+:[^\n]*+|>?From [^\n]*+)(?:\n|\Z)"
    rb"(?:[ \t][^\n]*+(?:\n|\Z))*+){0,399}+"
)
_EMPTY = re.compile(rb"\r?(?:\n|\Z)")
_COMMIT = re.compile(rb"From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001")
# Fields that only a mail that travelled has; a mail pasted into a body rarely does.
_TRAVELLED = re.compile(rb"\n(?:Message-ID|Received|Return-Path|X-Patchwork-Id):", re.IGNORECASE)
_ORDINARY = re.compile(rb"\n(?:From|Subject|Date|To|Sender):", re.IGNORECASE)
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


class Manner(Struct, frozen=True):
    """How the writer of an mbox parts mails, told by its first separator: the form of dates, the style."""

    date: re.Pattern[bytes]
    style: str


def is_mbox(data: bytes) -> bool:
    """Whether `data` begins with a separator line that header fields follow, perhaps below empty lines."""
    return manner(data) is not None


def manner(data: bytes) -> Manner | None:
    """How mails are parted in the mbox that begins with `data`; None where it is none."""
    start = _start(data)
    line = _ANY_FROM.match(data, start)
    if not line or not _FIELD.match(data, line.end()):
        return None
    return Manner(_DATE if _DATE.match(data, start) else _LOOSE_DATE, _style(data, start))


def split(data: bytes) -> Iterator[bytes]:
    """The mails of an mbox in order, without separator line, `>From ` unquoted by one `>`.

    The empty line an mbox puts before each separator is not part of a mail. Data that does not begin with
    a separator holds no mails.
    """
    way = manner(data)
    if way is None:
        return
    start = _start(data)
    while start >= 0:
        body = data.find(b"\n", start) + 1
        start = separator(data, body, len(data), way)
        yield unwrapped(data[body:start] if start >= 0 else data[body:])


def separator(data: bytes, at: int, end: int, way: Manner) -> int:
    """The offset of the first separator line behind the line end at `at` or later, before `end`; or -1.

    Two bytes before `at` count, and what stands behind `end`, as far as REACH.
    """
    found = data.find(b"\nFrom ", at, end)
    while found >= 0:
        line = found + 1
        if data[found - 1 : found] == b"\n" or data[found - 2 : found] == b"\n\r":
            below = way.date.match(data, line)
            if below and _begins_mail(data, line, below.end(), way.style):
                return line
        found = data.find(b"\nFrom ", line, end)
    return -1


def unwrapped(mail: bytes) -> bytes:
    """The mail of what stands between two separators."""
    return _unquoted(_trimmed(mail))


def _start(data: bytes) -> int:
    """The offset of the first line that is not empty."""
    leading = _LEADING.match(data)
    return leading.end() if leading else 0


def _begins_mail(data: bytes, at: int, below: int, style: str) -> bool:
    """Whether header fields of a real mail stand `below` the dated `From ` line at `at`.

    Below one in another style than the file's first, as a pasted `git format-patch` in a body of a
    public-inbox file, there must be a field that only mail that travelled has.
    """
    fields = _FIELDS.match(data, below, at + REACH)
    end = fields.end() if fields else below
    if further := _FIELD.match(data, end, at + REACH):
        end = further.end()
    elif not _EMPTY.match(data, end, at + REACH):
        return False
    # Both begin with the line end above.
    travelled = _TRAVELLED.search(data, below - 1, end)
    return bool(travelled or (_ORDINARY.search(data, below - 1, end) and _style(data, at) == style))


def _style(data: bytes, at: int) -> str:
    """The family of writers a separator line belongs to."""
    if _COMMIT.match(data, at):
        return "format-patch"
    line = data[at : at + 320].partition(b"\n")[0].rstrip()
    if line.endswith(b"00:00:00 1970"):
        return "public-inbox"
    return "patchwork" if line.startswith(b"From patchwork ") else "delivery"


def _trimmed(mail: bytes) -> bytes:
    """`mail` without the empty line that ends it in an mbox."""
    if mail.endswith(b"\n\n"):
        return mail[:-1]
    return mail[:-2] if mail.endswith(b"\n\r\n") else mail


def _unquoted(mail: bytes) -> bytes:
    """`mail` with one `>` taken off each quoted `From ` line (mboxrd; in mboxo there is only one)."""
    return _QUOTED.sub(rb"\1", mail) if b"\n>" in mail and b">From " in mail else mail
