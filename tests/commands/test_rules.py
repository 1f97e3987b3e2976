from pathlib import Path

import pytest

from reviewbot.cli import run
from reviewbot.config import load
from reviewbot.errors import ExitCode
from tests.commands.cases import config, pack, sound, tagged


def test_the_list_has_a_line_for_every_rule(capsys: pytest.CaptureFixture) -> None:
    assert run(["rules", "list"]) == ExitCode.OK
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.split() == ["rule", "severity", "channel", "needs", "finds"]
    rules = load().rules
    assert [line.split()[0] for line in lines] == [rule.id for rule in rules]
    for rule, line in zip(rules, lines, strict=True):
        assert line.endswith(rule.summary)
        assert line.split()[1:3] == [rule.severity.value, rule.channel.value]


def test_without_a_verb_rules_are_listed(capsys: pytest.CaptureFixture) -> None:
    run(["rules"])
    without = capsys.readouterr().out
    run(["rules", "list"])
    assert capsys.readouterr().out == without


def test_the_list_shows_what_is_configured(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    text = (
        "[rules.module-get-unchecked]\nenabled = false\n"
        '[rules.fixes-tag-malformed]\nchannel = "draft"\n'
    )
    run(["rules", "list", "--config", str(config(tmp_path, text))])
    rows = {line.split()[0]: line.split()[2] for line in capsys.readouterr().out.splitlines()}
    assert rows["module-get-unchecked"] == "off"
    assert rows["fixes-tag-malformed"] == "draft"


def test_explain_shows_words_and_examples(capsys: pytest.CaptureFixture) -> None:
    assert run(["rules", "explain", "fixes-tag-malformed"]) == ExitCode.OK
    out = capsys.readouterr().out
    assert out.startswith("fixes-tag-malformed: severity nit, channel mail, needs diff\n")
    assert "Quiet when" in out
    assert "## Bad" in out
    assert "## Good" in out


def test_every_rule_can_be_explained(capsys: pytest.CaptureFixture) -> None:
    for rule in load().rules:
        assert run(["rules", "explain", rule.id]) == ExitCode.OK
        assert rule.doc in capsys.readouterr().out


def test_explaining_what_is_not_there_names_the_nearest(capsys: pytest.CaptureFixture) -> None:
    assert run(["rules", "explain", "fixes-tag-malfored"]) == ExitCode.USAGE
    assert "Did you mean fixes-tag-malformed" in capsys.readouterr().err


def test_explaining_a_family_names_its_rules(capsys: pytest.CaptureFixture) -> None:
    assert run(["rules", "explain", "module"]) == ExitCode.USAGE
    assert "module-get-unchecked" in capsys.readouterr().err


def test_try_runs_one_rule(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert run(["rules", "try", "fixes-tag-malformed", str(tagged(tmp_path))]) == ExitCode.OK
    assert "tools want at least 12 digits" in capsys.readouterr().out
    run(["rules", "try", "module-get-unchecked", str(tagged(tmp_path))])
    assert capsys.readouterr().out.startswith("0 found")


def test_try_shows_what_is_suppressed_or_switched_off(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    text = '[[suppress]]\nreason = "agreed"\n[rules.fixes-tag-malformed]\nenabled = false\n'
    path = str(config(tmp_path, text))
    run(["rules", "try", "--config", path, "fixes-tag-malformed", str(tagged(tmp_path))])
    assert "tools want at least 12 digits" in " ".join(capsys.readouterr().out.split())


def test_try_a_rule_of_a_pack(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    trailer = "yield change.at_trailer(change.patch.trailers[0])"
    path = pack(tmp_path, trailer, doc="Something odd.")
    assert run(["rules", "try", "--config", str(path), "bar-odd", str(sound(tmp_path))]) == 0
    assert "This is odd." in capsys.readouterr().out


def test_explain_a_rule_of_a_pack(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = pack(tmp_path, "yield from ()", doc="Something odd.")
    (tmp_path / "pack" / "pages" / "bar-odd.md").write_text("# bar-odd\n\nSeen twice.\n")
    assert run(["rules", "explain", "--config", str(path), "bar-odd"]) == ExitCode.OK
    out = capsys.readouterr().out
    assert "Something odd." in out
    assert "Seen twice." in out


def test_trying_a_rule_that_fails_is_5(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = pack(tmp_path, "raise KeyError('oops')")
    assert run(["rules", "try", "--config", str(path), "bar-odd", str(sound(tmp_path))]) == 5
    assert "rule bar-odd failed: KeyError: 'oops'" in capsys.readouterr().err
