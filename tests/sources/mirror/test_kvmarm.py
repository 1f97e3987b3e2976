"""A mirror of a real list: four years of kvmarm, 21,367 mails in one epoch. Nothing of it is in this repository."""

import random
import resource
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from reviewbot.parse.mail import message
from reviewbot.parse.subject import subject
from reviewbot.parse.thread import series
from reviewbot.sources.mirror.archive import opened
from reviewbot.sources.mirror.schema import FILE
from reviewbot.sources.mirror.settings import Mirrors
from reviewbot.sources.mirror.shelf import Mirror, named, note_down
from reviewbot.sources.mirror.source import note
from reviewbot.sources.mirror.update import Manner, update
from tests.sources.mirror.archives import came, letter, write
from tests.sources.repositories import git, needs_git

ROOT = Path(__file__).resolve().parents[3]
BUNDLE = ROOT / ".." / "shared" / "mail" / "archives" / "kvmarm.bundle"
pytestmark = [
    needs_git,
    pytest.mark.skipif(not BUNDLE.is_file(), reason="../shared is not beside this checkout"),
]

MANNER = Manner("git/2 (test)", lambda said: None, pause=0)
ALL = 21367


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the user's data, with the mirror in it."""
    folder = tmp_path_factory.mktemp("data")
    mirror = Mirror("kvmarm", folder / "reviewbot" / "mirrors" / "kvmarm", note(str(BUNDLE)))
    note_down(mirror)
    began = time.process_time()
    assert update(mirror, MANNER) == ALL
    # Our own share of the work; 1.7 s where it was measured. Every body decoded would be ten times as much.
    assert time.process_time() - began < 15
    return folder


@pytest.fixture(scope="module")
def upstream(place: Mirrors, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive as a server would have it; the mirror is one of it from now on."""
    mirror = named(place, "kvmarm")
    path = tmp_path_factory.mktemp("upstream") / "kvmarm.git"
    git(path.parent, "clone", "-q", "--mirror", str(mirror.epochs[0]), path.name)
    note_down(replace(mirror, note=replace(mirror.note, source=f"file://{path}")))
    return path


@pytest.fixture(scope="module")
def place(data: Path) -> Mirrors:
    return Mirrors(str(data / "reviewbot" / "mirrors"))


def covers(place: Mirrors) -> list[tuple[str, int]]:
    """Fifty cover letters, each with the number of its patches."""
    with closing(sqlite3.connect(named(place, "kvmarm").folder / FILE)) as index:
        rows = index.execute(
            "SELECT message_id, subject FROM mail JOIN name ON name.id = mail.name WHERE subject GLOB '[[]PATCH*'"
            " ORDER BY message_id"
        ).fetchall()
    found = [(name, subject(text)) for name, text in rows]
    whole = [(name, x.total) for name, x in found if x.position == 0 and x.total and x.total > 1]
    return random.Random(4).sample(whole, 50)


def test_fifty_series_by_message_id(place: Mirrors) -> None:
    complete = 0
    with opened(place) as archive:
        for name, total in covers(place):
            cover = archive.mail(name)
            assert cover is not None
            assert message(cover).message_id == name
            found = [each for each in series(map(message, archive.thread(name))) if each.patches]
            mine = [x for x in found if x.cover is not None and x.cover.message_id == name]
            assert len(mine) == 1, name
            complete += len(mine[0].patches) == total
    assert complete >= 48


def test_one_series_takes_a_moment(data: Path, place: Mirrors) -> None:
    """Half a second for the whole process; processor time, since other processes run beside the tests."""
    name = covers(place)[0][0]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        (sys.executable, "-m", "reviewbot", "fetch", "--offline", "--as-named", name),
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(data), "XDG_DATA_HOME": str(data)},
        capture_output=True,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stdout.startswith(b"From ")
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    assert used < 1.0


def test_a_mail_that_came_and_history_that_was_rewritten(place: Mirrors, upstream: Path) -> None:
    write(upstream, came([letter("late")]))
    assert update(named(place, "kvmarm"), MANNER) == 1
    old = git(upstream, "show", "HEAD~3:m").encode("utf-8", "surrogateescape")
    gone = old.partition(b"Message-ID: <")[2].partition(b">")[0].decode()
    with opened(place) as archive:
        assert archive.mail("late@example.org") is not None
    git(upstream, "update-ref", "refs/heads/master", git(upstream, "rev-parse", "HEAD~10"))
    write(upstream, came([letter("later")]))
    assert update(named(place, "kvmarm"), MANNER) == 1
    with opened(place) as archive:
        assert archive.mail("later@example.org") is not None
        assert archive.mail("late@example.org") is None
        assert archive.mail(gone) is None
        assert archive.mail(covers(place)[1][0]) is not None
    with closing(sqlite3.connect(named(place, "kvmarm").folder / FILE)) as index:
        assert index.execute("SELECT count(*) FROM mail").fetchone() == (ALL + 1 - 10 + 1,)
