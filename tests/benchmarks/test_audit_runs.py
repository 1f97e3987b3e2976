"""The programs that measure audits, each once from beginning to end on an invented archive."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.auditing.hashes import FINDINGS, Hashes
from benchmarks.auditing.rounds import KEPT, ONE, turns
from benchmarks.auditing.running import Cost
from benchmarks.auditing.ways import INLINE, UNFILTERED, Way, gone
from tests.run.audit.invented import many, the_list
from tests.sources.mirror.archives import came, write
from tests.sources.repositories import needs_git

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ("audit.py", "audit_cost.py", "cutting.py", "sameness.py")

pytestmark = needs_git


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    return write(folder / "lumen.git", came([*the_list(), *many(40)]))


def run(script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, str(ROOT / "benchmarks" / script), *map(str, arguments))
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("script", SCRIPTS)
def test_without_an_archive_there_is_nothing_to_do(tmp_path: Path, script: str) -> None:
    done = run(script, tmp_path / "nowhere")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Nothing to ")


def test_every_way_finds_the_same(repository: Path, tmp_path: Path) -> None:
    found = list(gone(repository, tmp_path, (INLINE, UNFILTERED)))
    assert [way.differs(found[0].made) for way in found] == [[], []]
    assert found[0].made.findings > 2


def test_what_differs_is_named() -> None:
    whole = Hashes({FINDINGS: "1", "report.md": "2"}, 1)
    other = Hashes({FINDINGS: "1", "report.md": "3", ".x.part": "4"}, 1)
    assert Way(INLINE, Cost(1, 1), other).differs(whole) == [".x.part", "report.md"]
    assert Way(UNFILTERED, Cost(1, 1), other).differs(whole) == []
    assert Way(UNFILTERED, Cost(1, 1), Hashes({}, 0)).differs(whole) == [FINDINGS]


def test_what_is_killed_is_resumed(repository: Path) -> None:
    done = run("cutting.py", repository, "--kills", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kills in " in done.stdout
    assert "processes that outlived a driver  0" in done.stdout


def test_rounds_are_measured(repository: Path, tmp_path: Path) -> None:
    (found,) = turns(repository, tmp_path, 1, {"all": ONE, KEPT: ONE})
    assert set(found) == {"floor", "all", KEPT}
    assert 0 < found["floor"].cpu < found["all"].cpu
    assert {"all", KEPT} <= {path.name for path in (tmp_path / "0-all").iterdir()}
