import sqlite3
from pathlib import Path

import pytest

from reviewbot.errors import InputError
from reviewbot.sources.mirror.schema import FILE, read, written
from tests.unprivileged import shared_folder, unprivileged


def tables(index: sqlite3.Connection) -> set[str]:
    rows = index.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in rows}


def test_a_new_index_has_all_tables(tmp_path: Path) -> None:
    written(tmp_path).close()
    index = read(tmp_path)
    assert index is not None
    assert {"epoch", "name", "mail", "alias", "taken"} <= tables(index)
    index.close()


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    index = written(tmp_path)
    index.execute("INSERT INTO epoch VALUES (0, 'abc')")
    index.close()
    again = written(tmp_path)
    assert again.execute("SELECT last FROM epoch").fetchall() == [("abc",)]
    again.close()


def test_there_is_nothing_to_read_where_nothing_was_written(tmp_path: Path) -> None:
    assert read(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_what_is_read_cannot_be_changed(tmp_path: Path) -> None:
    written(tmp_path).close()
    index = read(tmp_path)
    assert index is not None
    with pytest.raises(sqlite3.OperationalError):
        index.execute("DELETE FROM mail")
    index.close()


@pytest.mark.parametrize("damage", [b"no database", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_index_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / FILE).write_bytes(damage)
    index = written(tmp_path)
    assert "mail" in tables(index)
    index.close()


def test_an_index_of_a_later_release_is_refused(tmp_path: Path) -> None:
    index = written(tmp_path)
    index.execute("PRAGMA user_version = 99")
    index.close()
    with pytest.raises(InputError, match="later release"):
        written(tmp_path)
    assert read(tmp_path) is None


def test_a_half_made_index_is_completed(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / FILE).close()
    assert read(tmp_path) is None
    written(tmp_path).close()
    index = read(tmp_path)
    assert index is not None
    index.close()


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        written(tmp_path / "none")


def test_an_index_in_a_folder_of_others_is_read() -> None:
    with shared_folder() as folder:
        written(folder).close()
        folder.chmod(0o555)
        with unprivileged():
            with pytest.raises(OSError, match="Permission denied"):
                (folder / "x").touch()
            index = read(folder)
            assert index is not None
            index.close()
