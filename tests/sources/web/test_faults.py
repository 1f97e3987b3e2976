"""Every fault of a server: what comes out, how soon, in which words; and that nothing partial is kept.

Waits go to a clock that jumps; what must really pass (a drip, a silence) is bounded by fractions of a second.
"""

import gzip
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from reviewbot.errors import ReviewbotError, ServiceError, UsageError
from reviewbot.sources.cache.store import Shelf, Store
from reviewbot.sources.web.client import Client, RefusedError, UnreachableError, Want
from tests.sources.faults import (
    MAIL,
    PAGE,
    WALL,
    FaultServer,
    answer,
    bomb,
    certificate,
    chunked,
    drip,
    faults,
    free_port,
    mail,
    needs_openssl,
    one_member_bomb,
    redirect,
    reset,
    reset_within,
    silence,
    tls,
)
from tests.sources.web.clients import START, Watch, client

GZIP = {"Content-Type": "application/gzip"}
QUICK = 5.0  # seconds of real time that any of these may take on a busy machine; a drip lasts 20


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with faults() as running:
        yield running


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def asking(tmp_path: Path, server: FaultServer, watch: Watch) -> Iterator[Client]:
    server.seen.clear()
    with client(tmp_path / "state", server.base, watch=watch) as made:
        yield made


def fetched(asking: Client, url: str, store: Store, want: Want = Want.MAIL) -> bytes | None:
    """As every caller does it: what was believed is kept, and read."""
    began = time.monotonic()
    try:
        found = asking.get(url, want)
    finally:
        assert time.monotonic() - began < QUICK
    if found is None:
        return None
    with found:
        assert store.put(Shelf.MAILS, url, found.open())
        return found.open().read()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


def failing(asking: Client, url: str, store: Store, want: Want = Want.MAIL) -> ReviewbotError:
    """The failure, after a look that nothing was kept and no file is left."""
    with pytest.raises(ReviewbotError) as caught:
        fetched(asking, url, store, want)
    assert store.get(Shelf.MAILS, url) is None
    assert store.usage(Shelf.MAILS).entries == 0
    return caught.value


# What passes


@pytest.mark.parametrize(
    ("fields", "slept"),
    [
        ({"Retry-After": "1"}, [1.0]),
        ({"Retry-After": " 7 "}, [7.0]),
        ({"Retry-After": "60"}, [60.0]),
        ({"Retry-After": formatdate(START + 5, usegmt=True)}, [5.0]),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, [1.0]),
        ({"Retry-After": "soon"}, [1.0]),
        ({"Retry-After": "-3"}, [1.0]),
        ({"Retry-After": "0"}, [1.0]),
        ({}, [1.0]),
    ],
)
def test_429_is_waited_for_as_it_wishes(
    server: FaultServer,
    asking: Client,
    watch: Watch,
    store: Store,
    fields: dict[str, str],
    slept: list[float],
) -> None:
    url = server.play("/429", answer(429, b"slow down", fields), mail())
    assert fetched(asking, url, store) == MAIL
    assert watch.slept == slept
    assert watch.told[0].startswith(f"{server.host} answered 429 Too Many Requests")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_streak_that_ends_is_waited_out(
    server: FaultServer, asking: Client, watch: Watch, store: Store, status: int
) -> None:
    trouble = answer(status)
    url = server.play("/streak", trouble, trouble, trouble, mail())
    assert fetched(asking, url, store) == MAIL
    assert watch.slept == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    "trouble",
    [
        reset,
        reset_within(MAIL[:40], 5000),
        answer(200, MAIL[:40], {"Content-Type": "text/plain"}, size=5000),
        chunked(MAIL[:20], MAIL[20:40], ends=False),
        answer(200, gzip.compress(MAIL * 50, mtime=0)[:-9], GZIP),
        answer(200, gzip.compress(MAIL, mtime=0)[:-6] + b"\1\2\3\4\5\6", GZIP),
        answer(200, gzip.compress(MAIL, mtime=0)[:-9], {"Content-Encoding": "gzip"}),
    ],
    ids=["reset", "reset-within", "short", "chunks", "gzip-cut", "gzip-damaged", "encoding-cut"],
)
def test_a_broken_answer_is_asked_for_again(
    server: FaultServer, asking: Client, watch: Watch, store: Store, trouble: object
) -> None:
    url = server.play("/broken", trouble, trouble, mail())
    assert fetched(asking, url, store) == MAIL
    assert watch.slept == [1.0, 2.0]
    assert len(server.seen) == 3


def test_a_search_by_post_is_repeated_too(
    server: FaultServer, asking: Client, watch: Watch
) -> None:
    url = server.play("/all/?q=x&x=m", answer(503), answer(200, gzip.compress(MAIL, mtime=0), GZIP))
    with asking.post(url, Want.MBOX) as found:
        assert found.open().read() == MAIL
    assert [seen.method for seen in server.seen] == ["POST", "POST"]
    assert [seen.fields["content-length"] for seen in server.seen] == ["0", "0"]


def test_a_search_that_breaks_the_server_is_not_repeated(
    server: FaultServer, asking: Client, watch: Watch
) -> None:
    url = server.play("/all/?q=x&x=m", answer(500))
    with pytest.raises(UnreachableError, match="500"):
        asking.post(url, Want.MBOX)
    assert (len(server.seen), watch.slept) == (1, [])


# What does not


def test_an_hour_is_not_waited_and_not_forgotten(
    server: FaultServer, asking: Client, watch: Watch, store: Store, tmp_path: Path
) -> None:
    url = server.play("/hour", answer(429, b"", {"Retry-After": "3600"}))
    failure = failing(asking, url, store)
    assert str(failure) == f"{server.host} asks to wait 60 minutes (Retry-After: 3600)"
    assert "max_retry_after in the table [network] allows 60 s" in failure.hint
    assert watch.slept == []
    assert not isinstance(failure, UnreachableError)
    # The next process does not ask either, until the hour is over.
    with client(tmp_path / "state", server.base, watch=watch) as again:
        with pytest.raises(ServiceError, match="is not to be asked for another 60 minutes"):
            again.get(url, Want.MAIL)
        assert len(server.seen) == 1
        watch.sleep(3599)
        server.play("/hour", mail())
        assert fetched(again, url, store) == MAIL
        assert watch.slept == [3599, 1.0]


def test_an_hour_of_503_is_a_reason_to_ask_elsewhere(
    server: FaultServer, asking: Client, store: Store
) -> None:
    url = server.play("/hour", answer(503, b"", {"Retry-After": "3600"}))
    failure = failing(asking, url, store)
    assert isinstance(failure, UnreachableError)
    assert "asks to wait 60 minutes" in str(failure)
    # For the next question too, while the hour lasts.
    failure = failing(asking, url, store)
    assert isinstance(failure, UnreachableError)
    assert "is not to be asked for another 60 minutes" in str(failure)
    assert len(server.seen) == 1


def test_503_for_ever_ends_after_four_attempts(
    server: FaultServer, asking: Client, watch: Watch, store: Store
) -> None:
    url = server.play("/503", answer(503))
    failure = failing(asking, url, store)
    assert isinstance(failure, UnreachableError)
    assert str(failure).startswith(
        f"{server.host} answered 503 Service Unavailable (4 attempts in 7"
    )
    assert "--offline" in failure.hint
    assert watch.slept == [1.0, 2.0, 4.0]
    assert len(server.seen) == 4


def test_429_for_ever_is_no_reason_to_ask_elsewhere(
    server: FaultServer, asking: Client, store: Store
) -> None:
    failure = failing(asking, server.play("/429", answer(429)), store)
    assert type(failure) is ServiceError


def test_resets_for_ever(server: FaultServer, asking: Client, store: Store) -> None:
    failure = failing(asking, server.play("/resets", reset), store)
    assert isinstance(failure, UnreachableError)
    assert str(failure).startswith(
        f"{server.host} cannot be reached: connection reset by peer (4 att"
    )


def test_nobody_listens(tmp_path: Path, watch: Watch, store: Store) -> None:
    base = f"http://127.0.0.1:{free_port()}"
    with client(tmp_path, base, watch=watch) as asking:
        failure = failing(asking, f"{base}/x", store)
    assert isinstance(failure, UnreachableError)
    assert "cannot be reached: connection refused (4 attempts in 7" in str(failure)


def test_no_such_name(tmp_path: Path, watch: Watch, store: Store) -> None:
    with client(tmp_path, "http://lore.invalid", watch=watch, attempts=1) as asking:
        failure = failing(asking, "http://lore.invalid/x", store)
    assert isinstance(failure, UnreachableError)
    assert str(failure).startswith("lore.invalid cannot be reached: ")


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (answer(200, MAIL[:40], {"Content-Type": "text/plain"}, 5000), "broke off its answer"),
        (chunked(MAIL, ends=False), "broke off its answer"),
        (answer(200, gzip.compress(MAIL, mtime=0)[:-4], GZIP), "the gzip is damaged or cut off"),
        (
            answer(200, gzip.compress(MAIL, mtime=0) + b"junk", GZIP),
            "the gzip is damaged or cut off",
        ),
    ],
)
def test_what_is_always_cut_off_is_never_believed(
    server: FaultServer, asking: Client, store: Store, trouble: object, said: str
) -> None:
    failure = failing(asking, server.play("/cut", trouble), store)
    assert isinstance(failure, UnreachableError)
    assert said in str(failure)
    assert "(4 attempts in 7" in str(failure)


def test_a_body_without_an_end_is_not_believed(
    server: FaultServer, asking: Client, store: Store
) -> None:
    """Neither length nor chunks: a broken connection would look the same."""
    url = server.play("/endless", answer(200, MAIL, {"Content-Type": "text/plain"}, size=-1))
    failure = failing(asking, url, store)
    assert str(failure).startswith(f"{server.host} did not say where its answer ends")


def test_a_gzip_and_a_json_value_say_themselves_where_they_end(
    server: FaultServer, asking: Client, store: Store
) -> None:
    packed = answer(200, gzip.compress(MAIL, mtime=0), GZIP, size=-1)
    assert fetched(asking, server.play("/packed", packed), store, Want.MBOX) == MAIL
    value = answer(200, b'[{"id": 1}]\n', {"Content-Type": "application/json"}, size=-1)
    assert fetched(asking, server.play("/value", value), store, Want.JSON) == b'[{"id": 1}]\n'


# What never ends


@pytest.mark.parametrize(
    "trouble",
    [
        drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9999\r\n\r\nFrom "),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nFrom \r\n", b"1\r\nx\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
        drip(b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        drip(b"HTTP/1.1 503 Slow\r\nContent-Length: 9999\r\n\r\n"),
        drip(b"", b"H"),
        silence,
    ],
    ids=["body", "chunks", "chunk-size", "field", "fields", "error-body", "status", "silence"],
)
def test_a_drip_feed_ends_at_the_deadline(
    server: FaultServer, tmp_path: Path, store: Store, trouble: object
) -> None:
    url = server.play("/drip", trouble)
    with client(tmp_path / "s", server.base, deadline=0.25, read_timeout=0.2) as asking:
        failure = failing(asking, url, store)
    assert isinstance(failure, UnreachableError)
    assert "did not finish its answer within 0.2 s" in str(failure) or "no answer in time" in str(
        failure
    )


def test_a_drip_is_cut_although_each_read_is_in_time(
    server: FaultServer, tmp_path: Path, store: Store
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9999\r\n\r\nFrom "
    with client(tmp_path / "s", server.base, deadline=0.25) as asking:
        failure = failing(asking, server.play("/drip", drip(head)), store)
    assert str(failure) == f"{server.host} did not finish its answer within 0.2 s"
    assert failure.hint.startswith("deadline in the table [network]")


def test_waits_that_would_pass_the_deadline_are_not_begun(
    server: FaultServer, tmp_path: Path, watch: Watch, store: Store
) -> None:
    url = server.play("/wait", answer(503, b"", {"Retry-After": "50"}))
    with client(tmp_path / "s", server.base, watch=watch, deadline=120) as asking:
        failure = failing(asking, url, store)
    assert watch.slept == [50.0, 50.0]
    assert "(3 attempts in 100 s)" in str(failure)


# What is too much


@pytest.mark.parametrize(
    ("fields", "make"),
    [
        (GZIP, bomb),
        (GZIP, one_member_bomb),
        ({"Content-Type": "text/plain", "Content-Encoding": "gzip"}, bomb),
        ({"Content-Type": "text/plain", "Content-Encoding": "gzip"}, one_member_bomb),
    ],
    ids=["file-members", "file", "encoding-members", "encoding"],
)
def test_a_bomb_is_refused_while_it_is_read(
    server: FaultServer, asking: Client, store: Store, fields: dict[str, str], make: object
) -> None:
    assert len(make()) < 330_000
    url = server.play("/bomb", answer(200, b"", fields))
    packed = gzip.compress(MAIL, mtime=0) + make()
    url = server.play("/bomb", answer(200, packed, fields))
    failure = failing(asking, url, store, Want.MBOX)
    assert "sent an answer that unpacks to more than 250 times what was sent: refused" in str(
        failure
    )
    assert len(server.seen) == 1


def test_a_bomb_in_a_bomb_is_refused(server: FaultServer, asking: Client, store: Store) -> None:
    twice = gzip.compress(gzip.compress(MAIL, mtime=0) + one_member_bomb())
    fields = {**GZIP, "Content-Encoding": "gzip"}
    failure = failing(asking, server.play("/twice", answer(200, twice, fields)), store, Want.MBOX)
    assert "refused" in str(failure)


def test_a_bomb_as_the_body_of_an_error(server: FaultServer, asking: Client, store: Store) -> None:
    packed = one_member_bomb()
    fields = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    failure = failing(asking, server.play("/503", answer(503, packed, fields)), store)
    assert "answered 503" in str(failure)


@pytest.mark.parametrize("size", [-1, 30_000])
def test_more_than_allowed_is_refused(
    server: FaultServer, tmp_path: Path, store: Store, size: int
) -> None:
    body = MAIL + b"x" * (30_000 - len(MAIL))
    url = server.play("/much", answer(200, body, {"Content-Type": "text/plain"}, size))
    with client(tmp_path / "s", server.base, max_bytes=20_000) as asking:
        failure = failing(asking, url, store)
    assert "unpacks to more than 20000 bytes: refused" in str(failure)
    assert "max_bytes" in failure.hint


# What is not what was asked for


@pytest.mark.parametrize("status", [200, 403, 429, 503])
@pytest.mark.parametrize("want", [Want.MAIL, Want.MBOX, Want.JSON, Want.TEXT])
def test_a_wall_is_named_and_not_climbed(
    server: FaultServer, asking: Client, store: Store, want: Want, status: int
) -> None:
    wall = answer(status, WALL, {"Content-Type": "text/html; charset=utf-8", "Set-Cookie": "a=b"})
    failure = failing(asking, server.play("/wall", wall), store, want)
    assert str(failure) == (
        f"{server.host} answered with a page that keeps programs out titled"
        f' "Making sure you\'re not a bot!", not with {want.value};'
        " reviewbot does not try to get past it"
    )
    assert "'reviewbot/" in failure.hint
    assert "bot|crawler" in failure.hint
    assert "user_agent in the table [network]" in failure.hint
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("body", "kind", "want", "said"),
    [
        (PAGE, "text/html", Want.MAIL, 'a web page titled "Down for maintenance", not with a mail'),
        (
            PAGE,
            "text/plain",
            Want.MBOX,
            'a web page titled "Down for maintenance", not with an mbox',
        ),
        (b"\n <html>", "application/gzip", Want.MBOX, "a web page, not with an mbox"),
        (MAIL, "text/html", Want.MAIL, "a web page, not with a mail"),
        (b"", "text/plain", Want.MAIL, "nothing, not with a mail"),
        (b"", "application/gzip", Want.MBOX, "nothing, not with an mbox"),
        (gzip.compress(b"", mtime=0), "application/gzip", Want.MBOX, "nothing, not with an mbox"),
        (b"no results", "text/plain", Want.MBOX, "something that does not begin like one"),
        (b"{}", "application/json", Want.MAIL, "something of the type application/json"),
        (b"{}", "image/png", Want.JSON, "something of the type image/png, not with JSON"),
        (gzip.compress(PAGE, mtime=0), "application/gzip", Want.MBOX, "a web page titled"),
        (b"\0" * 100, "text/plain", Want.MAIL, "something that does not begin like one"),
    ],
)
def test_what_is_something_else_is_not_believed(
    server: FaultServer,
    asking: Client,
    store: Store,
    body: bytes,
    kind: str,
    want: Want,
    said: str,
) -> None:
    failure = failing(asking, server.play("/else", mail(body, kind)), store, want)
    assert f"{server.host} answered with {said}" in str(failure)
    assert len(server.seen) == 1


def test_an_encoding_nobody_asked_for(server: FaultServer, asking: Client, store: Store) -> None:
    url = server.play("/br", mail(MAIL, **{"Content-Encoding": "br"}))
    assert "sent an encoding nobody asked for: br" in str(failing(asking, url, store))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RefusedError),
        (401, RefusedError),
        (418, RefusedError),
        (501, UnreachableError),
        (206, RefusedError),
    ],
)
def test_other_statuses_are_final(
    server: FaultServer, asking: Client, watch: Watch, store: Store, status: int, kind: type
) -> None:
    failure = failing(asking, server.play("/no", answer(status, b"no")), store)
    assert type(failure) is kind
    assert f"{server.host} answered {status}" in str(failure)
    assert getattr(failure, "status", status) == status
    assert watch.slept == []


@pytest.mark.parametrize("status", [300, 404, 410])
def test_absence_is_no_failure(
    server: FaultServer, asking: Client, store: Store, status: int
) -> None:
    assert fetched(asking, server.play("/none", answer(status, b"nothing here")), store) is None


# Where redirects lead


def test_a_redirect_to_the_same_host_is_followed(
    server: FaultServer, asking: Client, store: Store
) -> None:
    server.play("/there/", mail())
    for status in (301, 302, 303, 307, 308):
        url = server.play("/here", redirect("/there/", status))
        assert fetched(asking, url, store) == MAIL
    assert [seen.path for seen in server.seen[:2]] == ["/here", "/there/"]


def test_a_redirected_search_stays_a_search(server: FaultServer, asking: Client) -> None:
    server.play("/all/?x=m", answer(200, gzip.compress(MAIL, mtime=0), GZIP))
    with asking.post(server.play("/kvm/?x=m", redirect("/all/?x=m", 301)), Want.MBOX) as found:
        assert found.url == server.url("/all/?x=m")
    asking.post(server.play("/kvm/?x=m", redirect("/all/?x=m", 303)), Want.MBOX).close()
    assert [seen.method for seen in server.seen] == ["POST", "POST", "POST", "GET"]


@pytest.mark.parametrize("to", ["/loop", "/loop?2"])
def test_a_redirect_loop_ends(server: FaultServer, asking: Client, store: Store, to: str) -> None:
    server.play("/loop?2", redirect("/loop"))
    failure = failing(asking, server.play("/loop", redirect(to)), store)
    assert f"{server.host} redirects in circles" in str(failure)
    assert len(server.seen) <= 2


def test_a_redirect_without_end_ends(server: FaultServer, asking: Client, store: Store) -> None:
    for number in range(30):
        server.play(f"/r{number}", redirect(f"/r{number + 1}"))
    failure = failing(asking, server.url("/r0"), store)
    assert "redirects in circles" in str(failure)
    assert len(server.seen) == 6


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_redirect_to_another_host_is_not_followed(
    server: FaultServer, asking: Client, store: Store, method: str
) -> None:
    with faults() as other:
        other.play("/x", mail())
        url = server.play("/away", redirect(other.url("/x")))
        with pytest.raises(ServiceError) as caught:
            getattr(asking, method)(url, Want.MAIL)
        assert other.seen == []
    assert f"{server.host} redirects to {other.host}, which is not a configured host" in str(
        caught.value
    )
    assert f'hosts = ["{other.base}"]' in caught.value.hint


def test_a_redirect_to_a_host_of_the_configuration_is_followed(
    server: FaultServer, tmp_path: Path, store: Store
) -> None:
    with faults() as other:
        other.play("/x", mail())
        url = server.play("/away", redirect(other.url("/x")))
        with client(tmp_path / "s", server.base, hosts=(other.base,)) as asking:
            assert fetched(asking, url, store) == MAIL


def test_the_host_that_asks_for_a_pause_gets_it(
    server: FaultServer, tmp_path: Path, store: Store
) -> None:
    with faults() as other:
        other.play("/x", answer(429, b"", {"Retry-After": "3600"}))
        url = server.play("/away", redirect(other.url("/x")))
        here = server.play("/here", mail())
        with client(tmp_path / "s", server.base, hosts=(other.base,)) as asking:
            assert str(failing(asking, url, store)).startswith(f"{other.host} asks to wait")
            assert fetched(asking, here, store) == MAIL


@pytest.mark.parametrize(
    "to",
    [
        "",
        "file:///etc/passwd",
        "http://a@127.0.0.1/",
        "http://[::1",
        "//x y/",
        "ftp://h/",
    ],
)
def test_a_redirect_to_no_address(
    server: FaultServer, asking: Client, store: Store, to: str
) -> None:
    failure = failing(asking, server.play("/odd", redirect(to)), store)
    assert str(failure) == f"{server.host} redirects to something that is no address"


# TLS


@needs_openssl
def test_a_certificate_nobody_vouches_for(tmp_path: Path, watch: Watch, store: Store) -> None:
    crt, key = certificate(tmp_path)
    with faults(tls(crt, key)) as server, client(tmp_path, server.base, watch=watch) as asking:
        failure = failing(asking, server.play("/x", mail()), store)
        assert server.seen == []
    assert isinstance(failure, UnreachableError)
    assert f"{server.host} cannot be trusted: its certificate is not valid: self" in str(failure)
    assert "REQUESTS_CA_BUNDLE" in failure.hint
    assert watch.slept == []


@needs_openssl
def test_a_certificate_for_another_name(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    crt, key = certificate(tmp_path, "lore.example.org")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(crt))
    with faults(tls(crt, key)) as server, client(tmp_path, server.base) as asking:
        failure = failing(asking, server.play("/x", mail()), store)
        assert server.seen == []
    assert "its certificate is not valid: IP address mismatch" in str(failure)


@needs_openssl
def test_a_certificate_somebody_vouches_for(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    crt, key = certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(crt))
    with faults(tls(crt, key)) as server, client(tmp_path, server.base) as asking:
        assert fetched(asking, server.play("/x", mail()), store) == MAIL


@needs_openssl
def test_a_drip_through_tls_ends_at_the_deadline(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    crt, key = certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(crt))
    with faults(tls(crt, key)) as server, client(tmp_path, server.base, deadline=0.5) as asking:
        failure = failing(asking, server.play("/x", drip(b"HTTP/1.1 200 OK\r\nX: ")), store)
    assert "did not finish its answer within 0.5 s" in str(failure)


@needs_openssl
def test_https_does_not_become_http(
    tmp_path: Path, store: Store, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    crt, key = certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(crt))
    server.seen.clear()
    with faults(tls(crt, key)) as safe:
        url = safe.play("/x", redirect(server.play("/y", mail())))
        with client(tmp_path, safe.base, server.base) as asking:
            failure = failing(asking, url, store)
    assert "redirects to plain http: not followed" in str(failure)
    assert server.seen == []


def test_tls_with_a_server_that_has_none(
    server: FaultServer, tmp_path: Path, watch: Watch, store: Store
) -> None:
    url = server.url("/x").replace("http:", "https:")
    with client(tmp_path / "s", url, watch=watch) as asking:
        failure = failing(asking, url, store)
    assert f"{server.host} cannot be trusted: no encrypted connection: " in str(failure)
    assert watch.slept == []


# Rubbish


@pytest.mark.parametrize(
    "said",
    [
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nFrom ",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nFrom ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nFrom a\n\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nFrom ",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 99999 Odd\r\n\r\n",
        b"HTTP/1.1 429 No\r\nRetry-After: " + b"9" * 5000 + b"\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_rubbish_is_a_failure_in_a_sentence(
    server: FaultServer, asking: Client, store: Store, said: bytes
) -> None:
    def play(handler: object) -> bool:
        handler.wfile.write(said)
        return False

    failure = failing(asking, server.play("/rubbish", play), store)
    assert isinstance(failure, ServiceError)
    assert str(failure).startswith(server.host)
    assert len(str(failure)) < 200


# Where requests may go


def test_a_host_that_is_not_configured_is_not_asked(
    server: FaultServer, asking: Client, store: Store
) -> None:
    with faults() as other:
        failure = failing(asking, other.play("/x", mail()), store)
        assert other.seen == []
    assert isinstance(failure, UsageError)
    assert str(failure) == f"{other.host} is not a configured host: nothing was asked of it"
    assert failure.hint == f'To allow it: hosts = ["{other.base}"] in the table [network].'
