from pathlib import Path

import pytest

from reviewbot.cli import run
from reviewbot.errors import ExitCode
from tests.test_rules import PAGES

RULE = "module-get-unchecked"


@pytest.fixture
def words(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    return tmp_path


def checked(*more: str, capsys: pytest.CaptureFixture) -> tuple[int, list[str]]:
    code = run(["templates", "check", *more])
    return code, capsys.readouterr().out.splitlines()


def test_all_that_is_shipped_may_be_mailed(capsys: pytest.CaptureFixture) -> None:
    assert run(["templates", "check"]) == ExitCode.OK
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"{len(PAGES)} templates, ")
    assert "nothing wrong" in told.err


def test_words_of_ones_own_are_held_to_the_same(words: Path, capsys: pytest.CaptureFixture) -> None:
    text = "Bug: {{ get }}() on line 7, please fix it."
    (words / "rules" / f"{RULE}.j2").write_text(text)
    code, lines = checked("--templates", str(words), RULE, capsys=capsys)
    assert code == ExitCode.FINDINGS
    assert [line.partition("  [")[0] for line in lines] == [
        f"{RULE}: names a line number (line 7)",
        f"{RULE}: is labelled (Bug:)",
        f"{RULE}: orders or praises (please fix)",
    ]


def test_a_fact_the_rule_does_not_give_is_named(words: Path, capsys: pytest.CaptureFixture) -> None:
    (words / "rules" / f"{RULE}.j2").write_text("What about {{ colour }}?")
    code, (line,) = checked("--templates", str(words), RULE, capsys=capsys)
    assert code == ExitCode.FINDINGS
    assert f"template rules/{RULE}.j2" in line
    assert "'colour' is undefined" in line


def test_a_frame_of_ones_own_must_sign_and_link(words: Path, capsys: pytest.CaptureFixture) -> None:
    frame = "{{ name }} wrote:\n{% for b in parts[0].blocks %}{{ b.text }}\n{% endfor %}"
    (words / "reply.j2").write_text(frame)
    code, lines = checked("--templates", str(words), RULE, capsys=capsys)
    assert code == ExitCode.FINDINGS
    said = [line.partition("  [")[0] for line in lines]
    assert f"{RULE}: the reply has no signature" in said
    assert f"{RULE}: the reply does not link the page of {RULE}" in said


def test_a_frame_that_does_not_render_is_named(words: Path, capsys: pytest.CaptureFixture) -> None:
    (words / "reply.j2").write_text("{% for %}")
    code, (line,) = checked("--templates", str(words), RULE, capsys=capsys)
    assert code == ExitCode.FINDINGS
    assert "template reply.j2, line 1" in line


def test_words_of_a_single_list_are_looked_at_too(
    words: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (words / "rules" / f"{RULE}.j2").write_text("Great!")
    config = tmp_path / "config.toml"
    config.write_text(
        f'[[list]]\naddress = "kvm@vger.kernel.org"\ntemplates = "{words}"\n', encoding="utf-8"
    )
    code, lines = checked("--config", str(config), RULE, capsys=capsys)
    assert code == ExitCode.FINDINGS
    assert {line.partition(":")[0] for line in lines} == {f"{RULE} for kvm@vger.kernel.org"}


def test_a_rule_without_examples_is_not_called_good(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    pack = tmp_path / "pack"
    assert run(["rules", "new", "odd-call", "--pack", str(pack)]) == ExitCode.OK
    config = tmp_path / "config.toml"
    config.write_text(f'packs = ["{pack}"]\n')
    capsys.readouterr()
    assert checked("--config", str(config), "odd-call", capsys=capsys) == (ExitCode.OK, [])
    (pack / "pages" / "odd-call.md").unlink()
    code, lines = checked("--config", str(config), "odd-call", capsys=capsys)
    assert code == ExitCode.FINDINGS
    assert lines == ["odd-call: has no example page, so nothing was tried"]


def test_the_list_names_the_file_that_speaks(words: Path, capsys: pytest.CaptureFixture) -> None:
    own = words / "rules" / f"{RULE}.j2"
    own.write_text("Why?")
    assert run(["templates", "list", "--templates", str(words)]) == ExitCode.OK
    rows = dict(line.split() for line in capsys.readouterr().out.splitlines())
    assert rows[RULE] == str(own)
    assert rows["export-new"].endswith("templates/rules/export-new.j2")


def test_without_a_verb_they_are_listed(capsys: pytest.CaptureFixture) -> None:
    assert run(["templates"]) == ExitCode.OK
    assert RULE in capsys.readouterr().out
