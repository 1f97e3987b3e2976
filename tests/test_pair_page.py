"""The page on adding a pair says what happens: its entry, its mail and its comment are tried."""

import re
from pathlib import Path

import pytest

from reviewbot.cli import run
from reviewbot.errors import ExitCode

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "pairs.md").read_text(encoding="utf-8")


def block(kind: str) -> str:
    """The first fenced block of that kind."""
    found = re.search(rf"^```{kind}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    path = tmp_path / "reset.eml"
    path.write_text(block("mail"))
    return path


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(block("toml"))
    return path


def test_the_entry_makes_the_comment(
    mail: Path, entry: Path, capsys: pytest.CaptureFixture
) -> None:
    assert run(["review", "--config", str(entry), str(mail)]) == ExitCode.OK
    out = capsys.readouterr().out
    assert " ".join(block("comment").split()) in " ".join(out.split())
    assert "1 found in 1 patch of 1 series: 1 to mail" in out


def test_without_the_entry_nothing_is_said(mail: Path, capsys: pytest.CaptureFixture) -> None:
    assert run(["review", str(mail)]) == ExitCode.OK
    assert "lumen_session" not in capsys.readouterr().out


def test_the_entry_can_be_checked(entry: Path, capsys: pytest.CaptureFixture) -> None:
    assert run(["config", "check", "--config", str(entry)]) == ExitCode.OK
    assert run(["config", "show", "--config", str(entry)]) == ExitCode.OK
    assert "lumen_session_find" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('get = [{ name = "f", carries = "arg0" }]', "arg0 is no place in a call"),
        ('get = [{ name = "f", fails = "nul" }]', "Known here: never, false, null"),
        ('get = [{ name = "f", carry = "arg1" }]', "Did you mean carries?"),
    ],
)
def test_a_wrong_entry_is_named(
    entry: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[[pair]]\nobject = "struct foo"\n{entry}\nput = ["foo_put"]\n')
    assert run(["config", "check", "--config", str(path)]) == ExitCode.UNUSABLE
    assert said in capsys.readouterr().err


def test_a_pair_without_a_putter_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[[pair]]\nobject = "struct foo"\nget = [{ name = "foo_get" }]\nput = []\n')
    assert run(["config", "check", "--config", str(path)]) == ExitCode.UNUSABLE
    assert "struct foo" in capsys.readouterr().err
