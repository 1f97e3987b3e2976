"""A server on a free loopback port that plays Patchwork's documented REST API (1.3), as far as it is read.

Patchwork itself comes from no package registry; what is played here is what its API documentation says: lists in
pages with a `Link` header, `404` with a JSON detail, `403` for a private project without a token. Checks are made
by POST with a token, `201` with the check; they are never changed, the oldest come first.

Everything asked is kept in `requests` as (path, authorization), what was posted in `posted`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

TOKEN = "0123456789abcdef"
PAGE = 2


class Kept(NamedTuple):
    """A patch: its number, Message-ID, series, state and project, and the mail as it is handed out."""

    number: int
    message_id: str
    series: int
    state: str
    mail: bytes
    project: str = "kvm"


class Patchworks:
    """The server: its `url`, what it has, what it was asked."""

    def __init__(self, patches: tuple[Kept, ...], covers: Mapping[int, bytes]) -> None:
        self.patches = patches
        self.covers = covers
        self.private: set[str] = set()
        self.requests: list[tuple[str, str]] = []
        self.posted: list[tuple[int, dict[str, Any]]] = []
        self.checks: dict[int, list[dict[str, Any]]] = {}
        # How the next POSTs go wrong: "lost" takes the check and says nothing, a number is a status.
        self.mishaps: list[str | int] = []
        self.url = ""

    def answer(self, path: str, token: str) -> tuple[int, str, bytes, str]:
        """Status, Content-Type, body and `Link` of the answer to a path with query."""
        parts = urlsplit(path)
        words = [word for word in parts.path.split("/") if word]
        query = parse_qs(parts.query)
        match words:
            case ["api", "series", number]:
                return self._json(self._series(int(number)))
            case ["api", "patches"]:
                return self._list(parts.path, query, token)
            case ["api", "covers"]:
                return self._json([])
            case ["api", "patches", number, "checks"]:
                return self._checks(parts.path, int(number), query)
            case ["api", "patches", number]:
                kept = [each for each in self.patches if each.number == int(number)]
                return self._json(self._patch(kept[0]) if kept else None)
            case ["series", number, "mbox"]:
                mails = [each.mail for each in self.patches if each.series == int(number)]
                return 200, "text/plain", b"".join(map(_separated, mails)), ""
            case ["cover", number, "mbox"]:
                return 200, "text/plain", _separated(self.covers[int(number)]), ""
        return self._json(None)

    def take(self, path: str, token: str, kind: str, body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer to a POST."""
        words = [word for word in path.split("/") if word]
        if words[:2] != ["api", "patches"] or words[3:] != ["checks"]:
            return 405, b'{"detail":"Method not allowed."}'
        if token != f"Token {TOKEN}":
            return 403, b'{"detail":"You do not have permission to perform this action."}'
        if kind != "application/json":
            return 415, b'{"detail":"Unsupported media type."}'
        number, said = int(words[2]), json.loads(body)
        if said.get("state") not in ("pending", "success", "warning", "fail"):
            return 400, b'{"state":["A check must have a state."]}'
        if not re.fullmatch(r"[-a-zA-Z0-9_]+", said.get("context", "default")):
            return 400, b'{"context":["Enter a valid slug."]}'
        if len(said.get("target_url") or "") > 200:
            return 400, b'{"target_url":["Ensure this field has no more than 200 characters."]}'
        mishap = self.mishaps.pop(0) if self.mishaps else ""
        if isinstance(mishap, int):
            return mishap, b'{"detail":"Try later."}'
        self.posted.append((number, said))
        made = self.keep(number, **said)
        return (0, b"") if mishap == "lost" else (201, json.dumps(made).encode())

    def keep(self, number: int, **said: Any) -> dict[str, Any]:
        """A check of the patch, as if it had been posted; the newest comes last."""
        fields = {"id": sum(map(len, self.checks.values())) + 1, "user": {"username": "ci"},
                  "date": "2026-03-02T12:00:00", "context": "default", "description": None,
                  "target_url": None, **said}  # fmt: skip
        self.checks.setdefault(number, []).append(fields)
        return fields

    def _checks(
        self, path: str, number: int, query: Mapping[str, list[str]]
    ) -> tuple[int, str, bytes, str]:
        page = int(query.get("page", ["1"])[0])
        kept = self.checks.get(number, [])
        shown = kept[(page - 1) * PAGE : page * PAGE]
        more = page * PAGE < len(kept)
        link = f'<{self.url}{path}?page={page + 1}>; rel="next"' if more else ""
        return 200, "application/json", json.dumps(shown).encode(), link

    def _json(self, value: Any) -> tuple[int, str, bytes, str]:
        if value is None:
            return 404, "application/json", b'{"detail":"Not found."}', ""
        return 200, "application/json", json.dumps(value).encode(), ""

    def _list(self, path: str, query: Mapping[str, list[str]], token: str) -> Any:
        project = query.get("project", ["kvm"])[0]
        if project in self.private and token != f"Token {TOKEN}":
            return 403, "application/json", b'{"detail":"Authentication credentials."}', ""
        wanted = [each for each in reversed(self.patches) if each.project == project]
        if "state" in query:
            wanted = [each for each in wanted if each.state in query["state"]]
        if "msgid" in query:
            wanted = [each for each in self.patches if each.message_id == query["msgid"][0]]
        page = int(query.get("page", ["1"])[0])
        shown = wanted[(page - 1) * PAGE : page * PAGE]
        link = ""
        if page * PAGE < len(wanted):
            rest = "&".join(f"{k}={v}" for k, vs in query.items() if k != "page" for v in vs)
            link = f'<{self.url}{path}?{rest}&page=1>; rel="first", <{self.url}{path}?{rest}&page={page + 1}>; rel="next"'
        return (
            200,
            "application/json",
            json.dumps([self._patch(each) for each in shown]).encode(),
            link,
        )

    def _patch(self, kept: Kept) -> Mapping[str, Any]:
        series = [{"id": kept.series, "url": "", "mbox": f"{self.url}/series/{kept.series}/mbox/"}]
        return {"id": kept.number, "msgid": f"<{kept.message_id}>", "name": "a patch", "state": kept.state,
                "mbox": f"{self.url}/patch/{kept.number}/mbox/", "series": series}  # fmt: skip

    def _series(self, number: int) -> Mapping[str, Any] | None:
        own = [self._patch(each) for each in self.patches if each.series == number]
        if not own:
            return None
        cover = {"id": number, "name": "cover", "mbox": f"{self.url}/cover/{number}/mbox/"}
        return {"id": number, "name": "a series", "version": 1, "total": 3, "received_total": len(own),
                "received_all": len(own) == 3, "mbox": f"{self.url}/series/{number}/mbox/",
                "cover_letter": cover if number in self.covers else None, "patches": own}  # fmt: skip


@contextmanager
def played(patches: tuple[Kept, ...], covers: Mapping[int, bytes] = {}) -> Iterator[Patchworks]:
    """The server, running until the block is left."""
    state = Patchworks(patches, covers)

    class Plays(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            token = self.headers.get("Authorization", "")
            state.requests.append((self.path, token))
            status, kind, body, link = state.answer(self.path, token)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if link:
                self.send_header("Link", link)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            token = self.headers.get("Authorization", "")
            state.requests.append((f"POST {self.path}", token))
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            kind = self.headers.get("Content-Type", "")
            status, answer = state.take(self.path, token, kind, body)
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Plays)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _separated(mail: bytes) -> bytes:
    return b"From patchwork Mon Mar  2 12:00:00 2026\n" + mail + b"\n"
