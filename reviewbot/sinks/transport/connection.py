"""A connection to a server that takes mails: private, proved to be the one meant, and logged in.

Law: no password over a connection that others can read; what a server said is shown, what we said to log in
never is. Must not know mails.

Sources: RFC 5321, RFC 3207 (STARTTLS), RFC 4954 (AUTH), RFC 4616 (PLAIN), the LOGIN and XOAUTH2 mechanisms as
servers offer them.
"""

import smtplib
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address
from threading import Timer

from reviewbot.errors import ConfigError, ServiceError
from reviewbot.sinks.transport.secret import Secret
from reviewbot.sinks.transport.settings import Encryption, Login, Smtp

Ask = Callable[[], Secret]

_READY = 220
_CHALLENGE = 334
_LOGGED_IN = 235
_LONGEST = 200
# How often the longest wait for one answer may pass while a connection is made.
_STEPS = 3


def connected(settings: Smtp, ask: Ask) -> smtplib.SMTP:
    """A connection on which mails are taken; `ask` gives the password where one is needed.

    Raises ServiceError where the server is not there, not the one meant, or lets nobody in; ConfigError where
    the settings would give a password away.
    """
    if settings.user and not _is_private(settings):
        raise ConfigError(
            f"{where(settings)}: the password would go over the net in clear",
            'Set smtp.encryption to "starttls" or "tls".',
        )
    with ExitStack() as stack:
        line = _opened(settings)
        stack.callback(line.close)
        if line.sock is not None:
            # The dot that ends a mail must not lie about until the mail is acknowledged: nobody knows so long.
            line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with within(line, settings.timeout * _STEPS):
            _greet(line, settings)
            if settings.user:
                _log_in(line, settings, ask())
        stack.pop_all()
    return line


def where(settings: Smtp) -> str:
    """The server, as people name it: `smtp.example.org:587`."""
    host, port = settings.at
    return f"{host}:{port}"


def answer(code: int, said: bytes) -> str:
    """What a server said, on one line of bounded length: `550 5.1.1 no such user`."""
    words = " ".join(said.decode("utf-8", "replace").split())
    whole = f"{code} {words}".strip() if code >= 0 else words or "no answer that can be read"
    return whole if len(whole) <= _LONGEST else whole[: _LONGEST - 3] + "..."


@contextmanager
def within(line: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """While the block runs, end the connection after so many seconds, however the server trickles."""
    timer = Timer(seconds, _cut, (line,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(line: smtplib.SMTP) -> None:
    found = line.sock
    if found is not None:
        try:
            # Of the socket itself: that of TLS would first forget its keys.
            socket.socket.shutdown(found, socket.SHUT_RDWR)
        except OSError:
            return


def _opened(settings: Smtp) -> smtplib.SMTP:
    host, port = settings.at
    hello = settings.hello or _own_name()
    try:
        if settings.encryption is Encryption.TLS:
            return smtplib.SMTP_SSL(
                host, port, hello, timeout=settings.timeout, context=_context(settings)
            )
        return smtplib.SMTP(host, port, hello, timeout=settings.timeout)
    except smtplib.SMTPResponseException as error:
        raise _no(settings, f"turns us away: {_words(error)}") from None
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        raise _no(settings, f"cannot be reached: {_reason(error)}") from None


def _greet(line: smtplib.SMTP, settings: Smtp) -> None:
    """EHLO, and the way into TLS where it is asked for; there is no way without."""
    try:
        _expect(line.ehlo(), 250, settings, "does not greet us")
        if settings.encryption is Encryption.STARTTLS:
            if not line.has_extn("starttls"):
                raise _no(settings, "offers no STARTTLS, and nothing is sent in clear")
            line.starttls(context=_context(settings))
            _expect(line.ehlo(), 250, settings, "does not greet us after STARTTLS")
    except smtplib.SMTPResponseException as error:
        raise _no(settings, f"cannot begin TLS: {_words(error)}") from None
    except (OSError, smtplib.SMTPException) as error:
        raise _no(settings, f"breaks off: {_reason(error)}") from None


def _log_in(line: smtplib.SMTP, settings: Smtp, password: Secret) -> None:
    offered = line.esmtp_features.get("auth", "").upper().split()
    try:
        if settings.login is Login.XOAUTH2:
            reply = _xoauth2(line, settings.user, password)
        elif "PLAIN" in offered or "LOGIN" not in offered:
            both = f"\0{settings.user}\0{password.reveal()}"
            reply = line.docmd("AUTH", f"PLAIN {_base64(both)}")
        else:
            reply = line.docmd("AUTH", f"LOGIN {_base64(settings.user)}")
            if reply[0] == _CHALLENGE:
                reply = line.docmd(_base64(password.reveal()))
    except (OSError, smtplib.SMTPException) as error:
        raise _no(settings, f"breaks off while we log in: {_reason(error)}") from None
    if reply[0] != _LOGGED_IN:
        said = _without(password, answer(*reply))
        raise _no(settings, f"does not let {settings.user} in: {said}")


def _without(password: Secret, said: str) -> str:
    """What a server said, without a password that it repeats."""
    hidden = password.reveal()
    return said if hidden not in said and _base64(hidden) not in said else said[:3]


def _xoauth2(line: smtplib.SMTP, user: str, token: Secret) -> tuple[int, bytes]:
    reply = line.docmd(
        "AUTH", f"XOAUTH2 {_base64(f'user={user}{chr(1)}auth=Bearer {token.reveal()}{chr(1) * 2}')}"
    )
    # A refusal comes as a challenge that says why; an empty answer brings the code.
    return line.docmd("") if reply[0] == _CHALLENGE else reply


def _expect(reply: tuple[int, bytes], code: int, settings: Smtp, otherwise: str) -> None:
    if reply[0] != code:
        raise _no(settings, f"{otherwise}: {answer(*reply)}")


def _context(settings: Smtp) -> ssl.SSLContext:
    """TLS with certificates checked against the system's, or against those of `ca_file`."""
    try:
        return ssl.create_default_context(cafile=settings.ca_file or None)
    except OSError as error:
        raise ConfigError(f"smtp.ca_file: {settings.ca_file}: {_reason(error)}") from None


def _is_private(settings: Smtp) -> bool:
    if settings.encryption is not Encryption.NONE or settings.host == "localhost":
        return True
    try:
        return ip_address(settings.host).is_loopback
    except ValueError:
        return False


def _own_name() -> str:
    """What we call ourselves; the name of the machine only where it is one that others may know."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "localhost.localdomain"


def _base64(text: str) -> str:
    return b64encode(text.encode("utf-8", "surrogateescape")).decode("ascii")


def _words(error: smtplib.SMTPResponseException) -> str:
    said = error.smtp_error
    return answer(error.smtp_code, said if isinstance(said, bytes) else said.encode())


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted ({error.verify_message})"
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__


def _no(settings: Smtp, what: str) -> ServiceError:
    return ServiceError(f"{where(settings)} {what}")
