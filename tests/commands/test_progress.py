import io
import sys

import pytest

from reviewbot.commands import progress
from reviewbot.commands.progress import shown


class Terminal(io.StringIO):
    """A terminal that keeps what is written."""

    def isatty(self) -> bool:
        return True


def test_without_a_terminal_nothing_is_shown(capsys: pytest.CaptureFixture) -> None:
    assert list(shown(iter("abc"), "reading")) == ["a", "b", "c"]
    assert capsys.readouterr().err == ""


def test_short_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(shown(iter("abc"), "reading")) == ["a", "b", "c"]
    assert terminal.getvalue() == ""


def test_long_work_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "PATIENCE", -1.0)
    assert list(shown(iter("abc"), "reading mails", 3)) == ["a", "b", "c"]
    assert "reading mails" in terminal.getvalue()
    assert "3/3" in terminal.getvalue()


def test_a_consumer_who_stops_stops_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "PATIENCE", -1.0)
    items = shown(iter("abc"), "reading")
    assert next(items) == "a"
    assert next(items) == "b"
    items.close()
    written = terminal.getvalue()
    assert "reading" in written
