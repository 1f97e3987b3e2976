import os
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from reviewbot.errors import InputError, ServiceError
from reviewbot.sources.mirror.account import account
from reviewbot.sources.mirror.archive import opened
from reviewbot.sources.mirror.settings import Mirrors
from reviewbot.sources.mirror.shelf import Kind, Mirror, Note, locked, named, note_down
from reviewbot.sources.mirror.source import note
from reviewbot.sources.mirror.transport import PART, agent
from reviewbot.sources.mirror.update import Manner, update
from tests.sources.mirror.archives import came, inbox, letter, posting, rewrite, v1_came, write
from tests.sources.repositories import git, needs_git

pytestmark = needs_git

MANNER = Manner("git/2 (test)", lambda said: None, pause=0)
ALL = Manner("git/2 (test)", lambda said: None, pause=0, every_epoch=True)


@pytest.fixture
def place(tmp_path: Path) -> Mirrors:
    return Mirrors(str(tmp_path / "mirrors"))


def made(place: Mirrors, source: str, first: int = 0) -> Mirror:
    mirror = Mirror("kvm", place.place / "kvm", note(source, first))
    note_down(mirror)
    return mirror


def brought(place: Mirrors, manner: Manner = MANNER) -> int:
    """Update as a later run would: the mirror is read from its note."""
    return update(named(place, "kvm"), manner)


def held(place: Mirrors, *names: str) -> list[bool]:
    with opened(place) as archive:
        return [archive.mail(f"{name}@example.org") is not None for name in names]


# Lists and repositories


def test_a_list_is_cloned_epoch_by_epoch(place: Mirrors, tmp_path: Path) -> None:
    source = inbox(tmp_path / "kvm", [letter("a")], [letter("b"), letter("c")])
    assert update(made(place, f"file://{source}"), MANNER) == 3
    mirror = named(place, "kvm")
    assert mirror.note.kind is Kind.LIST
    assert list(mirror.epochs) == [0, 1]
    assert held(place, "a", "b", "c", "d") == [True, True, True, False]
    assert account(mirror).mails == 3


def test_from_an_epoch_on(place: Mirrors, tmp_path: Path) -> None:
    source = inbox(tmp_path / "kvm", [letter("a")], [letter("b")], [letter("c")])
    assert update(made(place, f"file://{source}", 1), MANNER) == 2
    assert list(named(place, "kvm").epochs) == [1, 2]


@pytest.mark.parametrize("steps", [came, v1_came])
def test_a_repository_by_itself(place: Mirrors, tmp_path: Path, steps: object) -> None:
    source = write(tmp_path / "kvm.git", steps([letter("a")]))
    assert update(made(place, f"file://{source}"), MANNER) == 1
    assert named(place, "kvm").note.kind is Kind.SINGLE
    assert held(place, "a") == [True]


def test_a_repository_whose_name_does_not_tell(place: Mirrors, tmp_path: Path) -> None:
    source = write(tmp_path / "kvm", came([letter("a")]))
    assert update(made(place, f"file://{source}"), MANNER) == 1
    assert named(place, "kvm").note.kind is Kind.SINGLE


def test_a_bundle(place: Mirrors, tmp_path: Path) -> None:
    source = write(tmp_path / "kvm.git", came([letter("a")]))
    bundle = tmp_path / "kvm.bundle"
    git(source, "bundle", "create", "-q", str(bundle), "HEAD", "master")
    assert update(made(place, str(bundle)), MANNER) == 1
    write(source, came([letter("b")]))
    git(source, "bundle", "create", "-q", str(bundle), "HEAD", "master")
    assert brought(place) == 1
    assert held(place, "a", "b") == [True, True]


# Growth, edits, purges


def test_what_is_new_is_fetched(place: Mirrors, tmp_path: Path) -> None:
    source = inbox(tmp_path / "kvm", posting("foo", 2))
    update(made(place, f"file://{source}"), MANNER)
    assert brought(place) == 0
    write(source / "git" / "0.git", came([letter("re", answers="foo-1")]))
    assert brought(place) == 1
    with opened(place) as archive:
        assert len(list(archive.thread("foo-0@example.org"))) == 4


def test_a_new_epoch_is_found(place: Mirrors, tmp_path: Path) -> None:
    source = inbox(tmp_path / "kvm", [letter("a")])
    update(made(place, f"file://{source}"), MANNER)
    write(source / "git" / "1.git", came([letter("b")]))
    assert brought(place) == 1
    assert list(named(place, "kvm").epochs) == [0, 1]


def test_an_epoch_without_mail_waits_for_its_first(place: Mirrors, tmp_path: Path) -> None:
    source = inbox(tmp_path / "kvm", [letter("a")], [])
    update(made(place, f"file://{source}"), MANNER)
    assert list(named(place, "kvm").epochs) == [0]
    write(source / "git" / "1.git", [])
    git(source / "git" / "1.git", "fetch", "-q", str(source / "git" / "0.git"), "master:master")
    assert brought(place) == 1


def test_rewritten_history_replaces_ours(place: Mirrors, tmp_path: Path) -> None:
    source = inbox(tmp_path / "kvm", [letter("a"), letter("b"), letter("c")])
    update(made(place, f"file://{source}"), MANNER)
    edited = letter("b", body="Edited.\n")
    rewrite(source / "git" / "0.git", came([letter("a"), edited, b"", letter("d")]))
    assert brought(place) == 2
    assert held(place, "a", "b", "c", "d") == [True, True, False, True]
    with opened(place) as archive:
        found = archive.mail("b@example.org")
    assert found is not None
    assert found.data == edited


def test_older_epochs_are_asked_for_once_a_day(place: Mirrors, tmp_path: Path) -> None:
    source = inbox(tmp_path / "kvm", [letter("a"), letter("b")], [letter("c")])
    update(made(place, f"file://{source}"), MANNER)
    rewrite(source / "git" / "0.git", came([letter("a")]))
    brought(place)
    assert held(place, "b") == [True]
    brought(place, ALL)
    assert held(place, "a", "b", "c") == [True, False, True]
    rewrite(source / "git" / "0.git", came([letter("d")]))
    stale = named(place, "kvm").epochs[0] / "FETCH_HEAD"
    os.utime(stale, (0, 0))
    brought(place)
    assert held(place, "a", "d") == [False, True]


def test_a_clone_of_others_is_read_and_never_written_to(place: Mirrors, tmp_path: Path) -> None:
    source = inbox(tmp_path / "kvm", [letter("a")])
    before = sorted(tmp_path.glob("kvm/**/*"))
    times = [path.stat().st_mtime_ns for path in before]
    assert update(made(place, str(source)), MANNER) == 1
    assert sorted(tmp_path.glob("kvm/**/*")) == before
    assert [path.stat().st_mtime_ns for path in before] == times
    write(source / "git" / "0.git", came([letter("b")]))
    assert brought(place) == 1
    assert held(place, "a", "b") == [True, True]


def test_all_history_is_gone_over_on_demand(place: Mirrors, tmp_path: Path) -> None:
    source = inbox(tmp_path / "kvm", [letter("a")])
    update(made(place, str(source)), MANNER)
    assert brought(place, Manner("git/2", lambda said: None, whole=True)) == 0
    assert held(place, "a") == [True]


# What git runs, and whom it asks


def test_neither_hooks_nor_templates_come_along(
    place: Mirrors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = f"#!/bin/sh\ntouch {tmp_path}/sprung\n"
    hooks = tmp_path / "templates" / "hooks"
    hooks.mkdir(parents=True)
    for name in ("reference-transaction", "post-checkout", "fsmonitor"):
        (hooks / name).write_text(trap)
        (hooks / name).chmod(0o755)
    (tmp_path / ".gitconfig").write_text(
        f"[init]\n\ttemplateDir = {tmp_path}/templates\n[core]\n\thooksPath = {hooks}\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    source = inbox(tmp_path / "kvm", [letter("a")])
    update(made(place, f"file://{source}"), MANNER)
    write(source / "git" / "0.git", came([letter("b")]))
    (tmp_path / "sprung").unlink(missing_ok=True)
    assert brought(place) == 1
    assert not (tmp_path / "sprung").exists()
    assert not (named(place, "kvm").epochs[0] / "hooks").exists()


def test_the_address_is_that_of_the_note_whatever_the_clone_says(
    place: Mirrors, tmp_path: Path
) -> None:
    source = inbox(tmp_path / "kvm", [letter("a")])
    update(made(place, f"file://{source}"), MANNER)
    clone = named(place, "kvm").epochs[0]
    git(clone, "config", "remote.origin.url", "http://127.0.0.1:1/elsewhere")
    git(clone, "config", "remote.origin.fetch", "+refs/none:refs/none")
    write(source / "git" / "0.git", came([letter("b")]))
    assert brought(place) == 1


def test_git_says_who_it_is_and_for_whom() -> None:
    assert agent("maint@example.org").startswith("git/2.")
    assert agent("maint@example.org").endswith("+maint@example.org)")
    assert agent().partition(" ")[2].startswith("(reviewbot/")
    assert agent("x", "kvm-review/1").endswith(" (kvm-review/1)")


class Odd(BaseHTTPRequestHandler):
    """A server that answers as its first path component says."""

    seen: list[tuple[str, str]] = []

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers["User-Agent"]))
        code = int(self.path.split("/")[1][:3])
        self.send_response(code)
        if code == 302:
            self.send_header("Location", f"http://localhost:{self.server.server_port}/200/x")
        if code == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        if "empty" not in self.path:
            self.wfile.write(b"<html>\n<title>Making sure you're not a bot!</title>\n")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def odd() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Odd)
    Odd.seen.clear()
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("404", "no public-inbox archive there"),
        ("410", "no public-inbox archive there"),
        ("500", "The requested URL returned error: 500"),
        ("503", "The requested URL returned error: 503"),
        ("401", "cannot fetch it"),
        ("403", "The requested URL returned error: 403"),
        ("302", "error: 302"),
        ("200", "the server answers, but not with a repository"),
        ("200-empty", "nothing in it, or a page for people"),
    ],
)
def test_servers_that_do_not_serve(place: Mirrors, odd: str, path: str, said: str) -> None:
    """No question to anybody, nothing asked of another host, no clone left."""
    with pytest.raises(ServiceError, match=said):
        update(made(place, f"{odd}/{path}"), MANNER)
    assert named(place, "kvm").epochs == {}
    assert not list(place.place.glob(f"kvm/git/*{PART}"))
    assert {agent for _, agent in Odd.seen} == {"git/2 (test)"}
    assert all(asked.startswith(f"/{path}/") for asked, _ in Odd.seen)


@pytest.mark.parametrize("path", ["200", "200-empty", "404", "503"])
def test_a_server_that_no_longer_serves_takes_nothing_away(
    place: Mirrors, odd: str, tmp_path: Path, path: str
) -> None:
    source = inbox(tmp_path / "kvm", [letter("a")])
    mirror = made(place, f"file://{source}")
    update(mirror, MANNER)
    note_down(Mirror("kvm", mirror.folder, Note(f"{odd}/{path}", Kind.LIST)))
    with pytest.raises(ServiceError):
        brought(place)
    assert held(place, "a") == [True]


def test_no_connection(place: Mirrors) -> None:
    with pytest.raises(ServiceError, match="git cannot fetch it"):
        update(made(place, "http://127.0.0.1:1/kvm"), MANNER)


def test_progress_is_gits_own_counting(place: Mirrors, tmp_path: Path) -> None:
    told: list[str] = []
    source = inbox(tmp_path / "kvm", [letter(f"n{n}") for n in range(40)])
    update(made(place, f"file://{source}"), Manner("git/2", told.append, pause=0))
    assert told[0] == f"kvm: cloning file://{source}/git/0.git"
    assert any(re.match("(Receiving|Resolving) .*: 100%", line) for line in told)
    assert told[-1] == "kvm: indexing epoch 0: 40/40"
    assert not any("remote:" in line or "\r" in line or "\n" in line for line in told)


# What is no archive, and what stands in the way


def test_a_repository_of_sources_is_refused(place: Mirrors, tmp_path: Path) -> None:
    source = write(tmp_path / "linux.git", [("Makefile", b"all:\n")])
    with pytest.raises(InputError, match="no archive of mail"):
        update(made(place, f"file://{source}"), MANNER)


def test_a_clone_that_went_away(place: Mirrors, tmp_path: Path) -> None:
    source = inbox(tmp_path / "kvm", [letter("a")])
    update(made(place, str(source)), MANNER)
    source.rename(tmp_path / "away")
    with pytest.raises(InputError, match="there is no git repository"):
        brought(place)


def test_what_a_killed_git_left_does_not_stand_in_the_way(place: Mirrors, tmp_path: Path) -> None:
    source = inbox(tmp_path / "kvm", [letter("a")])
    update(made(place, f"file://{source}"), MANNER)
    clone = named(place, "kvm").epochs[0]
    left = [
        *("packed-refs.lock", "HEAD.lock", "config.lock", "gc.pid", "shallow.lock"),
        *("refs/heads/master.lock", "objects/pack/tmp_pack_abc", "objects/info/x.lock"),
    ]
    for name in left:
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).touch()
    (clone.parent / f"1.git{PART}" / "objects").mkdir(parents=True)
    write(source / "git" / "0.git", came([letter("b")]))
    assert brought(place) == 1
    assert not any((clone / name).exists() for name in left)
    assert [path.name for path in clone.parent.iterdir()] == ["0.git"]


def test_another_update_is_not_disturbed(place: Mirrors, tmp_path: Path) -> None:
    mirror = made(place, f"file://{inbox(tmp_path / 'kvm', [letter('a')])}")
    with locked(mirror), pytest.raises(InputError, match="another process is updating it"):
        update(mirror, MANNER)


def test_git_may_be_missing(
    place: Mirrors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = made(place, f"file://{inbox(tmp_path / 'kvm', [letter('a')])}")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="git cannot be started"):
        update(mirror, MANNER)
    with pytest.raises(InputError, match="git cannot be started"):
        agent()
