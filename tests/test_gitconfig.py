"""git's own configuration, read by the real git."""

from pathlib import Path

import pytest

from reviewbot.errors import ConfigError
from reviewbot.gitconfig import git_settings
from tests.sources.repositories import needs_git

pytestmark = needs_git


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "gitconfig"
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.chdir(tmp_path)
    return path


def test_sections_subsections_and_every_value_in_order(settings: Path) -> None:
    settings.write_text(
        '[foo]\n\tOne = a\n\tone = "b\\nc"\n\tbare\n[foo "https://x.example/y"]\n\tone = d\n'
        "[bar]\n\ttwo =\n[food]\n\tone = no\n"
    )
    assert git_settings("foo", "bar") == {
        "foo": {"one": ("a", "b\nc"), "bare": (None,)},
        "foo.https://x.example/y": {"one": ("d",)},
        "bar": {"two": ("",)},
    }


def test_nothing_set_is_nothing(settings: Path) -> None:
    settings.write_text("[core]\n\tpager = cat\n")
    assert git_settings("foo") == {}


def test_a_file_git_cannot_read_is_said(settings: Path) -> None:
    settings.write_text("[foo\n")
    with pytest.raises(ConfigError, match="cannot be read"):
        git_settings("foo")


def test_no_git_is_said(settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(settings.parent))
    with pytest.raises(ConfigError, match="cannot be asked"):
        git_settings("foo")
