import os
import signal
import subprocess
import sys
import time
from functools import partial
from importlib import import_module
from pathlib import Path

import click
import pytest

from reviewbot import __version__
from reviewbot.cli import ENTRIES, reviewbot, run
from reviewbot.errors import ExitCode
from tests.builders import mail, new_file, patch_body
from tests.commands.cases import faulty

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("jinja2", "unidiff", "tree_sitter", "msgspec", "rich", "email", "reviewbot.config")


def started(*arguments: str, **more: object) -> subprocess.Popen:
    """The command line as a process of its own."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-m", "reviewbot", *arguments]
    # A shell starts what runs in the background with Ctrl-C ignored, and children would inherit that.
    ready = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(command, cwd=ROOT, text=True, preexec_fn=ready, **(pipes | more))


@pytest.fixture
def series(tmp_path: Path) -> Path:
    path = tmp_path / "one.eml"
    path.write_bytes(mail(patch_body(new_file("virt/foo.c", "int foo;\n"))))
    return path


# Output that cannot be written


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("command", [["review"], ["rules", "list"]])
def test_a_full_disk_is_no_fault_of_ours(series: Path, command: list[str]) -> None:
    source = [str(series)] if command == ["review"] else []
    with Path("/dev/full").open("w") as full:
        process = started(*command, *source, stdout=full)
        _, err = process.communicate(timeout=60)
    assert process.returncode == ExitCode.UNUSABLE
    assert err.count("\n") == 1
    assert "cannot be written: No space left on device" in err


def test_a_closed_standard_output_is_said(series: Path) -> None:
    shell = ["sh", "-c", 'exec "$0" -m reviewbot review "$1" >&-', sys.executable, str(series)]
    process = subprocess.run(shell, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert process.returncode == ExitCode.UNUSABLE
    assert process.stderr == "reviewbot: standard output: is closed\n"


# Help and names


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], []])
def test_help_lists_every_command(capsys: pytest.CaptureFixture, arguments: list[str]) -> None:
    run(arguments)
    out, err = capsys.readouterr()
    for entry in ENTRIES:
        assert f"  {entry.name} " in out + err
    assert "Example" in out + err


def test_version(capsys: pytest.CaptureFixture) -> None:
    assert run(["--version"]) == ExitCode.OK
    assert capsys.readouterr().out == f"reviewbot, version {__version__}\n"


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(argument: str) -> None:
    process = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "reviewbot", argument],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in process.stderr.splitlines()}
    assert "click" in imported
    assert imported.isdisjoint(HEAVY)


def test_what_help_says_of_a_command_is_what_the_command_says() -> None:
    for entry in ENTRIES:
        command = import_module(entry.module).command
        assert command.get_short_help_str(200) == entry.summary


def all_commands() -> list[click.Command]:
    found: list[click.Command] = []
    below = [import_module(entry.module).command for entry in ENTRIES]
    while below:
        command = below.pop()
        found.append(command)
        if isinstance(command, click.Group):
            below += command.commands.values()
    return found


@pytest.mark.parametrize("command", all_commands(), ids=lambda command: command.name)
def test_help_of_every_command_carries_an_example(command: click.Command) -> None:
    assert "reviewbot " in (command.epilog or "")
    assert "Example" in command.epilog
    assert command.help


def test_every_option_has_a_help() -> None:
    silent = [
        f"{command.name} {option.opts[0]}"
        for command in all_commands()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert silent == []


# Exit codes


def test_an_unknown_command_names_the_nearest(capsys: pytest.CaptureFixture) -> None:
    assert run(["reviw"]) is ExitCode.USAGE
    assert "No such command 'reviw'. Did you mean 'review'?" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["review"], ["review", "--nope", "x"], ["--nope"]])
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    assert run(arguments) is ExitCode.USAGE


def test_a_rule_that_does_not_exist_is_wrong_usage(
    series: Path, capsys: pytest.CaptureFixture
) -> None:
    assert run(["review", "--select", "exprot", str(series)]) is ExitCode.USAGE
    assert "there is no rule or family 'exprot'" in capsys.readouterr().err


def test_a_source_that_is_not_there_is_3(capsys: pytest.CaptureFixture) -> None:
    assert run(["review", "/nowhere.mbox"]) is ExitCode.UNUSABLE
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("reviewbot: /nowhere.mbox: ")
    assert len(err.splitlines()) <= 2


def test_an_unusable_configuration_is_3(
    series: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    config = tmp_path / "wrong.toml"
    config.write_text("[policy]\nmax_own_line = 3\n")
    assert run(["review", "--config", str(config), str(series)]) is ExitCode.UNUSABLE
    err = capsys.readouterr().err
    assert "wrong.toml: policy.max_own_line: there is no such key" in err
    assert "Did you mean max_own_lines?" in err


def test_the_configuration_can_be_named_in_the_environment(
    series: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEWBOT_CONFIG", str(tmp_path / "none.toml"))
    assert run(["review", str(series)]) is ExitCode.UNUSABLE


def test_nothing_found_is_0(series: Path) -> None:
    assert run(["review", str(series)]) is ExitCode.OK


def test_control_characters_of_a_name_do_not_reach_the_terminal(
    capsys: pytest.CaptureFixture,
) -> None:
    run(["review", "/nowhere/\x1b[2Jx"])
    assert "\x1b" not in capsys.readouterr().err


# Faults of our own


@pytest.fixture
def broken_pack(tmp_path: Path) -> Path:
    """A configuration whose rule pack fails in a way nobody foresaw."""
    rules = tmp_path / "pack" / "rules"
    rules.mkdir(parents=True)
    (rules / "a.py").write_text('raise RuntimeError("the pack fell over \\x1b[2J")\n')
    config = tmp_path / "config.toml"
    config.write_text('packs = ["pack"]\n')
    return config


def test_a_crash_is_5_and_leaves_a_log_to_paste(
    broken_pack: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert run(["rules", "list", "--config", str(broken_pack)]) is ExitCode.INTERNAL
    err = capsys.readouterr().err
    (log,) = (tmp_path / "state" / "reviewbot").iterdir()
    assert str(log) in err
    assert "RuntimeError: the pack fell over" in err
    assert "\x1b" not in err
    assert "Traceback" not in err
    text = log.read_text()
    assert "Traceback (most recent call last)" in text
    assert f"reviewbot {__version__}" in text
    assert "rules list --config" in text


def test_interrupted_is_130(tmp_path: Path) -> None:
    """Interrupted while it reads: a pipe tells us when it does."""
    pipe = tmp_path / "config.toml"
    os.mkfifo(pipe)
    process = started("config", "show", "--config", str(pipe))
    try:
        writing = opened_when_read(pipe)
        process.send_signal(signal.SIGINT)
        # The end of the pipe wakes a read that began just as the signal came.
        os.close(writing)
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == ExitCode.INTERRUPTED
    assert err.strip() == "interrupted"


def opened_when_read(pipe: Path) -> int:
    deadline = time.monotonic() + 20
    while True:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_a_reader_who_leaves_early_hears_nothing() -> None:
    process = started("config", "show")
    process.stdout.close()
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (ExitCode.OK, "")


def test_output_that_the_terminal_cannot_show_is_escaped(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    process = started("review", str(faulty(tmp_path)), env=environment)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (ExitCode.OK, "")
    assert out.isascii()
    assert "\\xb7" in out  # the dot between rule, confidence and channel


# Completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str, capsys: pytest.CaptureFixture) -> None:
    assert run(["completion", shell]) is ExitCode.OK
    assert "_REVIEWBOT_COMPLETE" in capsys.readouterr().out


def test_completion_answers() -> None:
    environment = os.environ | {
        "_REVIEWBOT_COMPLETE": "bash_complete",
        "COMP_WORDS": "reviewbot re",
        "COMP_CWORD": "1",
    }
    out, _ = started(env=environment).communicate(timeout=20)
    assert out == "plain,review\n"


def test_completion_of_options() -> None:
    environment = os.environ | {
        "_REVIEWBOT_COMPLETE": "bash_complete",
        "COMP_WORDS": "reviewbot review --fo",
        "COMP_CWORD": "2",
    }
    out, _ = started(env=environment).communicate(timeout=20)
    assert out == "plain,--format\n"


def test_the_group_knows_its_commands() -> None:
    context = click.Context(reviewbot)
    assert reviewbot.list_commands(context) == [entry.name for entry in ENTRIES]
    assert reviewbot.get_command(context, "nope") is None
