"""The proxy itself: it must see what requests and git ask, or it proves nothing."""

import subprocess
from pathlib import Path

import pytest

from reviewbot.sources.web.client import UnreachableError, Want
from tests.sources.faults import MAIL, certificate, faults, mail, needs_openssl, tls
from tests.sources.proxy import recorded
from tests.sources.web.clients import client


def test_it_sees_and_passes_what_the_client_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with faults() as server, recorded(monkeypatch) as proxy:
        url = server.play("/x?q=1", mail())
        with client(tmp_path, server.base) as asking, asking.get(url, Want.MAIL) as found:
            assert found.open().read() == MAIL
            asking.post(url, Want.MAIL).close()
    assert proxy.requests == [f"GET {url}", f"POST {url}"]
    assert proxy.hosts == {server.host}


@needs_openssl
def test_it_sees_where_encrypted_requests_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crt, key = certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(crt))
    with (
        faults(tls(crt, key)) as server,
        recorded(monkeypatch) as proxy,
        client(tmp_path, server.base) as asking,
    ):
        asking.get(server.play("/x", mail()), Want.MAIL).close()
    assert proxy.requests == [f"CONNECT {server.host}"]
    assert proxy.hosts == {server.host}


@pytest.mark.parametrize("base", ["http://lore.example", "https://lore.example"])
def test_it_lets_nothing_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: str) -> None:
    with (
        recorded(monkeypatch) as proxy,
        client(tmp_path, base, attempts=1) as asking,
        pytest.raises(UnreachableError),
    ):
        asking.get(f"{base}/x", Want.MAIL)
    assert {host.removesuffix(":443") for host in proxy.hosts} == {"lore.example"}


def test_it_sees_what_git_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with faults() as server, recorded(monkeypatch) as proxy:
        command = ["git", "ls-remote", server.url("/kvm/git/0.git")]
        subprocess.run(command, capture_output=True, check=False, timeout=20)
    assert proxy.hosts == {server.host}
