from pathlib import Path

import pytest

from reviewbot.config.places import (
    shipped_config,
    shipped_pages,
    shipped_templates,
    user_config,
)


def test_shipped_files_are_found_in_a_checkout() -> None:
    assert shipped_config().is_file()
    assert (shipped_templates() / "reply.j2").is_file()
    assert list(shipped_pages().glob("*.md"))


def test_the_users_file_follows_the_xdg_specification(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert user_config() == tmp_path / "reviewbot" / "config.toml"


@pytest.mark.parametrize("value", ["", None])
def test_without_xdg_it_lies_below_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    if value is None:
        monkeypatch.delenv("XDG_CONFIG_HOME")
    else:
        monkeypatch.setenv("XDG_CONFIG_HOME", value)
    assert user_config() == tmp_path / ".config" / "reviewbot" / "config.toml"
