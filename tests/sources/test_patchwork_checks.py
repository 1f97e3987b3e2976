"""Checks of a server that plays Patchwork, through the real client."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewbot.errors import ServiceError
from reviewbot.model.check import Check, Standing, State
from reviewbot.sources.patchwork.checks import Checks
from reviewbot.sources.web.client import Client, RefusedError, UncertainError
from reviewbot.sources.web.settings import Network, agent
from tests.sources.patchworks import TOKEN, Kept, Patchworks, played

PATCHES = (
    Kept(11, "1@example.org", 7, "new", b""),
    Kept(12, "1@example.org", 7, "new", b"", "netdev"),
)
GOOD = Check(State.SUCCESS, "reviewbot", "nothing to comment on")
BAD = Check(State.FAIL, "reviewbot", "1 comment", "https://example.org/r/x")


@pytest.fixture
def server() -> Iterator[Patchworks]:
    with played(PATCHES) as running:
        yield running


@pytest.fixture
def checks(server: Patchworks, tmp_path: Path) -> Iterator[Checks]:
    network = Network(pause=0)
    with Client(network, (server.url,), tmp_path, agent(network)) as made:
        yield Checks(made, server.url, TOKEN, "kvm")


def test_a_patch_is_found_in_its_project(server: Patchworks, checks: Checks) -> None:
    assert checks.patch("1@example.org") == Standing(11, PATCHES[0].state)
    assert checks.patch("2@example.org") is None
    assert "project=kvm" in server.requests[0][0]


def test_what_was_created_is_what_counts(checks: Checks) -> None:
    assert checks.newest(11, "reviewbot") is None
    checks.create(11, BAD)
    assert checks.newest(11, "reviewbot") == BAD
    checks.create(11, GOOD)
    assert checks.newest(11, "reviewbot") == GOOD


def test_checks_of_others_do_not_count_however_many_there_are(
    server: Patchworks, checks: Checks
) -> None:
    checks.create(11, GOOD)
    for number in range(7):
        server.keep(11, state="fail", context=f"build-{number}")
    assert checks.newest(11, "reviewbot") == GOOD


def test_an_empty_address_is_sent_as_none(server: Patchworks, checks: Checks) -> None:
    checks.create(11, GOOD)
    ((number, said),) = server.posted
    assert (number, said["target_url"], said["state"]) == (11, None, "success")


def test_a_lost_answer_is_said_and_nothing_repeated(server: Patchworks, checks: Checks) -> None:
    server.mishaps = ["lost"]
    with pytest.raises(UncertainError):
        checks.create(11, BAD)
    assert len(server.posted) == 1
    assert checks.newest(11, "reviewbot") == BAD


@pytest.mark.parametrize(("status", "kind"), [(429, RefusedError), (503, UncertainError)])
def test_a_server_with_no_time_is_asked_once(
    server: Patchworks, checks: Checks, status: int, kind: type[ServiceError]
) -> None:
    server.mishaps = [status]
    with pytest.raises(kind, match=str(status)):
        checks.create(11, BAD)
    assert [path for path, _ in server.requests] == ["POST /api/patches/11/checks/"]


def test_a_refusal_says_why_and_keeps_the_token(server: Patchworks, tmp_path: Path) -> None:
    network = Network(pause=0)
    with Client(network, (server.url,), tmp_path, agent(network)) as client:
        checks = Checks(client, server.url, "wr0ng", "kvm")
        with pytest.raises(RefusedError, match=r"403.*permission") as refused:
            checks.create(11, BAD)
    assert "wr0ng" not in f"{refused.value} {refused.value.hint}"
    assert server.posted == []


def test_a_check_in_a_state_nobody_knows_is_a_sentence(server: Patchworks, checks: Checks) -> None:
    server.keep(11, state="purple")
    with pytest.raises(ServiceError, match="not what Patchwork says"):
        checks.newest(11, "reviewbot")
