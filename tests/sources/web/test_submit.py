"""A POST that changes something: made once, told truly, and the token kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewbot.errors import ServiceError, UsageError
from reviewbot.sources.web.client import RefusedError, UncertainError
from tests.sources.faults import FaultServer, answer, faults, redirect
from tests.sources.web.clients import client

BODY = b'{"state":"fail"}'


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with faults() as running:
        yield running


def made(status: int = 201, body: bytes = b'{"id":1}') -> object:
    return answer(status, body, {"Content-Type": "application/json"})


def test_what_is_sent_is_json_with_the_token(server: FaultServer, tmp_path: Path) -> None:
    url = server.play("/checks/", made())
    with (
        client(tmp_path, server.base) as asking,
        asking.submit(url, BODY, "s3cret") as said,
    ):
        assert said.open().read() == b'{"id":1}'
    (seen,) = server.seen
    assert seen.method == "POST"
    assert seen.fields["authorization"] == "Token s3cret"
    assert seen.fields["content-type"] == "application/json"
    assert seen.fields["content-length"] == str(len(BODY))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(server: FaultServer, tmp_path: Path, status: int) -> None:
    target = server.play("/there/", made())
    url = server.play("/checks/", redirect(target, status))
    with client(tmp_path, server.base) as asking, pytest.raises(RefusedError, match=str(status)):
        asking.submit(url, BODY, "s3cret")
    assert [seen.path for seen in server.seen] == ["/checks/"]


@pytest.mark.parametrize("status", [400, 403, 404, 405, 429])
def test_a_refusal_is_certain(server: FaultServer, tmp_path: Path, status: int) -> None:
    url = server.play("/checks/", made(status, b'{"detail":"No."}'))
    with client(tmp_path, server.base) as asking, pytest.raises(RefusedError, match="No") as no:
        asking.submit(url, BODY, "s3cret")
    assert no.value.status == status
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_that_breaks_down_may_have_taken_it(
    server: FaultServer, tmp_path: Path, status: int
) -> None:
    url = server.play("/checks/", made(status))
    with client(tmp_path, server.base) as asking, pytest.raises(UncertainError):
        asking.submit(url, BODY, "s3cret")
    assert len(server.seen) == 1


def test_a_page_for_people_is_no_answer(server: FaultServer, tmp_path: Path) -> None:
    url = server.play("/checks/", answer(200, b"<html>hello", {"Content-Type": "text/html"}))
    with client(tmp_path, server.base) as asking, pytest.raises(UncertainError):
        asking.submit(url, BODY, "s3cret")


def test_nobody_there_is_said_once(tmp_path: Path) -> None:
    with (
        client(tmp_path, "http://127.0.0.1:1") as asking,
        pytest.raises(ServiceError, match="reached"),
    ):
        asking.submit("http://127.0.0.1:1/checks/", BODY, "s3cret")


@pytest.mark.parametrize("url", ["https://elsewhere.example/x", "http://patchwork.example/x"])
def test_the_token_leaves_for_no_other_host_and_never_in_clear(tmp_path: Path, url: str) -> None:
    with client(tmp_path, "http://patchwork.example") as asking, pytest.raises(UsageError):
        asking.submit(url, BODY, "s3cret")
