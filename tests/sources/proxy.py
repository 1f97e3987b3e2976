"""A proxy that writes down where every request wants to go, and lets it through only to loopback.

    with recorded(monkeypatch) as proxy:
        ...                       # requests and git use it: the environment says so, no_proxy is empty
    assert proxy.hosts == {"127.0.0.1:8080"}

A request to anywhere else is written down too, and answered 502: no test reaches the world.
"""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

_HOP = {"connection", "proxy-connection", "keep-alive", "transfer-encoding", "te", "upgrade"}


class RecordingProxy(ThreadingHTTPServer):
    """`requests` is every request as `METHOD URL`, or `CONNECT host:port` for what is encrypted."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.requests: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def hosts(self) -> set[str]:
        """Each `host:port` that somebody wanted to reach."""
        targets = [request.partition(" ")[2] for request in self.requests]
        return {urlsplit(t).netloc if "://" in t else t for t in targets}

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients may go at any time."""


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: RecordingProxy

    def do_CONNECT(self) -> None:
        self.server.requests.append(f"CONNECT {self.path}")
        host, _, port = self.path.rpartition(":")
        self.close_connection = True
        if not _is_loopback(host):
            self.send_error(502)
            return
        with socket.create_connection((host, int(port)), 10) as there:
            self.send_response(200)
            self.end_headers()
            _relay(self.connection, there)

    def do_GET(self) -> None:
        self.server.requests.append(f"{self.command} {self.path}")
        target = urlsplit(self.path)
        self.close_connection = True
        if not _is_loopback(target.hostname or ""):
            self.send_error(502)
            return
        size = int(self.headers.get("Content-Length") or 0)
        fields = {name: text for name, text in self.headers.items() if name.lower() not in _HOP}
        there = HTTPConnection(target.hostname or "", target.port or 80, timeout=10)
        path = self.path.partition(target.netloc)[2] or "/"
        there.request(self.command, path, self.rfile.read(size) if size else None, fields)
        reply = there.getresponse()
        body = reply.read()
        there.close()
        self.send_response(reply.status)
        for name, text in reply.getheaders():
            if name.lower() not in {*_HOP, "content-length"}:
                self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Quiet."""


def _is_loopback(host: str) -> bool:
    return host.startswith("127.") or host in ("localhost", "::1")


def _relay(one: socket.socket, other: socket.socket) -> None:
    """Pass bytes between two sockets until one is closed."""
    with suppress(OSError):
        while True:
            ready, _, _ = select.select((one, other), (), (), 10)
            if not ready:
                return
            for source in ready:
                data = source.recv(65536)
                if not data:
                    return
                (other if source is one else one).sendall(data)


@contextmanager
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordingProxy]:
    """A proxy that everything in this process and its children is told to use."""
    with RecordingProxy() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, server.url)
            monkeypatch.setenv(name.upper(), server.url)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        yield server
        server.shutdown()
        thread.join()
