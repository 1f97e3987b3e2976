from pathlib import Path

import pytest

from reviewbot.commands.ending import exit_code, kept
from reviewbot.errors import ExitCode
from reviewbot.model.finding import Channel, Severity, Verdict
from reviewbot.review.outcome import Outcome, RuleFailure
from tests.values import finding, series

ALL = tuple(Channel)


def outcome(severity: Severity = Severity.API, channel: Channel = Channel.MAIL) -> Outcome:
    return Outcome(series(), verdicts=(Verdict(finding(severity=severity), channel, ""),))


def failed(rule: str, error: str, path: str = "") -> Outcome:
    failure = RuleFailure(rule, "1@example.org", path, error, "Traceback: here")
    return Outcome(series(), failures=(failure,))


def test_outcomes_are_kept_as_they_pass() -> None:
    seen: list[Outcome] = []
    passing = kept([outcome(), outcome()], seen)
    assert seen == []
    next(passing)
    assert len(seen) == 1
    assert len(list(passing)) == 1
    assert len(seen) == 2


@pytest.mark.parametrize("limit", list(Severity))
@pytest.mark.parametrize("found", list(Severity))
def test_the_limit_is_inclusive(limit: Severity, found: Severity) -> None:
    expected = ExitCode.FINDINGS if found.rank >= limit.rank else ExitCode.OK
    assert exit_code([outcome(found)], ALL, limit.value) is expected


def test_never_is_never() -> None:
    assert exit_code([outcome(Severity.BUG)], ALL) is ExitCode.OK
    assert exit_code([], ALL, "info") is ExitCode.OK


def test_only_what_is_shown_counts() -> None:
    assert exit_code([outcome()], (Channel.DRAFT,), "info") is ExitCode.OK
    assert exit_code([outcome(channel=Channel.SUPPRESSED)], ALL, "info") is ExitCode.OK


def test_a_failure_comes_before_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    outcomes = [outcome(), failed("b-rule", "oops"), failed("a-rule", "\x1b[2J", "virt/foo.c")]
    assert exit_code([*outcomes, failed("b-rule", "again")], ALL, "info") is ExitCode.INTERNAL
    first, second, where = capsys.readouterr().err.splitlines()
    assert first.startswith("reviewbot: rule a-rule failed: ")
    assert "\x1b" not in first
    assert second == "reviewbot: rule b-rule failed: oops"
    (log,) = (tmp_path / "reviewbot").iterdir()
    assert str(log) in where
    text = log.read_text()
    assert "reviewing with a-rule, b-rule" in text
    assert "a-rule on virt/foo.c: " in text
    assert "b-rule on 1@example.org: again" in text
    assert text.count("Traceback: here") == 3
