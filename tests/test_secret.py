"""Programs that print passwords, and git's credential helpers: what is taken, and that nothing is told of it."""

import stat
from pathlib import Path

import pytest

from reviewbot.errors import ConfigError
from reviewbot.secret import known_to_git, printed


def test_the_first_line_counts() -> None:
    assert printed(("printf", "one\ntwo\n"), "smtp 'x'", "password") == "one"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("false",), "gave no password"),
        (("/nowhere/pass",), "cannot be run: No such file"),
        (("a\0b",), "cannot be run: not a command"),
        (("sh", "-c", "echo hunter2; echo hunter2 >&2; exit 3"), "exit code 3"),
    ],
)
def test_a_program_that_fails_is_named_and_not_quoted(
    command: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(ConfigError, match=reason) as raised:
        printed(command, "smtp 'x'", "password")
    assert str(raised.value).startswith("smtp 'x': ")
    assert "hunter2" not in str(raised.value)


def test_git_is_asked_with_the_fields_and_never_asks_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = tmp_path / "helper"
    helper.write_text('#!/bin/sh\n[ "$1" = get ] && grep -q host=a.example && echo password=abc\n')
    helper.chmod(helper.stat().st_mode | stat.S_IXUSR)
    settings = tmp_path / "gitconfig"
    settings.write_text(f"[credential]\n\tusername = me\n\thelper = {helper}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    assert known_to_git({"protocol": "https", "host": "a.example"}, "p", "token") == "abc"
    with pytest.raises(ConfigError, match="git gave no token"):
        known_to_git({"protocol": "https", "host": "b.example"}, "p", "token")


@pytest.mark.parametrize("host", ["a\nhost=b", "a\0"])
def test_a_field_cannot_bring_another(host: str) -> None:
    with pytest.raises(ConfigError, match="cannot be asked"):
        known_to_git({"protocol": "https", "host": host}, "p", "token")
