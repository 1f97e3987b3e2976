import tomllib
from pathlib import Path

import pytest

from reviewbot.cli import run
from reviewbot.config import load
from reviewbot.config.places import shipped_config, user_config
from reviewbot.errors import ExitCode
from tests.commands.cases import config


def test_show_prints_what_is_in_force(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = config(tmp_path, "[policy]\nmax_own_lines = 7\n")
    assert run(["config", "show", "--config", str(path)]) == ExitCode.OK
    out = capsys.readouterr().out
    assert f"# {shipped_config()}\n# {path}\n" in out
    assert tomllib.loads(out) == load(path).table
    assert tomllib.loads(out)["policy"]["max_own_lines"] == 7


def test_what_is_shown_can_be_loaded_again(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    run(["config", "show"])
    again = config(tmp_path, capsys.readouterr().out)
    assert load(again).settings == load().settings


def test_without_a_verb_it_is_shown(capsys: pytest.CaptureFixture) -> None:
    run(["config"])
    assert "[policy]" in capsys.readouterr().out


def test_check_says_that_all_is_fine(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = config(tmp_path, "")
    assert run(["config", "check", "--config", str(path)]) == ExitCode.OK
    shipped, named, counted = capsys.readouterr().out.splitlines()
    assert shipped == f"{shipped_config()}: fine"
    assert named == f"{path}: fine"
    assert counted.endswith(" pairs")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[polcy]\n", "polcy: there is no such key"),
        ('[render]\ntemplates = ["none"]\n', "render.templates: "),
        ('packs = ["none"]\n', "has no folder rules/"),
        ("[rules.export-nwe]\n", "rules.export-nwe: there is no such key"),
    ],
)
def test_check_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture, text: str, said: str
) -> None:
    path = config(tmp_path, text)
    assert run(["config", "check", "--config", str(path)]) == ExitCode.UNUSABLE
    assert said in capsys.readouterr().err


def test_path_names_the_files_in_order(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = config(tmp_path, "")
    assert run(["config", "path", "--config", str(path)]) == ExitCode.OK
    assert capsys.readouterr().out.splitlines() == [
        str(shipped_config()),
        f"{user_config()} (not there)",
        str(path),
    ]
