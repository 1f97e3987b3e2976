"""What audits survive: mails that kill, workers that die, ends at any moment, archives that are damaged."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reviewbot.errors import InputError
from reviewbot.run.audit.index import Index
from reviewbot.run.audit.journal import Journal
from reviewbot.run.executors import crew
from reviewbot.sinks.audit.folder import FINDINGS
from tests.run.audit.audits import Silent, audited, carried_on, request, told, volumes_in
from tests.run.audit.invented import QUIET, many, patch, the_list
from tests.run.audit.packs import deadly
from tests.run.living import descendants
from tests.sources.mirror.archives import inbox
from tests.sources.repositories import git, needs_git

pytestmark = needs_git

DEADLY = QUIET.replace("return f->level", "return deadly_word")
KILLS = 3


@pytest.fixture
def killed_list(tmp_path: Path) -> Path:
    """The invented list, and in its midst a patch that nobody survives."""
    mails = the_list()
    return inbox(tmp_path / "list", [*mails[:4], patch("doom", DEADLY, 5), *mails[4:], *many(30)])


def troubles(folder: Path) -> list[str]:
    with closing(Journal(folder / "journal")) as journal:
        return [one.detail for one in journal.troubles()]


def test_a_mail_that_kills_is_named_and_the_rest_is_found(
    tmp_path: Path, killed_list: Path
) -> None:
    found = volumes_in(tmp_path, killed_list)
    whole = audited(tmp_path, request(found))
    with crew("processes", 2) as hands:
        wanted = request(found, config=str(deadly(tmp_path)))
        assert audited(tmp_path, wanted, hands) == whole
    (trouble,) = troubles(tmp_path)
    assert trouble.startswith("kills whoever reads it")


def test_a_mail_that_kills_is_left_out_of_its_series(tmp_path: Path) -> None:
    mails = the_list()
    deadly_reroll = patch("murex", DEADLY, 4, subject="[PATCH v2] murex: add a driver")
    source = inbox(tmp_path / "list", [*mails[:3], deadly_reroll])
    wanted = request(volumes_in(tmp_path, source), config=str(deadly(tmp_path)))
    with crew("processes", 1) as hands:
        found = audited(tmp_path, wanted, hands)
    assert ("module-get-unchecked", "murex-1@example.org", "named") in told(found)
    assert len(troubles(tmp_path)) == 1


def test_a_death_by_chance_costs_nothing(tmp_path: Path, killed_list: Path) -> None:
    found = volumes_in(tmp_path, killed_list)
    whole = audited(tmp_path, request(found))
    with crew("processes", 2) as hands:
        wanted = request(found, config=str(deadly(tmp_path, lives=1)))
        assert audited(tmp_path, wanted, hands) == whole
    assert troubles(tmp_path) == []


class CutOffError(Exception):
    """Where a watcher ends the audit."""


class Cutting(Silent):
    """Ends an audit when it is told the n-th thing."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left

    def judged(self, mails: int, findings: int) -> None:
        self._cut()

    def looked(self, archive: str, mails: int) -> None:
        self._cut()

    def _cut(self) -> None:
        self.left -= 1
        if not self.left:
            raise CutOffError


def test_cut_off_anywhere_it_goes_on_to_the_same_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewbot.run.audit.indexing.SLICE", 7)
    monkeypatch.setattr("reviewbot.run.audit.audit.SLICE", 3)
    found = volumes_in(tmp_path, inbox(tmp_path / "list", [*the_list(), *many(30)]))
    wanted = request(found)
    whole = audited(tmp_path / "whole", wanted)
    with closing(Index(tmp_path / "i")) as index, closing(Journal(tmp_path / "j")) as journal:
        journal.begin(wanted)
        cuts = 0
        while True:
            try:
                assert carried_on(index, journal, wanted, watcher=Cutting(2)) == whole
                break
            except CutOffError:
                cuts += 1
    assert cuts > 5


def test_an_index_that_was_made_anew_ends_the_audit(tmp_path: Path) -> None:
    found = volumes_in(tmp_path, inbox(tmp_path / "list", the_list()))
    wanted = request(found)
    with closing(Index(tmp_path / "i")) as index, closing(Journal(tmp_path / "j")) as journal:
        journal.begin(wanted)
        carried_on(index, journal, wanted)
        index.renew(1, "another sieve")
        with pytest.raises(InputError, match="indexed anew"):
            carried_on(index, journal, wanted)


def test_mails_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    mails = [*the_list(), *many(10)]
    source = inbox(tmp_path / "list", mails)
    repository = source / "git" / "0.git"
    _unpack(repository)
    lost = _blob(repository, b"Message-ID: <lumen-3@example.org>")
    (repository / "objects" / lost[:2] / lost[2:]).unlink()
    found = audited(tmp_path, request(volumes_in(tmp_path, source)))
    fates = {name: fate for _, name, fate in told(found)}
    assert fates["lumen-1@example.org"] == "open"
    with closing(Index(tmp_path / "index")) as index:
        assert index.rows("SELECT place, kind FROM trouble") == [(lost, "missing")]


def _unpack(repository: Path) -> None:
    """Make every object a file of its own."""
    for pack in (repository / "objects" / "pack").glob("*.pack"):
        data = pack.read_bytes()
        for each in pack.parent.glob(f"{pack.stem}.*"):
            each.unlink()
        subprocess.run(("git", "unpack-objects", "-q"), cwd=repository, input=data, check=True)


def _blob(repository: Path, line: bytes) -> str:
    """The blob of the mail with this line."""
    told_of = git(repository, "log", "--raw", "--no-abbrev", "--format=", "HEAD").splitlines()
    ids = [each.split()[3] for each in told_of if each]
    wanted = [
        each
        for each in ids
        if line
        in subprocess.run(
            ("git", "cat-file", "blob", each), cwd=repository, capture_output=True, check=True
        ).stdout
    ]
    return wanted[0]


def command(folder: Path, source: Path, *more: str) -> tuple[str, ...]:
    report = ("--report", str(folder / "report"), "--format", "jsonl")
    return (sys.executable, "-m", "reviewbot", "audit", str(source), *report, *more)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[dict[str, str]]:
    yield {
        **os.environ,
        **{f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CACHE", "STATE")},
    }


def test_killed_anywhere_it_resumes_to_the_same_report(
    tmp_path: Path, home: dict[str, str]
) -> None:
    source = inbox(tmp_path / "list", [*the_list(), *many(150)])
    run = {"env": home, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    begin = time.monotonic()
    subprocess.run(command(tmp_path / "whole", source), check=True, **run)  # type: ignore[call-overload]
    span = time.monotonic() - begin
    whole = (tmp_path / "whole" / "report" / FINDINGS).read_bytes()
    chance = random.Random(6)
    kills = 0
    for number in range(KILLS):
        (tmp_path / "CACHE" / "reviewbot" / "audit" / "index.sqlite3").unlink(missing_ok=True)
        arguments = command(tmp_path / f"cut{number}", source, "--resume", "--jobs", "2")
        with subprocess.Popen(arguments, **run) as process:  # type: ignore[call-overload]
            time.sleep(chance.uniform(0.2, span))
            victims = [process.pid, *descendants(process.pid)]
            victim = chance.choice(victims)
            kills += process.poll() is None
            with_it = victim == process.pid
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                with_it = False
            _, said = process.communicate(timeout=60)
        if with_it or process.returncode:
            subprocess.run(arguments, check=True, **run)  # type: ignore[call-overload]
        assert (tmp_path / f"cut{number}" / "report" / FINDINGS).read_bytes() == whole, said
    assert kills


def test_a_history_that_breaks_off_is_audited_as_far_as_it_goes(tmp_path: Path) -> None:
    source = inbox(tmp_path / "list", [*the_list(), *many(10)])
    repository = source / "git" / "0.git"
    _unpack(repository)
    lost = git(repository, "rev-parse", "HEAD~12")
    (repository / "objects" / lost[:2] / lost[2:]).unlink()
    found = audited(tmp_path, request(volumes_in(tmp_path, source)))
    with closing(Index(tmp_path / "index")) as index:
        ((kind, detail),) = index.rows("SELECT kind, detail FROM trouble")
        ((mails,),) = index.rows("SELECT count(*) FROM mail")
    assert kind == "damaged"
    assert lost in detail or "history" in detail
    assert 0 < mails < len(the_list()) + 10
    assert audited(tmp_path, request(volumes_in(tmp_path, source))) == found
