"""A real server of mail on loopback, on a port of its own, that does what a test wants of it."""

# ruff: noqa: N802 - the names are those of aiosmtpd

import asyncio
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from reviewbot.sinks.transport.settings import Encryption, Smtp

LOOPBACK = "127.0.0.1"


class Post:
    """What the server keeps, and what it answers: `rcpt` by address, `mail`, `data` to every mail.

    An answer may be a string, `None` for yes, or a function that is called for each mail.
    """

    def __init__(self) -> None:
        self.mails: list[tuple[str, tuple[str, ...], bytes]] = []
        self.rcpt: dict[str, str] = {}
        self.mail: str | None = None
        self.data: str | Callable[[], str | None] | None = None
        self.logins: list[tuple[str, str, str]] = []
        self.users = {"bot": "open sesame"}
        self.sessions = 0
        self.heard: list[str] = []
        self.port = 0

    async def handle_EHLO(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        self.sessions += 1
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:
        if self.mail:
            return self.mail
        envelope.mail_from = address
        return "250 sender is known"

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if refusal := self.rcpt.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 will do"

    async def handle_DATA(self, server, session, envelope) -> str:
        said = self.data() if callable(self.data) else self.data
        if said is None or said.startswith("2"):
            kept = (envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content)
            self.mails.append(kept)
        return said or "250 2.0.0 queued as 1"

    def login(self, server, session, envelope, mechanism: str, data: Any) -> AuthResult:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        user, password = data.login.decode(), data.password.decode()
        self.logins.append((mechanism, user, password))
        return AuthResult(success=self.users.get(user) == password, handled=False)

    def settings(self, **fields: Any) -> Smtp:
        """The settings for this server, without encryption unless said otherwise."""
        known = {"host": LOOPBACK, "port": self.port, "encryption": Encryption.NONE}
        return Smtp(**(known | {"timeout": 5.0, "answer_timeout": 5.0} | fields))


@contextmanager
def server(
    kind: type[SMTP] = SMTP, tls: ssl.SSLContext | None = None, **options: Any
) -> Iterator[Post]:
    """A server in a thread of its own; `tls` from the first byte, `options` are those of aiosmtpd."""
    post, made = Post(), []
    loop = asyncio.new_event_loop()
    open_login = options.pop("open_login", False)

    def make() -> SMTP:
        one = kind(post, hostname="mx.example.org", ident="here", loop=loop, **known)
        # Said to the constructor, this would be a warning.
        one._auth_require_tls = one._auth_require_tls and not open_login
        made.append(one)
        return one

    known = {"authenticator": post.login, "enable_SMTPUTF8": True} | options
    listening = loop.run_until_complete(loop.create_server(make, LOOPBACK, 0, ssl=tls))
    post.port = listening.sockets[0].getsockname()[1]
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield post
    finally:
        asyncio.run_coroutine_threadsafe(_closed(listening, made), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _closed(listening: asyncio.Server, made: list[SMTP]) -> None:
    listening.close()
    for one in made:
        for transport in (one.transport, one._original_transport):
            if transport is not None:
                transport.abort()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0.01)


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 as a file to trust, and the context of a server that has it."""
    key, chain = folder / "key.pem", folder / "cert.pem"
    command = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
    command += ("-nodes", "-keyout", str(key), "-out", str(chain), "-days", "2", "-subj", "/CN=a")
    command += ("-addext", f"subjectAltName=IP:{LOOPBACK}")
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, key)
    return chain, context


class Breaking(SMTP):
    """Ends the connection in place of the answer to the command `at`; after `DOT` it has the mail."""

    at = ""

    @classmethod
    def when(cls, at: str) -> type[SMTP]:
        return type("Breaking" + at, (cls,), {"at": at})

    async def push(self, status: Any) -> None:
        words = status if isinstance(status, str) else status.decode()
        is_last = {"DOT": "queued as", "TEXT": "354", "GREETING": "220 mx"}.get(
            self.at, "\0"
        ) in words
        if is_last and self.at != "TEXT":
            self._break()
            return
        await super().push(status)
        if is_last:
            await self._reader.readuntil(b"\r\n")
            self._break()

    def _break(self) -> None:
        self.transport.abort()
        raise asyncio.CancelledError

    async def smtp_EHLO(self, hostname: str) -> None:
        await (self._broken() if self.at == "EHLO" else super().smtp_EHLO(hostname))

    async def smtp_STARTTLS(self, arg: str) -> None:
        await (self._broken() if self.at == "STARTTLS" else super().smtp_STARTTLS(arg))

    async def smtp_AUTH(self, arg: str) -> None:
        await (self._broken() if self.at == "AUTH" else super().smtp_AUTH(arg))

    async def smtp_MAIL(self, arg: str) -> None:
        await (self._broken() if self.at == "MAIL" else super().smtp_MAIL(arg))

    async def smtp_RCPT(self, arg: str) -> None:
        await (self._broken() if self.at == "RCPT" else super().smtp_RCPT(arg))

    async def smtp_DATA(self, arg: str) -> None:
        await (self._broken() if self.at == "DATA" else super().smtp_DATA(arg))

    async def smtp_QUIT(self, arg: str) -> None:
        await (self._broken() if self.at == "QUIT" else super().smtp_QUIT(arg))

    async def _broken(self) -> None:
        self._break()


GREETING = b"220 mx.example.org\r\n"
FEATURES = b"250-mx.example.org\r\n250 8BITMIME\r\n"


@contextmanager
def scripted(**answers: bytes) -> Iterator[Post]:
    """A server that answers each command with these bytes and nothing else; `dot` is what a mail gets.

    `ehlo`, `mail`, `rcpt`, `data`, `rset`, `noop`, `quit` have answers unless they are given; an answer that
    ends in `!` is sent without it, and then the connection is ended; one in `~` byte by byte, for ever.
    """
    known = {"greeting": GREETING, "ehlo": FEATURES, "data": b"354 go on\r\n"}
    known |= answers
    post = Post()
    listening = socket.create_server((LOOPBACK, 0))
    post.port = listening.getsockname()[1]
    done = Event()
    thread = Thread(target=_served, args=(listening, known, post, done))
    thread.start()
    try:
        yield post
    finally:
        done.set()
        listening.close()
        thread.join(10)


def _served(listening: socket.socket, answers: dict[str, bytes], post: Post, done: Event) -> None:
    listening.settimeout(0.1)
    while not done.is_set():
        try:
            peer, _ = listening.accept()
        except TimeoutError:
            continue
        except OSError:
            return
        with peer, suppress(OSError):
            _talked(peer, answers, post, done)


def _talked(peer: socket.socket, answers: dict[str, bytes], post: Post, done: Event) -> None:
    peer.settimeout(5)
    post.sessions += 1
    if not _said(peer, answers["greeting"], done):
        return
    with peer.makefile("rb") as lines:
        while line := lines.readline():
            word = line.split(b" ")[0].strip().decode().lower()
            post.heard.append(line.strip().decode())
            if not _said(peer, answers.get(word, b"250 yes\r\n"), done):
                return
            if word == "data" and answers["data"].startswith(b"354"):
                text = list(iter(lines.readline, b".\r\n"))
                post.mails.append(("", (), b"".join(text)))
                if not _said(peer, answers.get("dot", b"250 queued\r\n"), done):
                    return


def _said(peer: socket.socket, answer: bytes, done: Event) -> bool:
    """Answer; whether the talk goes on."""
    while answer.endswith(b"~") and not done.is_set():
        peer.sendall(answer[:-1])
        done.wait(0.02)
    peer.sendall(answer.removesuffix(b"!"))
    return not answer.endswith(b"!")
