from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from reviewbot.cmodel.change import SourceChange
from reviewbot.config.options import RuleSettings, rule_settings
from reviewbot.errors import ConfigError
from reviewbot.model.finding import Channel, Hit
from reviewbot.rule import Rule, from_module, rule
from tests.values import make_rule, module

FILE = Path("some.toml")


class Options(Struct, frozen=True):
    """Without forbid_unknown_fields, as a rule pack may have it."""

    paths: tuple[str, ...] = ("drivers/*",)
    limit: int = 3


def plain(source: SourceChange) -> Iterator[Hit]:
    return iter(())


def tuned(source: SourceChange, options: Options) -> Iterator[Hit]:
    return iter(())


def rules() -> tuple[Rule, Rule]:
    one = make_rule("bar-plain", plain)
    marked = rule(severity=one.severity, channel=one.channel, needs=one.needs, triggers=())(tuned)
    return one, from_module(module("bar_tuned", marked, Options=Options))


def settings(table: dict) -> dict[str, RuleSettings]:
    return rule_settings(rules(), table, FILE)


def complaint(table: dict) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        settings(table)
    return caught.value


def test_every_rule_has_settings() -> None:
    assert settings({}) == {
        "bar-plain": RuleSettings(True, None, None),
        "bar-tuned": RuleSettings(True, None, Options()),
    }


def test_switches_and_options_stand_in_one_table() -> None:
    found = settings({"bar-tuned": {"enabled": False, "channel": "draft", "limit": 4}})
    assert found["bar-tuned"] == RuleSettings(False, Channel.DRAFT, Options(limit=4))


def test_a_rule_that_does_not_exist_is_named() -> None:
    error = complaint({"bar-plane": {}})
    assert str(error) == "some.toml: rules.bar-plane: there is no such key"
    assert error.hint == "Did you mean bar-plain?"


def test_a_key_no_rule_has_is_named() -> None:
    error = complaint({"bar-plain": {"enabeld": True}})
    assert str(error) == "some.toml: rules.bar-plain.enabeld: there is no such key"
    assert error.hint == "Did you mean enabled?"


def test_a_key_the_rule_does_not_have_is_named_however_its_options_are_declared() -> None:
    error = complaint({"bar-tuned": {"path": []}})
    assert str(error) == "some.toml: rules.bar-tuned.path: there is no such key"
    assert error.hint == "Did you mean paths?"


def test_a_wrong_type_is_named() -> None:
    assert str(complaint({"bar-tuned": {"limit": "x"}})) == (
        "some.toml: rules.bar-tuned.limit: expected int, got str"
    )


def test_a_channel_that_does_not_exist_is_named() -> None:
    assert "rules.bar-plain.channel: invalid enum value 'mial'" in str(
        complaint({"bar-plain": {"channel": "mial"}})
    )
