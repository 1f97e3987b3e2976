"""The file: its mode, its schema, what is said where it cannot be used."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from reviewbot.errors import InputError, OutputError, ReviewbotError
from reviewbot.sinks.outbox.base import Base
from reviewbot.sinks.outbox.schema import STEPS

ONE = ("CREATE TABLE one (a TEXT) STRICT", "INSERT INTO one VALUES ('x')")
TWO = ("ALTER TABLE one ADD COLUMN b TEXT",)
BROKEN = ("ALTER TABLE one ADD COLUMN c TEXT", "CREATE TABLE one (a TEXT)")


def schema(path: Path) -> int:
    base = sqlite3.connect(path)
    (done,) = base.execute("PRAGMA user_version").fetchone()
    base.close()
    return done


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / "outbox.db"
    base = Base(path)
    with base.changing() as changed:
        changed.execute("DELETE FROM move")
    modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    assert modes == {"outbox.db": 0o600, "outbox.db-wal": 0o600, "outbox.db-shm": 0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700
    base.close()


def test_what_is_committed_is_on_the_disk(tmp_path: Path) -> None:
    base = Base(tmp_path / "db")
    assert base.rows("PRAGMA journal_mode") == [("wal",)]
    assert base.rows("PRAGMA synchronous") == [(2,)]
    base.close()


def test_the_steps_are_taken_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "db"
    Base(path, (ONE,)).close()
    assert schema(path) == 1
    base = Base(path, (ONE, TWO))
    assert base.rows("SELECT a, b FROM one") == [("x", None)]
    base.close()
    Base(path, (ONE, TWO)).close()
    assert schema(path) == 2


def test_a_step_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "db"
    Base(path, (ONE,)).close()
    with pytest.raises(ReviewbotError):
        Base(path, (ONE, BROKEN))
    assert schema(path) == 1
    base = Base(path, (ONE,))
    assert base.rows("SELECT * FROM one") == [("x",)]
    base.close()


def test_the_file_of_a_later_reviewbot_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "db"
    Base(path, (ONE, TWO)).close()
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"later reviewbot \(its schema is 2, this one knows 1\)"):
        Base(path, (ONE,))
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["db"]


def test_a_published_step_is_not_changed() -> None:
    """A new step goes below; the first one is part of files that exist."""
    tables = ["letter", "claim", "move", "objection"]
    assert all(f"CREATE TABLE {name} (" in "".join(STEPS[0]) for name in tables)


@pytest.mark.parametrize("content", [b"hello " * 1000, b"SQLite format 3\0" + b"\x13" * 5000])
def test_a_damaged_file_is_said_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "db"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is damaged") as told:
        Base(path)
    assert "rather than delete" in told.value.hint
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be"):
        Base(tmp_path / "file" / "state" / "db")


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    with pytest.raises(OutputError, match="cannot be used"):
        Base(tmp_path / "db")


def test_our_own_faults_are_no_sentences(tmp_path: Path) -> None:
    base = Base(tmp_path / "db")
    with pytest.raises(sqlite3.IntegrityError), base.changing() as changed:
        changed.execute("INSERT INTO claim VALUES ('nobody', 'a', 'b', 'c')")
    assert base.rows("SELECT * FROM claim") == []
    base.close()


def test_a_full_disk_is_said_and_what_was_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "db"
    base = Base(path, (ONE,))
    base.rows("PRAGMA max_page_count = 8")
    with pytest.raises(OutputError, match="no space left on the disk"), base.changing() as changed:
        changed.execute("UPDATE one SET a = 'y'")
        changed.execute("INSERT INTO one VALUES (?)", ("z" * 100_000,))
    assert base.rows("SELECT * FROM one") == [("x",)]
    with base.changing() as changed:
        changed.execute("UPDATE one SET a = 'y'")
    assert base.rows("SELECT * FROM one") == [("y",)]
    base.close()


LIMITED = """
import resource, sys
from pathlib import Path
from reviewbot.errors import OutputError
from reviewbot.sinks.outbox.base import Base
base = Base(Path(sys.argv[1]))
with base.changing() as changed:
    changed.execute("CREATE TABLE x (a TEXT)")
resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))
try:
    with base.changing() as changed:
        changed.execute("INSERT INTO x VALUES (?)", ("z" * 500_000,))
except OutputError as error:
    print(error)
"""


def test_a_limit_of_the_system_is_said(tmp_path: Path) -> None:
    path = tmp_path / "db"
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith(f"{path}: cannot be used: ")
    base = Base(path)
    assert base.rows("SELECT * FROM x") == []
    assert base.rows("PRAGMA integrity_check") == [("ok",)]
    base.close()
