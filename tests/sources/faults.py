"""A server on a free loopback port that does what real ones seldom do.

    with faults() as server:
        server.play("/x", overload(times=2), mail())    # the first answer, and from then on the last one
        server.url("/x"); server.seen                    # every request that came, in order

A `Play` writes raw bytes to the connection and says whether it stays open.
"""

import gzip
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from msgspec import Struct

MAIL = b"From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: Ada <ada@example.org>\nSubject: x\n\nbody\n"
WALL = (
    b"<!doctype html><html><head><title>Making sure you&#39;re not a bot!</title></head>"
    b"<body><script src='/.within.website/x/cmd/anubis/static/js/main.mjs'></script></body></html>"
)
PAGE = b"<!DOCTYPE html>\n<html><head><title>Down for\n maintenance</title></head><body>.</body></html>"

needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl is not installed: no certificate can be made"
)


class Seen(Struct, frozen=True):
    """One request that came; `peer` is the port of the client, one for each connection."""

    method: str
    path: str
    fields: dict[str, str]
    peer: int


Play = Callable[[BaseHTTPRequestHandler], bool]


def answer(
    status: int = 200,
    body: bytes = b"",
    fields: dict[str, str] | None = None,
    size: int | None = None,
) -> Play:
    """A plain answer; `size` is the Content-Length told, -1 for none."""

    def play(handler: BaseHTTPRequestHandler) -> bool:
        length = len(body) if size is None else size
        handler.send_response(status)
        for name, value in (fields or {}).items():
            handler.send_header(name, value)
        if length >= 0:
            handler.send_header("Content-Length", str(length))
        handler.end_headers()
        handler.wfile.write(body)
        return length == len(body)

    return play


def mail(body: bytes = MAIL, kind: str = "text/plain; charset=UTF-8", **fields: str) -> Play:
    return answer(200, body, {"Content-Type": kind, **fields})


def redirect(to: str, status: int = 302) -> Play:
    return answer(status, b"", {"Location": to})


def reset(handler: BaseHTTPRequestHandler) -> bool:
    """The connection is torn down without an answer (RST, not FIN)."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    return False


def reset_within(body: bytes, size: int) -> Play:
    """The connection is torn down after a part of the body."""

    def play(handler: BaseHTTPRequestHandler) -> bool:
        answer(200, body, {"Content-Type": "text/plain"}, size)(handler)
        handler.wfile.flush()
        time.sleep(0.02)
        return reset(handler)

    return play


def chunked(*chunks: bytes, ends: bool = True, **fields: str) -> Play:
    """A body in chunks, with or without the last one that says it is complete."""

    def play(handler: BaseHTTPRequestHandler) -> bool:
        handler.send_response(200)
        for name, value in fields.items():
            handler.send_header(name, value)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for chunk in chunks:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        handler.wfile.write(b"0\r\n\r\n" if ends else b"")
        return ends

    return play


def drip(head: bytes, drop: bytes = b"x", every: float = 0.02) -> Play:
    """`head` at once, then a drop now and then until nobody listens."""

    def play(handler: BaseHTTPRequestHandler) -> bool:
        with suppress(OSError):
            handler.wfile.write(head)
            for _ in range(int(20 / every)):
                handler.wfile.write(drop)
                time.sleep(every)
        return False

    return play


def silence(handler: BaseHTTPRequestHandler) -> bool:
    """Nothing at all, until the client has gone."""
    with suppress(OSError):
        handler.connection.settimeout(20)
        handler.connection.recv(1)
    return False


@cache
def bomb(size: int = 300_000_000) -> bytes:
    """Zeros in a thousandth of their size."""
    part = gzip.compress(b"\0" * 1_000_000, 9)
    return part * (size // 1_000_000)


@cache
def one_member_bomb(size: int = 300_000_000) -> bytes:
    """The same in a single gzip member: one deflate block, over and over (RFC 1951, RFC 1952)."""
    part = bytes(1_000_000)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)
    crc = 0
    for _ in range(size // len(part)):
        crc = zlib.crc32(part, crc)
    end = b"\x03\x00" + struct.pack("<II", crc, size)
    return b"\x1f\x8b\x08" + bytes(6) + b"\xff" + block * (size // len(part)) + end


class FaultServer(ThreadingHTTPServer):
    """Plays what it was told to, path by path."""

    daemon_threads = True
    request_queue_size = 50

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.seen: list[Seen] = []
        self._plays: dict[str, list[Play]] = {}
        self._scheme = "https" if tls else "http"
        if tls:
            self.socket = tls.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def base(self) -> str:
        return f"{self._scheme}://{self.host}"

    def url(self, path: str) -> str:
        return f"{self.base}{path}"

    def play(self, path: str, *plays: Play) -> str:
        """Answer requests to `path` with each play in turn, the last one for ever; returns the URL."""
        self._plays[path] = list(plays)
        return self.url(path)

    def next_play(self, path: str) -> Play:
        plays = self._plays.get(path, [answer(404, b"not here")])
        return plays.pop(0) if len(plays) > 1 else plays[0]

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients go when they have had enough: that is what is tested."""


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultServer

    def do_GET(self) -> None:
        fields = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append(Seen(self.command, self.path, fields, self.client_address[1]))
        stays = self.server.next_play(self.path)(self)
        self.close_connection = self.close_connection or not stays

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def faults(tls: ssl.SSLContext | None = None) -> Iterator[FaultServer]:
    server = FaultServer(tls)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def certificate(folder: Path, name: str = "127.0.0.1", days: int = 1) -> tuple[Path, Path]:
    """A certificate for `name` that vouches for itself, and its key."""
    kind = "IP" if name[0].isdigit() else "DNS"
    crt, key = folder / "server.crt", folder / "server.key"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
    ]
    command += ["-nodes", "-days", str(days), "-subj", f"/CN={name}", "-keyout", str(key)]
    command += ["-out", str(crt), "-addext", f"subjectAltName={kind}:{name}"]
    subprocess.run(command, check=True, capture_output=True)
    return crt, key


def tls(crt: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(crt, key)
    return context
