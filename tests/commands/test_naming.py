"""What a person may call a series, asked of a real public-inbox: each name gives what reading the mails gives."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from reviewbot.cli import run
from reviewbot.errors import ExitCode
from reviewbot.parse.mbox import split
from reviewbot.sinks.mboxrd import mboxrd
from tests.builders import NOON, mail, patch_body
from tests.commands.cases import DIFF, FAULTY, config
from tests.sources.patchworks import Kept, played
from tests.sources.posted import CHANGE, answer, posted_id, posting
from tests.sources.proxy import recorded
from tests.sources.publicinbox import PublicInbox, served
from tests.sources.repositories import needs_git

COVER, FIRST, SECOND = (f"name/d+{n}%40$x@example.org" for n in range(3))
REPLY = "re=name'd@example.org"
CHANGED = "20260306-named-fedcba987654"


def named() -> list[bytes]:
    """A series with something to find in it, and an answer, under ids that URLs must escape."""
    one = partial(mail, date=NOON + timedelta(days=9))
    under = partial(one, in_reply_to=COVER)
    return [
        one(
            f"Take references.\n\n---\nchange-id: {CHANGED}\n",
            subject="[PATCH 0/2] named: take",
            message_id=COVER,
        ),
        under(patch_body(FAULTY), subject="[PATCH 1/2] named: take one", message_id=FIRST),
        under(
            patch_body(DIFF.replace("foo.c", "bar.c")),
            subject="[PATCH 2/2] named: add bar",
            message_id=SECOND,
        ),
        answer(FIRST, "[PATCH 1/2] named: take one", REPLY),
    ]


class Asked:
    """The command line in front of that server."""

    def __init__(self, lore: PublicInbox, folder: Path, capsys: pytest.CaptureFixture) -> None:
        self.url = lore.url
        self.folder = folder
        self.config = str(config(folder, f'[lore]\nurl = "{lore.url}"\n[network]\npause = 0.0\n'))
        self.capsys = capsys

    def __call__(self, *words: str, code: ExitCode = ExitCode.OK) -> tuple[str, str]:
        self.capsys.readouterr()
        assert run(list(words)) == code
        return tuple(self.capsys.readouterr())

    def found(self, *words: str) -> str:
        return self("review", "--format", "json", *words)[0]


@pytest.fixture(scope="module")
def stocked(lore: PublicInbox) -> PublicInbox:
    lore.add("kvm", named())
    return lore


@pytest.fixture
def asked(
    stocked: PublicInbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> Iterator[Asked]:
    monkeypatch.delenv("REVIEWBOT_OFFLINE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("REVIEWBOT_CONFIG", str(tmp_path / "config.toml"))
    yield Asked(stocked, tmp_path, capsys)


@pytest.fixture
def at_rest(asked: Asked) -> str:
    """What is found in the same mails lying in a file."""
    path = asked.folder / "at-rest.mbox"
    path.write_bytes(b"".join(map(mboxrd, named())))
    found = asked.found(str(path))
    assert "module-get-unchecked" in found
    return found


IDS = [COVER, FIRST, SECOND, REPLY]
FORMS: list[Callable[[str, str], str]] = [
    lambda _, it: it,
    lambda _, it: f"<{it}>",
    lambda _, it: f"id:{it}",
    lambda _, it: f"Message-ID: <{it}>",
    lambda url, it: f"{url}/all/{quote(it, safe='')}/",
    lambda url, it: f"{url}/kvm/{quote(it, safe='')}",
    lambda url, it: f"{url}/kvm/{quote(it, safe='')}/raw",
    lambda url, it: f"{url}/kvm/{quote(it, safe='')}/T/#u",
    lambda url, it: f"{url}/kvm/{quote(it, safe='')}/t/#m0123",
    lambda url, it: f"{url}/all/{quote(it, safe='@')}/t.mbox.gz",
    lambda url, it: f"{url}/r/{quote(it, safe='')}",
]


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("form", range(len(FORMS)))
def test_every_name_of_every_mail_gives_the_same_findings(
    asked: Asked, at_rest: str, form: int, name: str
) -> None:
    assert asked.found(FORMS[form](asked.url, name)) == at_rest


@pytest.mark.parametrize("name", [*IDS, CHANGED, f"change-id:{CHANGED}"])
def test_law_a_name_is_what_fetching_it_writes(asked: Asked, at_rest: str, name: str) -> None:
    path = asked.folder / "fetched.mbox"
    asked("fetch", "--thread", "-o", str(path), name)
    assert asked.found(str(path)) == asked.found(name) == at_rest


def test_what_is_fetched_is_byte_for_byte_what_was_posted(asked: Asked) -> None:
    path = asked.folder / "fetched.mbox"
    asked("fetch", "--thread", "-o", str(path), REPLY)
    assert sorted(split(path.read_bytes())) == sorted(named())


def test_what_was_fetched_is_there_offline(asked: Asked, at_rest: str) -> None:
    asked("fetch", "-o", str(asked.folder / "x"), FIRST)
    for each in IDS:
        assert asked.found("--offline", each) == at_rest


def test_an_unthreaded_series_is_there_offline_by_each_of_its_mails(
    asked: Asked, stocked: PublicInbox
) -> None:
    stocked.add("kvm", posting(3, name="loose", threaded=False))
    everything = {posted_id(number, 1, "loose") for number in range(4)}
    out, err = asked("fetch", "--thread", posted_id(2, 1, "loose"))
    assert all(each in out for each in everything)
    assert "patches 1, 3 of 3 were not in the thread" in err
    for each in everything:
        again, _ = asked("fetch", "--thread", "--offline", each)
        assert sorted(split(again.encode())) == sorted(split(out.encode()))


def test_a_search_finds_series(asked: Asked, at_rest: str) -> None:
    assert asked.found("--query", 's:"named: take one"') == at_rest
    since = ["--query", 's:"named: take one"', "--since", "2026-03-20"]
    assert '"series":[]' in asked.found(*since).replace(" ", "").replace("\n", "")


def test_names_and_files_are_read_as_one(asked: Asked, at_rest: str) -> None:
    path = asked.folder / "one.eml"
    path.write_bytes(named()[1])
    assert asked.found(str(path), COVER, FIRST) == at_rest


def test_the_newest_revision_is_taken_unless_another_is_wanted(asked: Asked) -> None:
    old, new = posted_id(1, 1), posted_id(1, 2)
    out, err = asked("fetch", old)
    assert new in out
    assert old not in out
    assert "v2" in err
    assert "--as-named stays there" in err
    assert old in asked("fetch", "--as-named", old)[0]
    every = asked("fetch", "--thread", "--all-revisions", old)[0]
    assert old in every
    assert new in every
    assert new in asked("fetch", CHANGE)[0]


def test_a_series_that_is_named_twice_is_written_once(asked: Asked) -> None:
    path = asked.folder / "at-rest.mbox"
    path.write_bytes(b"".join(map(mboxrd, named())))
    out, _ = asked("fetch", COVER, FIRST, str(path), REPLY, posted_id(1, 2))
    assert len(list(split(out.encode()))) == 2 + 3
    asked("fetch", "-o", f"{asked.folder}/out/", FIRST, SECOND)
    assert len(list((asked.folder / "out").iterdir())) == 1


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    def piped(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    return piped


@pytest.mark.parametrize("number", range(4))
def test_one_mail_on_standard_input_stands_for_its_series(
    asked: Asked, at_rest: str, piped, number: int
) -> None:
    piped(named()[number])
    assert asked.found("-") == at_rest
    piped(named()[number])
    out, _ = asked("fetch", "-")
    assert len(list(split(out.encode()))) == 2


def test_offline_the_mail_alone_is_reviewed_and_that_is_said(asked: Asked, piped) -> None:
    piped(named()[1])
    out, err = asked("review", "--offline", "--format", "jsonl", "-")
    assert "module-get-unchecked" in out
    assert "only the one mail is looked at" in err


def test_a_server_that_is_gone_is_the_same(asked: Asked, piped) -> None:
    Path(asked.config).write_text(GONE)
    piped(named()[1])
    out, err = asked("review", "--format", "jsonl", "-")
    assert "module-get-unchecked" in out
    assert "only the one mail is looked at" in err
    assert "127.0.0.1" in err


def test_a_host_that_is_not_configured_is_not_asked(asked: Asked) -> None:
    _, err = asked("fetch", "https://example.org/inbox/x@y.z/", code=ExitCode.USAGE)
    assert "[lore]" in err or "config" in err


def test_an_id_that_is_nowhere_is_said(asked: Asked) -> None:
    _, err = asked("review", "nosuch@example.org", code=ExitCode.UNUSABLE)
    assert "no mail with the Message-ID nosuch@example.org" in err


# From elsewhere than that server

GONE = '[lore]\nurl = "http://127.0.0.1:9"\n[network]\npause = 0.0\nattempts = 1\n'


def test_a_mirror_answers_before_the_network(asked: Asked, at_rest: str, stocked) -> None:
    Path(asked.config).write_text(GONE + f'[mirrors]\nfolder = "{asked.folder}/mirrors"\n')
    asked("mirror", "add", str(stocked.epoch("kvm")), "--name", "kvm")
    for name in IDS:
        out, err = asked("review", "--format", "json", name)
        assert (out, err) == (at_rest, "")
    assert posted_id(1, 2) in asked("fetch", posted_id(2, 1))[0]


def test_a_damaged_mirror_does_not_stand_in_the_way(asked: Asked, at_rest: str, stocked) -> None:
    config = Path(asked.config)
    config.write_text(config.read_text() + f'[mirrors]\nfolder = "{asked.folder}/mirrors"\n')
    asked("mirror", "add", str(stocked.epoch("kvm")), "--name", "kvm")
    for file, rubbish in (("index.sqlite3", b"\xff" * 5000), ("mirror.json", b"{")):
        (asked.folder / "mirrors" / "kvm" / file).write_bytes(rubbish)
        out, err = asked("review", "--format", "json", FIRST)
        assert out == at_rest
        assert "no local mirror is asked" in err
        assert "kvm" in err


def test_what_a_mirror_lacks_is_fetched(asked: Asked, at_rest: str, tmp_path: Path) -> None:
    config = Path(asked.config)
    config.write_text(config.read_text() + f'[mirrors]\nfolder = "{asked.folder}/mirrors"\n')
    with served(tmp_path / "part", {"kvm": [named()[0], named()[2]]}) as part:
        asked("mirror", "add", str(part.epoch("kvm")), "--name", "kvm")
        assert asked.found(SECOND) == at_rest


def test_a_series_on_patchwork(asked: Asked, at_rest: str) -> None:
    cover, *patches, _ = named()
    kept = (Kept(1, FIRST, 7, "new", patches[0]), Kept(2, SECOND, 7, "new", patches[1]))
    with played(kept, {7: cover}) as server:
        text = GONE + f'[[patchwork]]\nname = "test"\nurl = "{server.url}"\n'
        Path(asked.config).write_text(text)
        for page in ("series/7/", "patch/2/", "project/kvm/list/?series=7"):
            found = json.loads(asked.found(f"{server.url}/{page}"))
            assert found["findings"] == json.loads(at_rest)["findings"]


def test_the_series_of_a_project_in_some_state(asked: Asked, at_rest: str) -> None:
    cover, *patches, _ = named()
    kept = (Kept(1, FIRST, 7, "new", patches[0]), Kept(2, SECOND, 7, "accepted", patches[1]))
    with played(kept, {7: cover}) as server:
        text = GONE + f'[[patchwork]]\nname = "test"\nurl = "{server.url}"\n'
        Path(asked.config).write_text(text)
        words = ("--patchwork", "test/kvm", "--since", "2026-01-01", "--state")
        found = json.loads(asked.found(*words, "new"))
        assert found["findings"] == json.loads(at_rest)["findings"]
        assert json.loads(asked.found(*words, "rejected"))["findings"] == []
        asked("review", "--offline", *words, "new", code=ExitCode.SERVICE)
    asked("review", "--state", "new", FIRST, code=ExitCode.USAGE)


def test_a_server_that_is_gone_is_a_failure_of_the_service(asked: Asked) -> None:
    Path(asked.config).write_text(GONE)
    _, err = asked("review", FIRST, code=ExitCode.SERVICE)
    assert "127.0.0.1" in err


# Who is asked


@pytest.mark.parametrize("command", ["review", "fetch"])
def test_no_host_is_asked_but_the_configured_one(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    elsewhere = "https://elsewhere.example/kvm/x@y.z/"
    with recorded(monkeypatch) as proxy:
        for name in (FIRST, CHANGED, f"{asked.url}/kvm/{quote(SECOND, safe='')}/T/"):
            asked(command, name)
        asked(command, "--query", 's:"named: take one"')
        asked(command, "nosuch@example.org", code=ExitCode.UNUSABLE)
        asked(command, elsewhere, code=ExitCode.USAGE)
        asked(command, "https://patchwork.elsewhere.example/series/1/", code=ExitCode.USAGE)
    assert proxy.hosts == {asked.url.partition("://")[2]}


@needs_git
def test_for_a_mirror_nobody_is_asked_but_its_server(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Path(asked.config)
    config.write_text(config.read_text() + f'[mirrors]\nfolder = "{asked.folder}/mirrors"\n')
    with recorded(monkeypatch) as proxy:
        asked("mirror", "add", f"{asked.url}/kvm")
        asked("mirror", "update", "--all-epochs", "--full")
        assert f"{asked.url}/kvm" in asked("mirror")[0]
        assert proxy.hosts == {asked.url.partition("://")[2]}
        before = len(proxy.requests)
        asked("fetch", "--as-named", FIRST)
        asked("mirror", "remove", "kvm")
    assert proxy.requests[before:] == []


def test_offline_nobody_is_asked(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    asked("fetch", FIRST)
    with recorded(monkeypatch) as proxy:
        asked("fetch", "--offline", FIRST)
        asked("fetch", "--offline", COVER)
        asked("fetch", "--offline", posted_id(1, 2), code=ExitCode.SERVICE)
        asked("fetch", "--offline", "--query", "foo", code=ExitCode.SERVICE)
    assert proxy.requests == []
