import os
import sys
from pathlib import Path

import pytest

from reviewbot.commands.output import FORMATS, Look, write
from reviewbot.errors import OutputError, UsageError
from reviewbot.model.finding import Channel, Verdict
from reviewbot.review.outcome import Outcome
from tests.values import finding, series

OUTCOME = Outcome(series(), verdicts=(Verdict(finding(), Channel.MAIL, "", "Odd."),))


class Terminal:
    """A stdout that is a terminal of some encoding; keeps what is written."""

    def __init__(self, encoding: str = "utf-8") -> None:
        self.encoding = encoding
        self.written = b""
        self.buffer = self

    def write(self, piece: bytes) -> None:
        self.written += piece

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch, look: Look, encoding: str = "utf-8") -> str:
    terminal = Terminal(encoding)
    monkeypatch.setattr(sys, "stdout", terminal)
    write([OUTCOME], look, {}, None)
    return terminal.written.decode(encoding)


def test_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" in on_terminal(monkeypatch, Look())
    assert "\x1b[" not in on_terminal(monkeypatch, Look(color="never"))


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in on_terminal(monkeypatch, Look())
    assert "\x1b[" in on_terminal(monkeypatch, Look(color="always"))


def test_lines_fit_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    narrow = on_terminal(monkeypatch, Look(color="never"))
    assert max(map(len, narrow.splitlines())) <= 50
    monkeypatch.setenv("COLUMNS", "500")
    wide = on_terminal(monkeypatch, Look(color="never"))
    assert max(map(len, wide.splitlines())) <= 100


def test_what_the_terminal_cannot_show_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\\xb7" in on_terminal(monkeypatch, Look(color="never"), "ascii")


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_appears_when_it_is_whole(tmp_path: Path, form: str) -> None:
    path = tmp_path / "out"

    def outcomes() -> object:
        yield OUTCOME
        assert not path.exists()

    write(outcomes(), Look(form), {}, path)
    assert path.exists()
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_said_in_a_sentence() -> None:
    with pytest.raises(OutputError, match="/dev/full: cannot be written: No space left"):
        write([OUTCOME], Look(), {}, Path("/dev/full"))


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    def outcomes() -> object:
        yield OUTCOME
        raise KeyError

    with pytest.raises(KeyError):
        write(outcomes(), Look(), {}, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_file_has_no_colours_unless_asked(tmp_path: Path) -> None:
    write([OUTCOME], Look(), {}, tmp_path / "out")
    assert "\x1b[" not in (tmp_path / "out").read_text()
    write([OUTCOME], Look(color="always"), {}, tmp_path / "out")
    assert "\x1b[" in (tmp_path / "out").read_text()


def test_a_device_is_written_directly() -> None:
    write([OUTCOME], Look(), {}, Path(os.devnull))
    assert Path(os.devnull).is_char_device()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written: Is a directory"):
        write([OUTCOME], Look("text"), {}, tmp_path)
