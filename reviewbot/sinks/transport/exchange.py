"""One mail over a connection, step by step, and what each answer of the server means.

Law: until the dot that ends a mail has been begun, nothing was taken, whatever goes wrong; from then on only an
answer tells. Must not know how a connection is made, nor what a mail says.

Source: RFC 5321 §3.3, §4.1.1.4, §4.2.1, §4.5.3.2 (timeouts), RFC 1870 (SIZE).
"""

import smtplib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from msgspec import Struct

from reviewbot.sinks.transport.connection import answer, within
from reviewbot.sinks.transport.delivery import AtLast, Delivery, Sent, nothing
from reviewbot.sinks.transport.wire import fit, stuffed

_GO_ON = 354
_DONE = 250
_CLOSING = 421
# What a server says who wants TLS or a login first: a matter of the settings, not of the mail.
_NOT_LIKE_THIS = frozenset((530, 534, 535, 538))


class Patience(Struct, frozen=True):
    """The longest waits: for each answer, and for the one that takes or refuses a mail; seconds."""

    step: float
    last: float


class _StopError(Exception):
    """The mail goes no further, and nothing has left."""

    def __init__(self, sent: Sent) -> None:
        super().__init__(sent.detail)
        self.sent = sent


def exchanged(
    line: smtplib.SMTP,
    mail: bytes,
    sender: str,
    recipients: Sequence[str],
    patience: Patience,
    at_last: AtLast = nothing,
) -> Sent:
    """Hand a mail over on a connection where no other is under way.

    Refused for now by one recipient, it is for now sent to none: it goes to all who will ever get it at once.
    """
    with ExitStack() as stack:
        # Interrupted, it is of no more use: the server waits for the rest of a mail.
        stack.callback(line.close)
        came = _exchanged(line, mail, sender, recipients, patience, at_last)
        stack.pop_all()
    return came


def _exchanged(
    line: smtplib.SMTP,
    mail: bytes,
    sender: str,
    recipients: Sequence[str],
    patience: Patience,
    at_last: AtLast,
) -> Sent:
    data = fit(mail, line.has_extn("8bitmime"))
    limit = line.esmtp_features.get("size", "")
    if limit.isdigit() and 0 < int(limit) < len(data):
        said = f"the server takes mails of {limit} bytes at most, this one has {len(data)}"
        return Sent(Delivery.REFUSED, said)
    try:
        with within(line, patience.step * (len(recipients) + 3)):
            refused = _offered(line, data, sender, recipients)
    except _StopError as stop:
        _forget(line, patience.step)
        return stop.sent
    except (smtplib.SMTPException, OSError) as error:
        line.close()
        return Sent(
            Delivery.LATER, f"the connection was lost before the mail was over: {error}", ends=True
        )
    at_last()
    return _ended(line, refused, patience)


def _offered(
    line: smtplib.SMTP, data: bytes, sender: str, recipients: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Everything but the last dot; who was refused for good."""
    _check("MAIL", *line.mail(sender, tuple(_options(line, data))))
    refused: list[tuple[str, str]] = []
    for address in recipients:
        code, said = line.rcpt(address)
        if 500 <= code < 600 and code not in _NOT_LIKE_THIS:
            refused.append((address, answer(code, said)))
        else:
            _check(f"RCPT {address}", code, said)
    if len(refused) == len(recipients):
        raise _StopError(Sent(Delivery.REFUSED, "all recipients were refused", tuple(refused)))
    line.putcmd("data")
    code, said = line.getreply()
    _check("DATA", code, said, _GO_ON)
    line.send(stuffed(data))
    return tuple(refused)


def _ended(line: smtplib.SMTP, refused: tuple[tuple[str, str], ...], patience: Patience) -> Sent:
    """The dot, and what comes of it."""
    try:
        if line.sock is not None:
            line.sock.settimeout(patience.last)
        with within(line, patience.last):
            line.send(b".\r\n")
            code, said = line.getreply()
    except (smtplib.SMTPException, OSError) as error:
        line.close()
        said_not = f"the whole mail was handed over, and no answer came: {error}"
        return Sent(Delivery.UNKNOWN, said_not, refused, ends=True)
    if line.sock is not None:
        line.sock.settimeout(patience.step)
    words = answer(code, said)
    if code == _DONE:
        return Sent(Delivery.ACCEPTED, words, refused)
    if 400 <= code < 500:
        return Sent(Delivery.LATER, f"after DATA: {words}", ends=code == _CLOSING)
    if 500 <= code < 600:
        return Sent(Delivery.REFUSED, f"after DATA: {words}")
    line.close()
    return Sent(Delivery.UNKNOWN, f"no known answer to the mail: {words}", refused, ends=True)


def _options(line: smtplib.SMTP, data: bytes) -> Iterator[str]:
    if line.has_extn("size"):
        yield f"size={len(data)}"
    if not data.isascii():
        yield "body=8bitmime"


def _check(step: str, code: int, said: bytes, wanted: int = _DONE) -> None:
    """Go on only where the answer says so."""
    if code == wanted or (wanted == _DONE and code in (251, 252)):
        return
    words = f"{step}: {answer(code, said)}"
    if 500 <= code < 600 and code not in _NOT_LIKE_THIS:
        raise _StopError(Sent(Delivery.REFUSED, words))
    # 421, no answer of SMTP at all, or a login that is wanted: no other mail will fare better.
    ends = code == _CLOSING or not 400 <= code < 500
    raise _StopError(Sent(Delivery.LATER, words, ends=ends))


def _forget(line: smtplib.SMTP, seconds: float) -> None:
    """Take back what the server has heard of a mail; a connection that cannot is of no more use."""
    try:
        with within(line, seconds):
            code, _ = line.docmd("RSET")
    except (smtplib.SMTPException, OSError):
        code = -1
    if code != _DONE:
        line.close()
