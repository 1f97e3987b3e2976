"""The example pack of semantic patches: its page, through the real belt and Coccinelle; and without it."""

import json
from pathlib import Path

import pytest

from reviewbot.cli import run
from reviewbot.config import load
from reviewbot.errors import ExitCode
from reviewbot.model.message import RawMessage
from reviewbot.model.tree import DictTree, NoTree
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.review.outcome import Outcome
from reviewbot.review.review import review
from tests.pages import Case, cases
from tests.sources.programs import needs_spatch

PACK = Path(__file__).resolve().parents[1] / "examples" / "semantic-patches"
PAGES = sorted((PACK / "pages").glob("*.md"))
CASES = [case for page in PAGES for case in cases(page)]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(f'packs = ["{PACK}"]\n')
    return path


def outcome(case: Case, config: Path) -> Outcome:
    kit = load(config).kit(select=(case.page,))
    (one,) = series(message(RawMessage(data)) for data in case.mails)
    return review(one, kit, DictTree(case.tree) if case.tree else NoTree())


@needs_spatch
@pytest.mark.parametrize("case", CASES, ids=str)
def test_page(case: Case, config: Path) -> None:
    found = outcome(case, config)
    assert not found.failures and not found.skipped
    said = [
        (" ".join(verdict.comment.split()), verdict.channel.value) for verdict in found.verdicts
    ]
    assert said == [(expected.text, expected.channel) for expected in case.expected]
    assert bool(said) == case.bad


@pytest.mark.parametrize("case", CASES, ids=str)
def test_page_without_coccinelle(
    case: Case, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every case takes a lantern: each is skipped, with the reason."""
    monkeypatch.setenv("PATH", str(tmp_path))
    found = outcome(case, config)
    assert not found.failures and not found.verdicts
    (skip,) = found.skipped
    assert (skip.rule, skip.reason.name) == (case.page, "NO_SPATCH")


def test_every_script_has_a_page() -> None:
    assert [page.stem for page in PAGES] == sorted(p.stem for p in (PACK / "rules").glob("*.cocci"))


def test_the_rule_is_listed_and_explained(config: Path, capsys: pytest.CaptureFixture) -> None:
    assert run(["rules", "list", "--config", str(config)]) == ExitCode.OK
    assert "lantern-not-put" in capsys.readouterr().out
    assert run(["rules", "explain", "lantern-not-put", "--config", str(config)]) == ExitCode.OK
    out = capsys.readouterr().out
    assert "its wick can never be replaced" in out
    assert "a put is gone, and the return was there before" in out


def test_the_reason_reaches_the_reader(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = tmp_path / "lantern.eml"
    mail.write_bytes(CASES[1].mails[0])
    monkeypatch.setenv("PATH", str(tmp_path))
    arguments = ["--config", str(config), "--select", "lantern-not-put", str(mail)]
    assert run(["review", "--format", "json", *arguments]) == ExitCode.OK
    report = json.loads(capsys.readouterr().out)
    (skipped,) = report["skipped"]
    assert skipped["reason"] == "spatch (Debian package coccinelle) is not installed"
    assert run(["review", *arguments]) == ExitCode.OK
    assert "1 check skipped (spatch" in " ".join(capsys.readouterr().out.split())


@needs_spatch
def test_a_slow_or_broken_script_is_a_reason(config: Path, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    (pack / "rules").mkdir(parents=True)
    (pack / "rules" / "lantern-odd.cocci").write_text("// A lantern.\n@r@\nlantern_get(\n")
    config.write_text('packs = ["pack"]\n')
    kit = load(config).kit(select=("lantern-odd",))
    (one,) = series(message(RawMessage(data)) for data in CASES[1].mails)
    found = review(one, kit, NoTree())
    (skip,) = found.skipped
    assert (skip.reason.name, skip.path) == ("SPATCH_FAILED", "drivers/lantern/trim.c")
    assert "lantern-odd.cocci" in skip.detail and not found.failures
