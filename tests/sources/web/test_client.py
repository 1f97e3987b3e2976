import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewbot.errors import ConfigError, OutputError, ServiceError, UsageError
from reviewbot.sources.web.client import Client, Want
from reviewbot.sources.web.settings import Network, agent
from tests.sources.faults import (
    MAIL,
    FaultServer,
    answer,
    certificate,
    faults,
    mail,
    needs_openssl,
    redirect,
    tls,
)
from tests.sources.proxy import recorded
from tests.sources.web.clients import Watch, client


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with faults() as running:
        yield running


def asked(
    server: FaultServer, tmp_path: Path, watch: Watch | None = None, **settings: object
) -> None:
    """One question that is answered."""
    url = server.play("/x", mail())
    with client(tmp_path, server.base, watch=watch, **settings) as asking:
        asking.get(url, Want.MAIL).close()


# What is sent


def test_a_request_says_who_asks_and_nothing_else(server: FaultServer, tmp_path: Path) -> None:
    network = Network(contact="ada@example.org", pause=0)
    with Client(network, [server.base], tmp_path, agent(network)) as asking:
        asking.get(server.play("/x", mail()), Want.MAIL).close()
    (seen,) = server.seen
    assert seen.fields == {
        "host": server.host,
        "user-agent": "reviewbot/0.1.0 (+ada@example.org)",
        "accept": "*/*",
        "accept-encoding": "gzip",
    }


def test_cookies_are_not_kept(server: FaultServer, tmp_path: Path) -> None:
    url = server.play("/x", mail(**{"Set-Cookie": "id=1; Path=/"}))
    with client(tmp_path, server.base) as asking:
        for _ in range(2):
            asking.get(url, Want.MAIL).close()
    assert all("cookie" not in seen.fields for seen in server.seen)


def test_passwords_of_netrc_are_not_sent(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ada password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    asked(server, tmp_path)
    assert "authorization" not in server.seen[0].fields


def test_a_token_goes_to_its_host_alone(server: FaultServer, tmp_path: Path) -> None:
    with faults() as other:
        server.play("/there", redirect(other.play("/x", mail())))
        url = server.play("/api", redirect("/there"))
        with client(tmp_path, server.base, other.base) as asking:
            asking.get(url, Want.MAIL, token="s3cret").close()
        assert [seen.fields.get("authorization") for seen in server.seen] == ["Token s3cret"] * 2
        assert "authorization" not in other.seen[0].fields


def test_a_token_is_never_said(server: FaultServer, tmp_path: Path) -> None:
    watch = Watch()
    url = server.play("/api", answer(503), answer(403))
    with (
        client(tmp_path, server.base, watch=watch) as asking,
        pytest.raises(ServiceError) as caught,
    ):
        asking.get(url, Want.JSON, token="s3cret")
    assert "s3cret" not in f"{caught.value} {caught.value.hint} {watch.told}"


def test_a_token_is_not_sent_unencrypted_to_the_world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recorded(monkeypatch) as proxy:
        with (
            client(tmp_path, "http://patchwork.example") as asking,
            pytest.raises(UsageError) as no,
        ):
            asking.get("http://patchwork.example/api/", Want.JSON, token="s3cret")
        assert proxy.requests == []
    assert str(no.value) == "patchwork.example: a token is not sent over plain http"


# Where it may go


ELSEWHERE = [
    "https://lore.kernel.org/all/x@y/raw",
    "http://127.0.0.1/x",
    "http://127.0.0.1:1/x",
    "http://user@{host}/x",
    "http://{host}@evil.example/x",
    "http://{host}\\@evil.example/x",
    "http://{host}.evil.example/x",
    "http://evil.example#@{host}/x",
    "http://evil.example\t{host}/x",
    "http://evil.example/x\r\nHost: {host}",
    "ftp://{host}/x",
    "file:///etc/passwd",
    "//{host}/x",
    "http:///x",
    "http://{host}x/x",
    "",
]


@pytest.mark.parametrize("url", ELSEWHERE)
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_request_leaves_for_a_host_that_is_not_configured(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, method: str
) -> None:
    with recorded(monkeypatch) as proxy:
        with client(tmp_path, server.base) as asking, pytest.raises(UsageError):
            getattr(asking, method)(url.replace("{host}", server.host), Want.MAIL)
        assert proxy.requests == []
    assert server.seen == []


def test_every_connection_goes_where_it_may(tmp_path: Path) -> None:
    """In a process of its own, in which Python tells of every name looked up and every connection made."""
    with faults() as server, faults() as other:
        other.play("/x", mail())
        good, bad = server.play("/good", mail()), server.play("/bad", redirect(other.url("/x")))
        script = f"""
import sys
from pathlib import Path
went = []
def hook(event, values):
    if event in ("socket.connect", "socket.sendto"): went.append(values[1])
    if event == "socket.getaddrinfo": went.append(values[:2])
sys.addaudithook(hook)
from reviewbot.errors import ReviewbotError
from reviewbot.sources.web.client import Client, Want
from reviewbot.sources.web.settings import Network
with Client(Network(pause=0), [{server.base!r}], Path({str(tmp_path)!r}), "x/1") as asking:
    for url in ({good!r}, {bad!r}, {other.url("/x")!r}, "https://lore.kernel.org/"):
        try: asking.get(url, Want.MAIL).close()
        except ReviewbotError as error: print(error)
assert {{tuple(each)[:2] for each in went}} == {{("127.0.0.1", {server.server_port})}}, went
"""
        bare = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        done = subprocess.run(
            [sys.executable, "-c", script], env=bare, capture_output=True, text=True, timeout=60
        )
    assert done.stderr == ""
    said = done.stdout.splitlines()
    assert len(said) == 3
    assert "redirects to" in said[0]
    assert other.seen == []


def test_a_host_of_the_settings_may_be_asked(server: FaultServer, tmp_path: Path) -> None:
    url = server.play("/x", mail())
    with client(tmp_path, hosts=(server.host,)) as asking:
        asking.get(url, Want.MAIL).close()


@pytest.mark.parametrize("host", ["ftp://x.example", "a b", "", "https://u@x.example"])
def test_a_bad_host_of_the_settings_is_refused_by_its_key(tmp_path: Path, host: str) -> None:
    with pytest.raises(ConfigError, match=r"^network\.hosts: '.*' is not of the form"):
        Client(Network(hosts=(host,)), (), tmp_path, "test")


# Politeness


def test_requests_are_spaced(server: FaultServer, tmp_path: Path) -> None:
    watch = Watch()
    url = server.play("/x", mail())
    with client(tmp_path, server.base, watch=watch, pause=5.0) as asking:
        for _ in range(3):
            asking.get(url, Want.MAIL).close()
    assert all(4.5 < seconds <= 5.0 for seconds in watch.slept)
    assert len(watch.slept) == 2
    assert watch.told[0] == f"waiting 5 s before {server.host} is asked"


def test_redirects_and_repetitions_are_spaced_too(server: FaultServer, tmp_path: Path) -> None:
    watch = Watch()
    server.play("/there", answer(503), mail())
    with client(tmp_path, server.base, watch=watch, pause=5.0) as asking:
        asking.get(server.play("/x", redirect("/there")), Want.MAIL).close()
    # Redirect, backoff and what is left of the pause, redirect.
    assert [round(seconds) for seconds in watch.slept] == [5, 1, 4, 5]


def test_the_next_process_keeps_the_pause(server: FaultServer, tmp_path: Path) -> None:
    watch = Watch()
    for _ in range(2):
        asked(server, tmp_path, watch, pause=5.0)
    assert [round(seconds) for seconds in watch.slept] == [5]


def test_the_budget_of_a_day_is_hard(server: FaultServer, tmp_path: Path) -> None:
    watch = Watch()
    for _ in range(3):
        asked(server, tmp_path, watch, daily_requests=3)
    with pytest.raises(ServiceError) as caught:
        asked(server, tmp_path, watch, daily_requests=3)
    assert str(caught.value) == (
        f"{server.host} has been asked 3 times today, which is all that is allowed"
    )
    assert "daily_requests in the table [network]" in caught.value.hint
    assert len(server.seen) == 3
    watch.sleep(86_400)
    asked(server, tmp_path, watch, daily_requests=3)


def test_one_connection_serves_all(server: FaultServer, tmp_path: Path) -> None:
    url = server.play("/x", mail())
    with client(tmp_path, server.base) as asking:
        for _ in range(3):
            asking.get(url, Want.MAIL).close()
        asking.post(url, Want.MAIL).close()
    assert len({seen.peer for seen in server.seen}) == 1


def test_a_server_that_hangs_up_after_each_answer_costs_nothing(
    server: FaultServer, tmp_path: Path
) -> None:
    """It does not say so, and the next request would go into a closed connection."""
    watch = Watch()
    url = server.play("/x", lambda handler: mail()(handler) and False)
    with client(tmp_path, server.base, watch=watch) as asking:
        for _ in range(3):
            asking.get(url, Want.MAIL).close()
            time.sleep(0.02)
    assert len({seen.peer for seen in server.seen}) == 3
    assert watch.slept == []


# What comes back


def test_an_answer_can_be_read_twice_and_goes_when_closed(
    server: FaultServer, tmp_path: Path
) -> None:
    url = server.play("/x", mail(**{"Content-Disposition": "inline; filename=x", "Link": "<y>"}))
    with client(tmp_path, server.base) as asking, asking.get(url, Want.MAIL) as found:
        assert found.open().read() == found.open().read() == MAIL
        assert found.url == url
        assert found.header("content-disposition") == "inline; filename=x"
        assert found.header("LINK") == "<y>"
        assert found.header("Server") == ""
    with pytest.raises(ValueError, match="closed"):
        found.open()


def test_a_large_answer_does_not_stay_in_memory(server: FaultServer, tmp_path: Path) -> None:
    """50 MB, in a process that may have 150 MB in all."""
    url = server.play("/big", mail(MAIL + b"0123456789abcde\n" * (50 << 16)))
    script = f"""
import re
from pathlib import Path
from reviewbot.sources.cache.store import Shelf, Store
from reviewbot.sources.web.client import Client, Want
from reviewbot.sources.web.settings import Network
with Client(Network(), [{server.base!r}], Path({str(tmp_path)!r}), "x/1") as asking:
    with asking.get({url!r}, Want.MAIL) as found:
        Store(Path({str(tmp_path / "cache")!r})).put(Shelf.THREADS, "x", found.open())
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""
    assert int(done.stdout) < 100_000  # kB
    assert size_of(tmp_path / "cache") > 50 << 20


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_a_full_disk_is_said(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full")
    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", lambda _size: full.open("wb", 0))
    with client(tmp_path, server.base) as asking, pytest.raises(OutputError, match="No space left"):
        asking.get(server.play("/x", mail()), Want.MAIL)


# Around it


def test_a_proxy_of_the_environment_is_used(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recorded(monkeypatch) as proxy:
        asked(server, tmp_path)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        asked(server, tmp_path)
    assert len(proxy.requests) == 1
    assert len(server.seen) == 2


@needs_openssl
def test_curl_s_variable_names_certificates_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crt, key = certificate(tmp_path)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv("CURL_CA_BUNDLE", str(crt))
    with faults(tls(crt, key)) as server:
        asked(server, tmp_path)


def test_nothing_heavy_is_imported_before_the_first_request(tmp_path: Path) -> None:
    script = f"""
import sys
from pathlib import Path
import reviewbot.config
heavy = {{"requests", "urllib3", "sqlite3", "http.client", "ssl"}}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
from reviewbot.sources.cache.store import Store
from reviewbot.sources.web.client import Client
from reviewbot.sources.web.settings import Network
Client(Network(), ["https://lore.kernel.org"], Path({str(tmp_path)!r}), "x").close()
heavy -= {{"sqlite3"}}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []
