from collections.abc import Iterator

import pytest

from reviewbot.cmodel.change import SourceChange
from reviewbot.commands.stats import Watch, report
from reviewbot.model.finding import Channel, Hit, Verdict
from reviewbot.review.kit import Kit
from reviewbot.review.outcome import Outcome, RuleFailure, Skip, SkipReason
from reviewbot.review.render import Words
from tests.values import finding, make_rule, series


def slow(source: SourceChange) -> Iterator[Hit]:
    yield from ()


RULE = make_rule("a-rule", slow)
KIT = Kit(rules=(RULE,), words=Words(()))


def test_time_is_added_up_by_name() -> None:
    watch = Watch()
    for _ in range(2):
        with watch.measure("read"):
            pass
    assert set(watch.seconds) == {"read"}
    assert watch.seconds["read"] > 0


def test_time_of_a_failure_counts_too() -> None:
    watch = Watch()
    with pytest.raises(KeyError), watch.measure("read"):
        raise KeyError
    assert watch.seconds["read"] > 0


def test_each_gives_the_items_and_counts_only_their_making() -> None:
    watch = Watch()
    assert list(watch.each("read", iter("abc"))) == ["a", "b", "c"]
    assert list(watch.each("nothing", ())) == []
    assert set(watch.seconds) == {"read", "nothing"}


def test_a_rule_is_timed_under_its_id() -> None:
    watch = Watch()
    (timed,) = watch.over(KIT).rules
    assert timed.id == RULE.id
    assert list(timed.check(None)) == []
    assert set(watch.seconds) == {"a-rule"}


def test_what_a_rule_raises_is_raised() -> None:
    def failing(source: SourceChange) -> Iterator[Hit]:
        raise KeyError("oops")

    (timed,) = Watch().over(Kit(rules=(make_rule("a-rule", failing),), words=Words(()))).rules
    with pytest.raises(KeyError):
        list(timed.check(None))


def test_the_report_counts_by_rule_and_channel(capsys: pytest.CaptureFixture) -> None:
    outcome = Outcome(
        series(),
        verdicts=(
            Verdict(finding(), Channel.MAIL, ""),
            Verdict(finding(), Channel.SUPPRESSED, "agreed"),
            Verdict(finding(), Channel.SUPPRESSED, "agreed"),
        ),
        skipped=(Skip("a-rule", "1@example.org", "", SkipReason.NO_TREE),),
        failures=(RuleFailure("a-rule", "1@example.org", "", "oops"),),
    )
    watch = Watch()
    with watch.measure("read"):
        pass
    report([outcome], KIT, watch)
    out, err = capsys.readouterr()
    assert out == ""
    stages, rules = err.split("\nrule ")
    assert stages.split()[:3] == ["stage", "ms", "read"]
    assert rules.splitlines()[0].split() == [
        *("ms", "mail", "draft", "report", "suppressed", "gate", "skipped", "failed")
    ]
    assert rules.splitlines()[1].split()[2:] == ["1", "2", "1", "1"]
