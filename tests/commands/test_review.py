import json
import subprocess
import sys
from pathlib import Path

import pytest

from reviewbot.cli import run
from reviewbot.errors import ExitCode
from tests.commands.cases import DIFF, FAULT, config, faulty, pack, sound

ROOT = Path(__file__).resolve().parents[2]
WORDS = "its result is not looked at here"


@pytest.fixture
def review(tmp_path: Path, capsys: pytest.CaptureFixture):
    """Reviews the faulty patch; returns exit code and stdout."""

    def reviewed(*options: str, source: Path | None = None) -> tuple[int, str]:
        code = run(["review", *options, str(source or faulty(tmp_path))])
        return code, capsys.readouterr().out

    return reviewed


# Formats


def test_text_quotes_and_says(review) -> None:
    code, out = review()
    assert code == ExitCode.OK
    assert f"> +{FAULT}" in out
    assert WORDS in out
    assert "\n1 found in 1 patch of 1 series: 1 to mail" in out


def test_mail_is_a_reply(review) -> None:
    _, out = review("--format", "mail")
    assert out.startswith("From mboxrd@z ")
    assert "\nIn-Reply-To: <1@example.org>\n" in out
    assert f"\n> +{FAULT}\n" in out


def test_json_is_one_object(review) -> None:
    _, out = review("--format", "json")
    (finding,) = json.loads(out)["findings"]
    assert (finding["rule"], finding["channel"]) == ("module-get-unchecked", "mail")


def test_jsonl_is_a_line_a_finding(review) -> None:
    _, out = review("--format", "jsonl")
    (line,) = out.splitlines()
    assert json.loads(line)["rule"] == "module-get-unchecked"


def test_sarif_names_the_rule(review) -> None:
    _, out = review("--format", "sarif")
    (result,) = json.loads(out)["runs"][0]["results"]
    assert result["ruleId"] == "module-get-unchecked"


@pytest.mark.parametrize("form", ["text", "mail", "json", "jsonl", "sarif"])
def test_every_format_goes_into_a_file(review, tmp_path: Path, form: str) -> None:
    path = tmp_path / "out"
    code, out = review("--format", form, "--output", str(path))
    assert (code, out) == (ExitCode.OK, "")
    assert WORDS in " ".join(path.read_text().split())
    assert [p.name for p in tmp_path.glob(".*")] == []


def test_a_dash_is_stdout(review) -> None:
    assert review("--format", "jsonl", "--output", "-") == review("--format", "jsonl")


def test_nothing_to_say_makes_no_mail(review, tmp_path: Path) -> None:
    assert review("--format", "mail", source=sound(tmp_path)) == (ExitCode.OK, "")


def test_mails_can_go_into_a_folder(review, tmp_path: Path, capsys) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    review("--format", "mail", "--output", str(folder))
    (path,) = folder.iterdir()
    assert b"In-Reply-To: <1@example.org>" in path.read_bytes()


def test_a_file_that_cannot_be_written_is_wrong_usage(tmp_path: Path, capsys) -> None:
    target = tmp_path / "none" / "out"
    assert run(["review", "--output", str(target), str(sound(tmp_path))]) == ExitCode.USAGE
    assert f"{target}: cannot be written: No such file" in capsys.readouterr().err


def test_a_failed_run_leaves_the_old_file_alone(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("as it was")
    assert run(["review", "--output", str(target), "/nowhere"]) == ExitCode.UNUSABLE
    assert target.read_text() == "as it was"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


# Sources


def test_standard_input_is_a_source(tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "reviewbot", "review", "--format", "jsonl", "-"],
        input=faulty(tmp_path).read_bytes(),
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    assert json.loads(process.stdout)["message_id"] == "1@example.org"


def test_sources_are_read_as_one(review, tmp_path: Path, capsys) -> None:
    run(["review", "--format", "json", str(faulty(tmp_path)), str(sound(tmp_path))])
    assert len(json.loads(capsys.readouterr().out)["series"]) == 2


# Rules


def test_rules_can_be_selected_and_ignored(review) -> None:
    _, out = review("--format", "jsonl", "--select", "export,kvm", "--select", "fixes")
    assert out == ""
    _, out = review("--format", "jsonl", "--ignore", "module")
    assert out == ""
    _, out = review("--format", "jsonl", "--select", "module")
    assert out != ""


def test_words_can_come_from_another_folder(review, tmp_path: Path) -> None:
    (tmp_path / "words" / "rules").mkdir(parents=True)
    (tmp_path / "words" / "rules" / "module-get-unchecked.j2").write_text("Longer, please.\n")
    _, out = review("--templates", str(tmp_path / "words"))
    assert "Longer, please." in out


def test_a_template_that_does_not_render_names_itself(tmp_path: Path, capsys) -> None:
    (tmp_path / "words" / "rules").mkdir(parents=True)
    (tmp_path / "words" / "rules" / "module-get-unchecked.j2").write_text("{{ nope }}\n")
    words = str(tmp_path / "words")
    assert run(["review", "--templates", words, str(faulty(tmp_path))]) == ExitCode.INTERNAL
    err = capsys.readouterr().err
    assert "rules/module-get-unchecked.j2" in err
    assert "line 1" in err
    assert "nope" in err


# Channels


def test_a_channel_that_is_not_asked_for_is_counted_not_shown(review) -> None:
    _, out = review("--channel", "draft")
    assert WORDS not in out
    assert "1 to mail" in out
    _, out = review("--format", "jsonl", "--channel", "draft,report")
    assert out == ""


def test_suppressed_findings_are_shown_on_request(review, tmp_path: Path) -> None:
    path = config(tmp_path, '[[suppress]]\nreason = "agreed"\nrule = "module-*"\n')
    _, out = review("--config", str(path))
    assert WORDS not in " ".join(out.split())
    assert "1 suppressed (agreed)" in " ".join(out.split())
    for channel in ("suppressed", "all"):
        _, out = review("--config", str(path), "--channel", channel)
        assert WORDS in " ".join(out.split())


@pytest.mark.parametrize("channels", ["draft", "mail,draft", "all"])
def test_mails_hold_the_channel_mail_only(tmp_path: Path, channels: str, capsys) -> None:
    arguments = ["review", "--format", "mail", "--channel", channels, str(sound(tmp_path))]
    assert run(arguments) == ExitCode.USAGE
    assert "channel mail only" in capsys.readouterr().err


def test_a_channel_that_does_not_exist_is_wrong_usage(tmp_path: Path, capsys) -> None:
    assert run(["review", "--channel", "mial", str(sound(tmp_path))]) == ExitCode.USAGE
    assert "'mial' is none of mail, draft, report, suppressed, all" in capsys.readouterr().err


# Exit codes


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ("never", ExitCode.OK),
        ("info", ExitCode.FINDINGS),
        ("nit", ExitCode.FINDINGS),
        ("api", ExitCode.FINDINGS),
        ("bug", ExitCode.FINDINGS),
    ],
)
def test_fail_on(review, limit: str, code: ExitCode) -> None:
    assert review("--fail-on", limit)[0] == code


def test_what_is_not_shown_does_not_fail(review, tmp_path: Path) -> None:
    assert review("--fail-on", "info", "--channel", "draft")[0] == ExitCode.OK
    path = config(tmp_path, '[[suppress]]\nreason = "agreed"\n')
    options = ("--fail-on", "info", "--channel", "all", "--config", str(path))
    assert review(*options)[0] == ExitCode.OK


def test_a_rule_that_fails_is_5_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = pack(tmp_path, 'raise KeyError("oops")')
    code = run(["review", "--config", str(path), "--fail-on", "info", str(faulty(tmp_path))])
    out, err = capsys.readouterr()
    assert code == ExitCode.INTERNAL
    assert WORDS in " ".join(out.split())
    assert "rule bar-odd failed" in out
    assert "reviewbot: rule bar-odd failed: KeyError: 'oops'" in err
    (log,) = (tmp_path / "state" / "reviewbot").iterdir()
    assert str(log) in err
    assert "KeyError: 'oops'" in log.read_text()


# Looks


def test_colour_comes_on_request_only(review) -> None:
    assert "\x1b[" not in review()[1]
    assert "\x1b[" in review("--color", "always")[1]
    assert "\x1b[" not in review("--color", "never")[1]


def test_width_is_kept(review) -> None:
    _, out = review("--width", "50")
    assert max(map(len, out.splitlines())) <= 52


def test_stats_go_to_stderr(tmp_path: Path, capsys) -> None:
    run(["review", "--stats", "--format", "jsonl", str(faulty(tmp_path))])
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 1
    assert err.startswith("stage")
    (row,) = [line for line in err.splitlines() if line.startswith("module-get-unchecked")]
    assert row.split()[2] == "1"
    assert DIFF not in err
