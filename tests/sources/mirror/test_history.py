import os
import signal
import subprocess
import threading
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.errors import InputError
from reviewbot.sources.mirror import blobs, history
from reviewbot.sources.mirror.epoch import holds_mail, opened
from reviewbot.sources.mirror.history import Change, changes, mails, told
from reviewbot.sources.trouble import Trouble, TroubleKind
from tests.sources.mirror.archives import came, letter, posting, v1_came, v1_path, write
from tests.sources.repositories import git, needs_git

pytestmark = needs_git

FIRST, SECOND, THIRD = (letter(f"n{n}") for n in range(3))


def blob(repository: Path, raw: bytes) -> str:
    return git(repository, "hash-object", "--stdin", stdin=raw.decode())


def read(repository: Path, after: str = "") -> list[bytes]:
    with opened(repository) as epoch:
        return [raw for _, raw in mails(epoch, changes(epoch, after))]


# What came and went


def test_mails_come_in_the_order_they_were_added(tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came([FIRST, SECOND, THIRD]))
    assert read(path) == [FIRST, SECOND, THIRD]


def test_a_change_says_blob_commit_and_time(tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came([FIRST]))
    with opened(path) as epoch:
        (only,) = changes(epoch)
        assert only == Change(blob(path, FIRST), epoch.tip, 1772452800)
        assert epoch.tip == git(path, "rev-parse", "master")


def test_only_what_came_since_a_commit_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came([FIRST]))
    before = git(path, "rev-parse", "HEAD")
    write(path, came([SECOND, THIRD]))
    assert read(path, before) == [SECOND, THIRD]
    assert read(path, git(path, "rev-parse", "HEAD")) == []


def test_a_mail_is_taken_out_by_the_path_d(tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", [*came([FIRST, SECOND]), ("d", FIRST)])
    with opened(path) as epoch:
        assert [(x.blob, x.gone) for x in changes(epoch)] == [
            (blob(path, FIRST), False),
            (blob(path, SECOND), False),
            (blob(path, FIRST), True),
        ]


def test_v1_keeps_mails_at_paths_made_of_their_ids(tmp_path: Path) -> None:
    path = write(tmp_path / "v1.git", v1_came([FIRST, SECOND]))
    assert read(path) == [FIRST, SECOND]


def test_v1_edits_and_deletes_in_place(tmp_path: Path) -> None:
    steps = [*v1_came([FIRST, SECOND]), (v1_path(FIRST), THIRD), (v1_path(SECOND), None)]
    path = write(tmp_path / "v1.git", steps)
    with opened(path) as epoch:
        assert [(x.blob, x.gone) for x in changes(epoch)][2:] == [
            (blob(path, FIRST), True),
            (blob(path, THIRD), False),
            (blob(path, SECOND), True),
        ]


def test_other_files_are_no_mails(tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", [("README", b"Hello.\n"), ("mm", FIRST), ("m", SECOND)])
    assert read(path) == [SECOND]


def test_a_mail_that_was_purged_is_empty_and_left_out(tmp_path: Path) -> None:
    assert read(write(tmp_path / "0.git", came([FIRST, b"", THIRD]))) == [FIRST, THIRD]


# Repositories that are not as they should be


def test_an_empty_epoch_has_no_mail(tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", [])
    with opened(path) as epoch:
        assert epoch.tip == ""
        assert holds_mail(epoch)
        assert list(changes(epoch)) == []


def test_older_mails_may_have_been_left_out_of_a_clone(tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came([FIRST, SECOND, THIRD]))
    git(tmp_path, "clone", "-q", "--mirror", "--depth=2", f"file://{path}", "shallow.git")
    assert read(tmp_path / "shallow.git") == [SECOND, THIRD]


def test_a_missing_object_is_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came([FIRST, SECOND, THIRD]))
    with opened(path) as epoch:
        found = list(changes(epoch))
        found.insert(1, Change("1" * 40, found[0].commit, 0))
        assert [raw for _, raw in mails(epoch, found)] == [FIRST, SECOND, THIRD]


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came([FIRST, b"", SECOND]))
    with opened(path) as epoch:
        found = list(changes(epoch))
        found.insert(0, Change("1" * 40, found[0].commit, 0))
        answers = list(told(epoch, found))
        assert [change for change, _ in answers] == found
    assert [x for _, x in answers] == [
        Trouble("1" * 40, TroubleKind.MISSING),
        FIRST,
        Trouble(found[2].blob, TroubleKind.PURGED),
        SECOND,
    ]


def test_a_long_history_is_told_oldest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [letter(f"n{n}") for n in range(25)]
    path = write(tmp_path / "0.git", came(wanted))
    with opened(path) as epoch:
        whole = list(changes(epoch))
        for portion in (1, 7, 25, 26):
            monkeypatch.setattr(history, "_PORTION", portion)
            assert list(changes(epoch)) == whole
            assert read(path) == wanted
    assert [x.seconds for x in whole] == sorted(x.seconds for x in whole)


def damage(repository: Path, raw: bytes) -> None:
    name = blob(repository, raw)
    loose = repository / "objects" / name[:2] / name[2:]
    loose.parent.mkdir(exist_ok=True)
    loose.unlink(missing_ok=True)
    # The head is right, so that git begins to answer; it dies over the rest.
    loose.write_bytes(zlib.compress(b"blob 9999\0" + raw))


def test_reading_goes_on_behind_a_damaged_object(tmp_path: Path) -> None:
    wanted = [letter(f"w{n}") for n in range(5)]
    path = loosened(write(tmp_path / "0.git", came(wanted)))
    damage(path, wanted[1])
    damage(path, wanted[4])
    assert read(path) == [wanted[0], wanted[2], wanted[3]]


def loosened(repository: Path) -> Path:
    """All objects as files of their own, so that one may be damaged."""
    for pack in sorted((repository / "objects" / "pack").glob("*.pack")):
        data = pack.read_bytes()
        for left in repository.glob(f"objects/pack/{pack.stem}.*"):
            left.unlink()
        subprocess.run(
            ("git", f"--git-dir={repository}", "unpack-objects", "-q"), input=data, check=True
        )
    return repository


def test_too_much_damage_is_an_error(tmp_path: Path) -> None:
    wanted = [letter(f"w{n}") for n in range(25)]
    path = loosened(write(tmp_path / "0.git", came(wanted)))
    for raw in wanted:
        damage(path, raw)
    with pytest.raises(InputError, match="too many damaged objects"):
        read(path)


def test_a_history_that_breaks_off_is_an_error(tmp_path: Path) -> None:
    path = loosened(write(tmp_path / "0.git", came([FIRST, SECOND])))
    first = git(path, "rev-parse", "HEAD^")
    (path / "objects" / first[:2] / first[2:]).unlink()
    with pytest.raises(InputError, match="its history cannot be read"):
        read(path)


def test_too_large_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = letter("large", body="x" * 5000 + "\n")
    path = write(tmp_path / "0.git", came([FIRST, large, THIRD]))
    monkeypatch.setattr(blobs, "MAX_BYTES", 4000)
    monkeypatch.setattr(blobs, "_PIECE", 1000)
    assert read(path) == [FIRST, THIRD]


# What stands in the repository counts for nothing


def test_configuration_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came([FIRST]))
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "gpg.program", "diff.external", "core.sshCommand"):
        git(path, "config", key, str(trap))
    for key in ("log.showSignature", "log.mailmap", "diff.noprefix"):
        git(path, "config", key, "true")
    git(path, "config", "core.hooksPath", str(tmp_path))
    git(path, "config", "filter.trap.smudge", str(trap))
    git(path, "config", "log.date", "relative")
    (path / "info").mkdir(exist_ok=True)
    (path / "info" / "attributes").write_text("* filter=trap diff=trap\n")
    assert read(path) == [FIRST]
    assert not (tmp_path / "sprung").exists()


def test_the_users_own_configuration_is_not_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "0.git", came([FIRST]))
    (tmp_path / ".gitconfig").write_text(
        "[log]\n\tshowSignature = true\n\tshowRoot = false\n[color]\n\tui = always\n[diff]\n\trenames = copies\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert read(path) == [FIRST]


# Memory, processes, threads


def test_memory_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    body = "x" * 999 + "\n"
    path = write(tmp_path / "0.git", came(letter(f"n{n}", body=body * 50) for n in range(300)))
    with opened(path) as epoch:
        tracemalloc.start()
        count = sum(1 for _ in mails(epoch, changes(epoch)))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count == 300
    assert peak < 5 << 20


def children() -> set[str]:
    listed = subprocess.run(
        ("ps", "-o", "pid=,comm=", "--ppid", str(os.getpid())), capture_output=True, text=True
    )
    return {line for line in listed.stdout.splitlines() if "git" in line and "defunct" not in line}


def test_no_process_and_no_thread_is_left_when_reading_stops(tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came(letter(f"n{n}", body="x" * 9000) for n in range(200)))
    before = children()
    with opened(path) as epoch:
        reading = mails(epoch, changes(epoch))
        next(reading)
        assert len(children() - before) == 1
        assert threading.active_count() == 1 or not any(
            "cat" in t.name for t in threading.enumerate()
        )
        reading.close()
    assert children() <= before


def test_a_git_that_is_killed_is_not_taken_for_damage(tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came(letter(f"n{n}", body="x" * 9000) for n in range(500)))
    with opened(path) as epoch:
        before = children()
        reading = mails(epoch, list(changes(epoch)))
        next(reading)
        (line,) = children() - before
        os.kill(int(line.split()[0]), signal.SIGKILL)
        with pytest.raises(InputError, match="ended by signal 9"):
            list(reading)


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=8, unique=True))
@settings(max_examples=10)
def test_bytes_come_out_as_they_went_in(
    tmp_path_factory: pytest.TempPathFactory, raw: list[bytes]
) -> None:
    path = write(tmp_path_factory.mktemp("epoch") / "0.git", came(raw))
    assert read(path) == raw


def test_a_whole_series_of_posting(tmp_path: Path) -> None:
    series = posting("bar", 3)
    assert read(write(tmp_path / "0.git", came(series))) == series
