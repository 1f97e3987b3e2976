"""Patchwork's API read through the real client, against a server that plays it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from reviewbot.errors import ConfigError, InputError, ServiceError, UsageError
from reviewbot.sources.names import PatchworkKind, PatchworkName
from reviewbot.sources.patchwork.answers import SeriesAnswer, decoded, next_page
from reviewbot.sources.patchwork.api import Patchwork, missing
from reviewbot.sources.patchwork.settings import Instance
from reviewbot.sources.patchwork.source import place, queue_mails, series_mails
from reviewbot.sources.patchwork.token import token
from reviewbot.sources.web.client import Client
from reviewbot.sources.web.settings import Network, agent
from tests.builders import mail, new_file, patch_body
from tests.sources.patchworks import TOKEN, Kept, Patchworks, played


def _patch(number: int, total: int, series: int) -> bytes:
    return mail(
        patch_body(new_file(f"drivers/x/{series}_{number}.c", "int x;\n")),
        subject=f"[PATCH {number}/{total}] x: part {number}",
        message_id=f"{series}-{number}@example.org",
    )


PATCHES = (
    Kept(11, "7-1@example.org", 7, "new", _patch(1, 3, 7)),
    Kept(12, "7-2@example.org", 7, "new", _patch(2, 3, 7)),
    Kept(13, "7-3@example.org", 7, "accepted", _patch(3, 3, 7)),
    Kept(21, "8-1@example.org", 8, "new", _patch(1, 3, 8)),
    Kept(31, "9-1@example.org", 9, "under-review", _patch(1, 3, 9)),
    Kept(41, "5-1@example.org", 5, "new", _patch(1, 3, 5), "secret"),
)
COVERS = {7: mail("Why.\n", subject="[PATCH 0/3] x: all", message_id="7-0@example.org")}


@pytest.fixture
def server() -> Iterator[Patchworks]:
    with played(PATCHES, COVERS) as running:
        running.private.add("secret")
        yield running


@pytest.fixture
def client(server: Patchworks, tmp_path: Path) -> Iterator[Client]:
    network = Network(pause=0, attempts=1)
    with Client(network, (server.url,), tmp_path, agent(network)) as made:
        yield made


def test_mails_of_a_series_are_the_cover_letter_and_the_patches_in_order(
    server: Patchworks, client: Client
) -> None:
    patchwork = Patchwork(client, server.url + "/")
    mails = [each.data for each in patchwork.mails(patchwork.series(7))]
    assert [each.rstrip() for each in mails] == [
        each.rstrip() for each in (COVERS[7], *(kept.mail for kept in PATCHES[:3]))
    ]


def test_a_series_without_cover_letter_is_its_patches(server: Patchworks, client: Client) -> None:
    patchwork = Patchwork(client, server.url)
    assert len(list(patchwork.mails(patchwork.series(8)))) == 1


@pytest.mark.parametrize("patch", [12, "7-2@example.org"])
def test_a_patch_leads_to_its_series(patch: int | str, server: Patchworks, client: Client) -> None:
    assert Patchwork(client, server.url).series_of(patch) == 7


def test_a_queue_is_followed_over_all_pages_and_names_each_series_once(
    server: Patchworks, client: Client
) -> None:
    assert list(Patchwork(client, server.url).queue("kvm", ())) == [9, 8, 7]
    assert len([path for path, _ in server.requests if "page=" in path]) == 2


def test_a_queue_can_be_of_some_states(server: Patchworks, client: Client) -> None:
    patchwork = Patchwork(client, server.url)
    assert list(patchwork.queue("kvm", ("under-review",))) == [9]
    assert list(patchwork.queue("kvm", ("under-review", "new"))) == [9, 8, 7]


def test_a_private_project_needs_the_token_and_is_given_it(
    server: Patchworks, client: Client
) -> None:
    with pytest.raises(ServiceError):
        list(Patchwork(client, server.url).queue("secret", ()))
    assert list(Patchwork(client, server.url, TOKEN).queue("secret", ())) == [5]
    assert server.requests[-1][1] == f"Token {TOKEN}"


@pytest.mark.parametrize("asked", ["series", "patch", "id"])
def test_what_the_server_does_not_have_is_named(
    asked: str, server: Patchworks, client: Client
) -> None:
    patchwork = Patchwork(client, server.url)
    with pytest.raises(InputError, match=server.url):
        match asked:
            case "series":
                patchwork.series(99)
            case "patch":
                patchwork.series_of(99)
            case _:
                patchwork.series_of("99@example.org")


def test_patches_the_server_has_not_received_are_said(server: Patchworks, client: Client) -> None:
    patchwork = Patchwork(client, server.url)
    assert missing(patchwork.series(7)) == ""
    assert missing(patchwork.series(8)) == "Patchwork has 1 of the 3 patches of the series 8"


def test_an_answer_that_is_no_series_is_refused_in_a_sentence() -> None:
    with pytest.raises(ServiceError, match="is not what Patchwork says"):
        decoded(b'{"id": "seven", "mbox": 3}', SeriesAnswer, "http://p/api/series/7/")


@pytest.mark.parametrize(
    ("link", "page"),
    [
        ('<http://p/?page=2>; rel="next"', "http://p/?page=2"),
        ('<http://p/?page=1>; rel="prev", <http://p/?a=1,2&page=3>; rel=next', "http://p/?a=1,2&page=3"),
        ('<http://p/?page=1>; title="x; rel=next"; rel="prev"', ""),
        ('<http://p/?page=9>; rel="last"', ""),
        ("", ""),
        ("<" * 50_000, ""),
    ],
)  # fmt: skip
def test_the_next_page_is_the_one_the_link_header_calls_next(link: str, page: str) -> None:
    assert next_page(link) == page


@pytest.mark.parametrize(
    "name",
    [
        PatchworkName("", PatchworkKind.SERIES, 8),
        PatchworkName("", PatchworkKind.PATCH, 21),
        PatchworkName("", PatchworkKind.PATCH, message_id="8-1@example.org", project="kvm"),
    ],
)
def test_a_name_is_answered_by_its_server_and_what_it_lacks_is_told(
    name: PatchworkName, server: Patchworks, client: Client
) -> None:
    told: list[str] = []
    instances = (Instance("p", server.url + "/"),)
    mails = series_mails(replace(name, base=server.url), instances, client, told.append)
    assert len(list(mails)) == 1
    assert told == ["Patchwork has 1 of the 3 patches of the series 8"]


def test_a_server_that_is_not_configured_is_not_asked(client: Client) -> None:
    name = PatchworkName("https://patchwork.example", PatchworkKind.SERIES, 8)
    with pytest.raises(UsageError, match="no Patchwork server of the configuration"):
        series_mails(name, (Instance("p", "https://p.example"),), client, _silent)


def test_a_project_is_named_with_or_without_its_server() -> None:
    first, second = Instance("a", "https://a.example"), Instance("b", "https://b.example", "net")
    assert place("kvm", (first, second)) == (first, "kvm")
    assert place("a/kvm", (first, second)) == (first, "kvm")
    assert place("b", (first, second)) == (second, "net")
    assert place("b/kvm", (first, second)) == (second, "kvm")
    for where in ("a", "c/kvm"):
        with pytest.raises(UsageError):
            place(where, (first, second))
    with pytest.raises(UsageError):
        place("kvm", ())


def test_a_queue_gives_the_mails_of_its_series(server: Patchworks, client: Client) -> None:
    told: list[str] = []
    instances = (Instance("p", server.url, "kvm"),)
    mails = queue_mails("p", ("new",), "2026-01-01", instances, client, told.append)
    assert len(list(mails)) == 5
    assert len(told) == 1


def _silent(_: str) -> None:
    raise AssertionError("nothing was to be told")


def test_a_token_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PW_TOKEN", " abc \n")
    assert token(Instance("p", "https://p.example", token_env="PW_TOKEN"), _silent) == "abc"


def test_a_token_comes_from_a_command() -> None:
    instance = Instance("p", "https://p.example", token_command=("printf", "abc\nuser: me\n"))
    assert token(instance, _silent) == "abc"


def test_a_token_comes_from_gits_credential_helpers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = tmp_path / "helper"
    helper.write_text('#!/bin/sh\n[ "$1" = get ] && echo username=me && echo password=abc\n')
    helper.chmod(helper.stat().st_mode | stat.S_IXUSR)
    settings = tmp_path / "gitconfig"
    settings.write_text(f"[credential]\n\thelper = {helper}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    instance = Instance("p", "https://p.example", git_credentials=True)
    assert token(instance, _silent) == "abc"


def test_a_token_in_clear_is_warned_of_without_being_shown() -> None:
    told: list[str] = []
    instance = Instance("p", "https://p.example", token="abc123")
    assert token(instance, told.append) == "abc123"
    assert len(told) == 1
    assert "in clear" in told[0]
    assert "abc123" not in told[0] + repr(instance)


@pytest.mark.parametrize(
    "command",
    [("false",), (os.devnull,), ("printf", ""), ("printf", "a b"), ("printf", "ä")],
)
def test_a_command_that_gives_no_token_is_named_and_what_it_printed_is_not(
    command: tuple[str, ...],
) -> None:
    with pytest.raises(ConfigError, match="patchwork 'p'") as raised:
        token(Instance("p", "https://p.example", token_command=command), _silent)
    assert "a b" not in str(raised.value)


def test_no_token_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    assert token(Instance("p", "https://p.example"), _silent) == ""
    monkeypatch.delenv("PW_TOKEN", raising=False)
    told: list[str] = []
    assert token(Instance("p", "https://p.example", token_env="PW_TOKEN"), told.append) == ""
    assert "PW_TOKEN" in told[0]


@pytest.mark.parametrize(
    "url", ["patchwork.kernel.org", "file:///etc", "https://me:pw@p.example", ""]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not the address"):
        Instance("p", url)
