import os
import tempfile
from pathlib import Path

import pytest

from reviewbot import __version__
from reviewbot.sinks.crashlog import write


def test_the_log_lies_in_the_state_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = write("review x.mbox", "Traceback: oops")
    assert path.parent == tmp_path / "reviewbot"
    text = path.read_text()
    assert text.startswith(f"reviewbot {__version__}, Python 3.")
    assert "while: review x.mbox" in text
    assert text.endswith("Traceback: oops\n")


def test_without_xdg_it_lies_below_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME")
    assert write("x", "y").parent == tmp_path / ".local" / "state" / "reviewbot"


@pytest.fixture
def no_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state directory that cannot be made, and an own one for temporary files."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_where_that_cannot_be_written_it_goes_to_the_temporary_files(no_state: Path) -> None:
    path = write("x", "y")
    assert path.parent == no_state
    assert path.read_text().endswith("y\n")


def test_two_logs_of_a_second_do_not_meet(no_state: Path) -> None:
    first, second = write("x", "1"), write("x", "2")
    assert first != second
    assert first.read_text().endswith("1\n")


def test_where_nothing_can_be_written_nothing_is_raised(
    no_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(no_state / "file"))
    assert write("x", "y") == Path(os.devnull)


def test_lone_surrogates_do_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert "\\udcff" in write("x", "a \udcff b").read_text()
