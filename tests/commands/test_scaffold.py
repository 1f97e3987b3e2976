from pathlib import Path

import pytest

from reviewbot.cli import run
from reviewbot.commands.scaffold import in_checkout, in_pack, scaffold
from reviewbot.config import load
from reviewbot.config.places import PACKAGE
from reviewbot.errors import ExitCode, UsageError
from reviewbot.model.message import RawMessage
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.review.review import review
from tests.commands.cases import config
from tests.pages import cases


def new(folder: Path, rule_id: str = "bar-unsafe") -> Path:
    """A scaffolded pack and the configuration that names it."""
    assert run(["rules", "new", rule_id, "--pack", str(folder / "pack")]) == ExitCode.OK
    return config(folder, 'packs = ["pack"]\n')


def test_a_newcomer_adds_a_rule(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """One module, one template, one page; then the rule is listed, explained and tried."""
    path = new(tmp_path)
    files = sorted(str(p.relative_to(tmp_path / "pack")) for p in tmp_path.glob("pack/**/*.*"))
    assert files == ["pages/bar-unsafe.md", "rules/bar_unsafe.py", "templates/rules/bar-unsafe.j2"]
    out = capsys.readouterr().out
    assert all(file in out for file in files)
    assert f'packs = ["{tmp_path / "pack"}"]' in out
    run(["rules", "list", "--config", str(path)])
    assert "bar-unsafe" in capsys.readouterr().out
    run(["rules", "explain", "bar-unsafe", "--config", str(path)])
    assert "## Bad: a call is added" in capsys.readouterr().out


def test_the_new_rule_passes_its_own_page(tmp_path: Path) -> None:
    path = new(tmp_path)
    kit = load(path).kit(select=("bar-unsafe",))
    found = {}
    for case in cases(tmp_path / "pack" / "pages" / "bar-unsafe.md"):
        (one,) = series(message(RawMessage(data)) for data in case.mails)
        outcome = review(one, kit)
        assert outcome.failures == ()
        said = [" ".join(verdict.comment.split()) for verdict in outcome.verdicts]
        assert said == [expected.text for expected in case.expected]
        found[case.bad] = bool(said)
    assert found == {True: True, False: False}


def test_the_new_rule_speaks_through_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    path = new(tmp_path)
    bad = next(cases(tmp_path / "pack" / "pages" / "bar-unsafe.md"))
    mbox = tmp_path / "bad.eml"
    mbox.write_bytes(bad.mails[0])
    capsys.readouterr()
    assert run(["rules", "try", "bar-unsafe", str(mbox), "--config", str(path)]) == ExitCode.OK
    assert "bar_unsafe() is unsafe here; bar_safe() instead?" in capsys.readouterr().out


@pytest.mark.parametrize(
    "rule_id", ["Foo", "foo_bar", "1foo", "foo-", "-foo", "", "foo/bar", "class"]
)
def test_a_badly_formed_id_is_refused(tmp_path: Path, rule_id: str) -> None:
    with pytest.raises(UsageError, match="cannot be the id of a rule"):
        scaffold(rule_id, (), in_pack(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_an_id_that_is_taken_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    arguments = ["rules", "new", "fixes-tag-malformed", "--pack", str(tmp_path / "pack")]
    assert run(arguments) == ExitCode.USAGE
    assert "there is a rule fixes-tag-malformed already" in capsys.readouterr().err


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    page = tmp_path / "pages" / "bar-unsafe.md"
    page.write_text("mine")
    with pytest.raises(UsageError, match=r"bar-unsafe\.md is there already"):
        scaffold("bar-unsafe", (), in_pack(tmp_path))
    assert page.read_text() == "mine"
    assert not (tmp_path / "rules").exists()


def test_a_checkout_gets_the_files_where_they_belong(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    assert scaffold("bar-unsafe", (), in_checkout(tmp_path)) == (
        tmp_path / "reviewbot" / "rules" / "bar_unsafe.py",
        tmp_path / "templates" / "rules" / "bar-unsafe.j2",
        tmp_path / "tests" / "rules" / "bar-unsafe.md",
    )


def test_this_checkout_is_one() -> None:
    assert in_checkout().rules == PACKAGE / "rules"


def test_what_is_no_checkout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="installed here, not checked out") as caught:
        in_checkout(tmp_path)
    assert "--pack" in caught.value.hint
