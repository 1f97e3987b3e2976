"""An mbox becomes mails: mboxrd, mboxo, Patchwork's, public-inbox's, `git format-patch --stdout`.

Formats: mbox(5); RFC 4155; public-inbox-v1-format(5) (`From mboxrd@z Thu Jan  1 00:00:00 1970`);
git-format-patch(1) (`From <commit> Mon Sep 17 00:00:00 2001`). Law: a line `From …` inside a body never
splits a mail. Must not know what a mail says, beyond that it begins with header fields.
"""

import re
from collections.abc import Iterator

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
_EMPTY = re.compile(rb"\r?(?:\n|\Z)")
_COMMIT = re.compile(rb"From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001")
# Fields that only a mail that travelled has; a mail pasted into a body rarely does.
_TRAVELLED = re.compile(rb"^(?:Message-ID|Received|Return-Path|X-Patchwork-Id):", re.IGNORECASE)
_ORDINARY = re.compile(rb"^(?:From|Subject|Date|To|Sender):", re.IGNORECASE)
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_MAX_FIELDS = 400


def is_mbox(data: bytes) -> bool:
    """Whether `data` begins with a separator line that header fields follow, perhaps below empty lines."""
    line = _ANY_FROM.match(data, _start(data))
    return bool(line and _FIELD.match(data, line.end()))


def split(data: bytes) -> Iterator[bytes]:
    """The mails of an mbox in order, without separator line, `>From ` unquoted by one `>`.

    The empty line an mbox puts before each separator is not part of a mail. Data that does not begin with
    a separator holds no mails.
    """
    if not is_mbox(data):
        return
    start = _start(data)
    date = _DATE if _DATE.match(data, start) else _LOOSE_DATE
    style = _style(data, start)
    while start < len(data):
        body = data.find(b"\n", start) + 1
        start = _next(data, body, date, style)
        yield _unquoted(_trimmed(data[body:start]))


def _start(data: bytes) -> int:
    """The offset of the first line that is not empty."""
    leading = _LEADING.match(data)
    return leading.end() if leading else 0


def _next(data: bytes, at: int, date: re.Pattern[bytes], style: str) -> int:
    """The offset of the next separator line from `at` on, or the length of the data."""
    found = data.find(b"\nFrom ", at)
    while found >= 0:
        line = found + 1
        if data[found - 1 : found] == b"\n" or data[found - 2 : found] == b"\n\r":
            below = date.match(data, line)
            if below and _begins_mail(data, line, below.end(), style):
                return line
        found = data.find(b"\nFrom ", line)
    return len(data)


def _begins_mail(data: bytes, at: int, below: int, style: str) -> bool:
    """Whether header fields of a real mail stand `below` the dated `From ` line at `at`.

    Below one in another style than the file's first, as a pasted `git format-patch` in a body of a
    public-inbox file, there must be a field that only mail that travelled has.
    """
    travelled, ordinary = _fields(data, below)
    return travelled or (ordinary and _style(data, at) == style)


def _fields(data: bytes, at: int) -> tuple[bool, bool]:
    """Whether the header block at `at` has a field of a mail that travelled, and one any mail has."""
    travelled = ordinary = False
    for _ in range(_MAX_FIELDS):
        field = _FIELD.match(data, at)
        if not field:
            return (travelled, ordinary) if _EMPTY.match(data, at) else (False, False)
        travelled = travelled or bool(_TRAVELLED.match(field[0]))
        ordinary = ordinary or bool(_ORDINARY.match(field[0]))
        at = field.end()
    return travelled, ordinary


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
