"""A mail made fit for a server: CRLF line ends, lines no longer than may be, in words the server knows.

Law: who decodes what comes out reads what was put in, to the byte. Must not know connections.

Sources: RFC 5321 §4.5.3.1.6 (998 octets and CRLF), §4.5.2 (transparency), RFC 6152 (8BITMIME), RFC 2045 §6.7
(quoted-printable).
"""

import re
from binascii import b2a_qp

_LONGEST = 998
_LINE_END = re.compile(rb"\r\n|\n|\r")
_ENCODING = re.compile(rb"^Content-Transfer-Encoding:[^\n]*\n", re.MULTILINE | re.IGNORECASE)


def fit(mail: bytes, eightbit: bool) -> bytes:
    """The mail with CRLF line ends; its text in quoted-printable where it could not go as it stands.

    That is where a line is too long, holds a lone CR or NUL, or, unless the server takes `eightbit` text,
    anything beyond ASCII. A mail without an encoding of its own is left alone but for its line ends.
    """
    head, gap, body = mail.partition(b"\n\n")
    if not _goes(body, eightbit) and _ENCODING.search(head + b"\n"):
        line = b"Content-Transfer-Encoding: quoted-printable\n"
        head = _ENCODING.sub(line, head + b"\n", count=1).removesuffix(b"\n")
        body = b"\n".join(_quoted(each) for each in body.split(b"\n"))
    whole = head + gap + body
    return _LINE_END.sub(b"\r\n", whole if whole.endswith(b"\n") else whole + b"\n")


def stuffed(mail: bytes) -> bytes:
    """A mail with CRLF line ends as it goes over the wire, but for the dot that ends it."""
    dotted = mail.replace(b"\r\n.", b"\r\n..")
    return b"." + dotted if dotted.startswith(b".") else dotted


def _goes(body: bytes, eightbit: bool) -> bool:
    """Whether the text can go over the wire as it stands."""
    if b"\r" in body or b"\0" in body or not (eightbit or body.isascii()):
        return False
    return max(map(len, body.split(b"\n"))) <= _LONGEST


def _quoted(line: bytes) -> bytes:
    # `From ` at the start of a line is what mbox writers on the way would quote.
    made = b2a_qp(line, istext=False)
    return b"=46" + made[1:] if made.startswith(b"From ") else made
