import os
from pathlib import Path

import msgspec
import pytest

from reviewbot.errors import ConfigError
from reviewbot.sinks.transport.secret import Secret, secret
from reviewbot.sinks.transport.settings import Smtp

PASSWORD = "open sesame"


def given(**fields: object) -> Smtp:
    return Smtp(host="mx.example.org", user="bot", **fields)


@pytest.mark.parametrize("shown", [str, repr, "{}".format, "%s".__mod__, "{!r:>20}".format])
def test_nobody_sees_it_by_accident(shown) -> None:
    assert PASSWORD not in shown(Secret(PASSWORD))
    assert Secret(PASSWORD).reveal() == PASSWORD


def test_it_cannot_be_written_down() -> None:
    with pytest.raises(TypeError):
        msgspec.json.encode({"password": Secret(PASSWORD)})


def test_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PASSWORD", PASSWORD)
    found = secret(given(password_env="BOT_PASSWORD", password_command=("false",)))
    assert found.reveal() == PASSWORD


def test_a_program_gives_its_first_line() -> None:
    words = ("printf", " open sesame \\nlogin: bot\\n")
    assert secret(given(password_command=words)).reveal() == " open sesame "


def test_git_knows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "helper").write_text(
        f'#!/bin/sh\n[ "$1" = get ] || exit 0\ncat >{tmp_path}/asked\necho password={PASSWORD}\n'
    )
    (tmp_path / "helper").chmod(0o700)
    (tmp_path / "gitconfig").write_text(f"[credential]\n\thelper = {tmp_path}/helper\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    assert secret(given(git_credentials=True)).reveal() == PASSWORD
    asked = (tmp_path / "asked").read_text()
    assert "protocol=smtp\nhost=mx.example.org:587\nusername=bot\n" in asked


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "none is named"),
        ({"password_env": "NOT_SET"}, r"\$NOT_SET is not set"),
        ({"password_command": ("false",)}, "gave no password .exit code 1"),
        ({"password_command": ("/nowhere/pass",)}, "cannot be run"),
        ({"password_command": ("a\0b",)}, "cannot be run"),
        ({"password_command": ("true",)}, "is none"),
        ({"password_command": ("printf", "two\\twords\\a")}, "is none"),
        ({"git_credentials": True}, "gave no password"),
    ],
)
def test_without_a_password_it_is_said_why(
    fields: dict[str, object], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ConfigError, match=said):
        secret(given(**fields))


def test_a_program_that_fails_is_not_quoted(tmp_path: Path) -> None:
    script = f"echo {PASSWORD}; echo {PASSWORD} >&2; exit 3"
    with pytest.raises(ConfigError) as failure:
        secret(given(password_command=("sh", "-c", script)))
    assert PASSWORD not in str(failure.value)
    assert "sh gave no password (exit code 3)" in str(failure.value)


@pytest.mark.parametrize("field", ["host", "user"])
def test_what_would_ask_git_another_question_is_refused(field: str) -> None:
    words = {"host": "mx.example.org", "user": "bot", field: "a\nhost=evil.example.org"}
    with pytest.raises(ConfigError, match="cannot be asked for"):
        secret(Smtp(**words, git_credentials=True))
