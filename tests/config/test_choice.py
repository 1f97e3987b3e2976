from collections.abc import Iterator

import pytest

from reviewbot.cmodel.change import SourceChange
from reviewbot.config.choice import chosen, families, named
from reviewbot.errors import ExitCode, UsageError
from reviewbot.model.finding import Hit
from tests.values import make_rule

IDS = ("export-new", "export-not-gpl", "kvm-fd-without-get", "module-get-unchecked")


def check(source: SourceChange) -> Iterator[Hit]:
    return iter(())


def ids(**choice: object) -> list[str]:
    rules = tuple(make_rule(rule_id, check) for rule_id in IDS)
    return [rule.id for rule in chosen(rules, **{"enabled": {}, **choice})]


def test_without_a_choice_everything_enabled_runs() -> None:
    assert ids() == list(IDS)
    assert ids(enabled={"export-new": False}) == list(IDS[1:])


def test_a_rule_can_be_selected_by_its_id() -> None:
    assert ids(select=("kvm-fd-without-get",)) == ["kvm-fd-without-get"]


def test_a_family_is_the_first_word_of_ids() -> None:
    assert ids(select=("export",)) == ["export-new", "export-not-gpl"]
    assert ids(ignore=("export",)) == list(IDS[2:])
    assert families(IDS) == ("export", "kvm", "module")


def test_a_longer_beginning_names_a_family_too() -> None:
    assert named("module-get", IDS) == ("module-get-unchecked",)


def test_ignoring_wins_over_selecting() -> None:
    assert ids(select=("export",), ignore=("export-new",)) == ["export-not-gpl"]


def test_order_is_that_of_the_rules() -> None:
    assert ids(select=("module", "export")) == [*IDS[:2], IDS[3]]


def test_a_disabled_rule_runs_only_if_named_in_full() -> None:
    enabled = {"export-new": False}
    assert ids(select=("export",), enabled=enabled) == ["export-not-gpl"]
    assert ids(select=("export-new",), enabled=enabled) == ["export-new"]


@pytest.mark.parametrize("option", ["select", "ignore"])
def test_a_word_that_names_nothing_is_refused(option: str) -> None:
    with pytest.raises(UsageError, match="no rule or family 'exprot'") as caught:
        ids(**{option: ("exprot",)})
    assert caught.value.hint.startswith("Did you mean export, ")
    assert caught.value.exit_code is ExitCode.USAGE


def test_a_word_like_nothing_points_to_the_list() -> None:
    with pytest.raises(UsageError) as caught:
        named("qqqqqq", IDS)
    assert "rules list" in caught.value.hint


def test_part_of_a_word_is_no_family() -> None:
    with pytest.raises(UsageError):
        named("exp", IDS)
