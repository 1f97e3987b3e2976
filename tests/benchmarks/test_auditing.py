"""What audits are measured with: archives that are made, processes that are watched, figures that are reckoned."""

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.auditing import archive, kills, peers
from benchmarks.auditing.costpage import page as cost_page
from benchmarks.auditing.estimate import Measured, estimate, limits
from benchmarks.auditing.growth import grown, shape
from benchmarks.auditing.hashes import FINDINGS, hashes
from benchmarks.auditing.page import page, tables
from benchmarks.auditing.processes import below, is_alive
from benchmarks.auditing.running import Cost, Memory, Spread, cost, environment, memory
from benchmarks.auditing.speeds import Speeds
from benchmarks.auditing.tasks import Overhead
from benchmarks.auditing.weighing import weighed
from reviewbot.model.message import RawMessage
from reviewbot.parse.mail import message
from tests.run.audit.invented import many, the_list
from tests.run.living import wait_for
from tests.sources.mirror.archives import came, posting, write
from tests.sources.repositories import git, needs_git

ROOT = Path(__file__).resolve().parents[2]
MAILS = [*the_list(), *many(10)]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return write(tmp_path / "lumen.git", came(MAILS))


# Archives


@needs_git
def test_an_archive_is_read_oldest_first(repository: Path) -> None:
    assert [data for _, data in archive.mails(repository)] == MAILS
    assert archive.count(repository) == len(MAILS)
    assert archive.size(repository) > 1000


@needs_git
def test_a_part_of_a_bundle_is_opened(repository: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "lumen.bundle"
    git(repository, "bundle", "create", "-q", str(bundle), "--all")
    first = archive.opened(bundle, tmp_path / "made", 3)
    assert first.name == "lumen.git"
    assert list(archive.mails(first)) == list(archive.mails(repository))[:3]
    assert archive.opened(repository, tmp_path) == repository


@needs_git
def test_the_twin_of_an_archive_has_other_mails_of_the_same_content(
    repository: Path, tmp_path: Path
) -> None:
    twin = archive.doubled(repository, tmp_path)
    pairs = list(zip(archive.mails(repository), archive.mails(twin), strict=True))
    for (when, old), (again, new) in pairs:
        before, after = (message(RawMessage(data, "x")) for data in (old, new))
        assert (when, before.subject, before.body) == (again, after.subject, after.body)
        assert after.message_id == before.message_id.replace("@", "@again.")
        assert after.in_reply_to == tuple(x.replace("@", "@again.") for x in before.in_reply_to)
    assert archive.doubled(repository, tmp_path / "other").name == "lumen-again.git"


def test_only_names_in_the_header_are_changed() -> None:
    mail = b"References: <a@x>\n <b@y>\nSubject: a@x\n\nFrom: <a@x>\n@@ -1 +1 @@\n"
    assert archive.renamed(mail) == mail.replace(b"<a@x>\n <b@y>", b"<a@again.x>\n <b@again.y>")


def test_mails_are_sorted_into_threads() -> None:
    ones, twos = posting("one", 2), posting("two", 1)
    mails = [(0, data) for data in (ones[0], twos[0], ones[2], twos[1], ones[1])]
    assert [len(thread) for thread in peers.threads(mails)] == [3, 2]


@needs_git
def test_peers_that_are_not_there_are_passed_over(tmp_path: Path) -> None:
    for peer in (
        peers.parsearchive("", [], tmp_path),
        peers.assembled("no-such-program", [], tmp_path),
        peers.checked(None, [], tmp_path),
    ):
        assert peer.why.startswith("not measured here") and not peer.rate


def test_patchwork_is_measured_by_its_command(tmp_path: Path) -> None:
    script = "import sys; assert open(sys.argv[1]).read().count('From mboxrd@z') == 2"
    command = f'{sys.executable} -c "{script}" {{}}'
    peer = peers.parsearchive(command, [(0, data) for data in MAILS[:2]], tmp_path)
    assert (peer.count, peer.why) == (2, "") and peer.rate > 0


# Processes


def test_what_a_program_costs_is_told_from_outside(tmp_path: Path) -> None:
    variables = environment(tmp_path)
    spin = "import time\nwhile time.process_time() < 0.2: pass"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '''{spin}'''])"
    found = cost((sys.executable, "-c", child), variables)
    assert 0.2 <= found.cpu < 2 and found.wall > 0.2
    with pytest.raises(SystemExit, match=r"ended with 3: too late"):
        cost(
            (sys.executable, "-c", "import sys; print('too late', file=sys.stderr); sys.exit(3)"),
            variables,
        )


def test_the_memory_of_each_process_is_told(tmp_path: Path) -> None:
    hold = "import time; block = bytearray(80_000_000); time.sleep(0.3)"
    worker = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{hold}', 'spawn_main'])"
    )
    found = memory((sys.executable, "-c", worker), environment(tmp_path))
    assert found.driver < 60 and found.most == found.workers[0]
    assert 80 < found.workers[0] < 140


def test_processes_below_are_found_until_they_are_gone() -> None:
    command = (sys.executable, "-c", "import subprocess; subprocess.run(['sleep', '30'])")
    with subprocess.Popen(command) as process:
        assert wait_for(lambda: list(below(process.pid)))
        (child,) = below(process.pid)
        assert is_alive(child)
        process.kill()
        process.wait()
        assert list(below(process.pid)) == [] and not is_alive(process.pid)
        assert kills._killed(child) and wait_for(lambda: not is_alive(child))
        assert not kills._killed(child)


# Kills


def test_the_journal_tells_what_was_going_on(tmp_path: Path) -> None:
    journal = tmp_path / kills.JOURNAL
    assert kills.phase(journal, 2) == kills.START
    with closing(sqlite3.connect(journal, isolation_level=None)) as base:
        base.execute("CREATE TABLE request (request BLOB, pinned BLOB)")
        base.execute("CREATE TABLE slice (number INTEGER)")
        steps = (
            ("DELETE FROM slice", kills.START),
            ("INSERT INTO request VALUES ('', NULL)", kills.INDEX),
            ("UPDATE request SET pinned = ''", kills.REVIEW),
            ("INSERT INTO slice VALUES (1), (2)", kills.REPORT),
        )
        for statement, phase in steps:
            base.execute(statement)
            assert kills.phase(journal, 2) == phase
    assert kills.slices(tmp_path) == 2


def test_a_report_is_all_its_files_but_the_journal(tmp_path: Path) -> None:
    for name in (FINDINGS, "report.md", ".report.md.12.part", f"{kills.JOURNAL}-wal"):
        (tmp_path / name).write_text("one\ntwo\n")
    found = hashes(tmp_path)
    assert set(found.files) == {FINDINGS, "report.md", ".report.md.12.part"}
    assert (found.findings, len(found.files[FINDINGS])) == (2, 64)


# Speeds


def speeds(seconds: float = 2.0, most: float = 100.0) -> Speeds:
    rounds = {
        "floor": (Cost(0.9, 1.0),),
        **dict.fromkeys(("all", "again", "founding", "one"), (Cost(2.0, seconds),)),
        "two": (Cost(1.0, 2.2),),
    }
    taken = (Memory(60.0, (most, 90.0), 20.0), Memory(62.0, (most * 1.05, 95.0), 20.0))
    others = (
        peers.Peer("b4", "mails", 300, 1.0),
        peers.Peer("checkpatch", "patches", why="no perl"),
    )
    return Speeds(
        21_000, 9_000, "lumen", rounds, Cost(9, 10.0), (("two processes", *taken),), others
    )


def test_bounds_are_kept_or_broken() -> None:
    assert [bound.figure.split()[0] for bound in speeds().bounds()] == [
        "10,500",
        "2.00",
        "2.00",
        "105",
        "1.05",
    ]
    assert speeds().is_good
    assert not speeds(seconds=5.0).is_good
    assert not speeds(most=260.0).is_good


def test_the_page_has_all_figures() -> None:
    text = page(speeds(), "2 processors")
    assert "| mails per CPU-second, one process | 10,500 (10,500–10,500) | ≥ 8,000 | kept |" in text
    assert "| b4 | 300.0 |  | 35.0 | 7.0 |  |" in text
    assert "| checkpatch |  | – |  |  | no perl |" in text
    assert "| two processes, worker 2 | 90 | 95 | 1.06 |" in text
    assert "BROKEN" in page(speeds(seconds=9.0), "")
    assert all(len(row) == len(headings) for _, headings, rows in tables(speeds()) for row in rows)


def test_spreads_show_the_middle_and_both_ends() -> None:
    assert Spread.of((3.0, 1.0, 2.0)).text() == "2.00 (1.00–3.00)"


# Costs


@needs_git
def test_an_audit_is_weighed_part_by_part(repository: Path, tmp_path: Path) -> None:
    begin = time.perf_counter()
    found = weighed(repository, tmp_path / "weighed")
    wall = time.perf_counter() - begin
    assert (found.mails, found.look.jobs) == (len(MAILS), 1)
    assert found.findings and found.judge.jobs == 1 and 1 < found.largest < len(MAILS)
    for one in (found.look, found.judge):
        assert 0 < one.stored <= one.driver and 0 < one.worker < wall * 2
        assert one.sent > 40 * found.mails / 4 and one.received > 100
    assert min(found.index_bytes, found.journal_bytes, found.report_bytes) > 4096
    like = shape(tmp_path / "weighed" / "index")
    assert 0 < like.marked < 1 and like.named > 0
    steps = list(grown(tmp_path / "grown", like, 100))
    assert [step.mails for step in steps] == [100]
    measured = Measured(
        found,
        0.01,
        1.0,
        Memory(50, (60,), 5),
        Overhead(90, 50, 0),
        Overhead(5000, 900, 1200),
        tuple(steps),
    )
    one, many_more = (estimate(measured, 1_000_000, workers) for workers in (1, 10_000))
    assert one.brake == "workers" and many_more.brake != "workers"
    assert one.total > many_more.total > many_more.history
    assert [limit.workers for limit in limits(measured)] == sorted(
        x.workers for x in limits(measured)
    )
    text = cost_page(measured, "lumen", "2 processors")
    assert f"{len(MAILS)} mails" in text and "{" not in text and str(tmp_path) not in text
