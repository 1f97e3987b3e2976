"""`[rules.<id>]`: what is set for one rule, split into what every rule has and the rule's own options.

Law: the rule's own `Options` declare which keys there are. Must not know any single rule.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from reviewbot.config.check import shaped, unknown_key
from reviewbot.model.finding import Channel
from reviewbot.review.policy import NOT_A_GATE
from reviewbot.rule import Rule


class Switches(Struct, frozen=True, forbid_unknown_fields=True):
    """What may be set for every rule; `channel` stands in place of the rule's own."""

    enabled: bool = True
    channel: Channel | None = None

    def __post_init__(self) -> None:
        """Refuse the channel that is not for findings."""
        if self.channel is Channel.GATE:
            raise ValueError(NOT_A_GATE)


class RuleSettings(Struct, frozen=True):
    """What is set for one rule; `options` is a value of the rule's `Options`, or None if it has none."""

    enabled: bool
    channel: Channel | None
    options: object


def rule_settings(
    rules: Iterable[Rule], tables: Mapping[str, Mapping[str, Any]], file: Path
) -> dict[str, RuleSettings]:
    """The settings of every rule, by id; raises ConfigError for a rule or key that does not exist."""
    known = {rule.id: rule for rule in rules}
    for rule_id in tables:
        if rule_id not in known:
            raise unknown_key(file, f"rules.{rule_id}", rule_id, list(known))
    return {
        rule_id: _settings(rule, tables.get(rule_id, {}), file) for rule_id, rule in known.items()
    }


def _settings(rule: Rule, table: Mapping[str, Any], file: Path) -> RuleSettings:
    prefix = f"rules.{rule.id}"
    common = Switches.__struct_fields__
    own = getattr(rule.options, "__struct_fields__", ())
    for key in table:
        if key not in common and key not in own:
            raise unknown_key(file, f"{prefix}.{key}", key, [*common, *own])
    switches = shaped({k: v for k, v in table.items() if k in common}, Switches, file, prefix)
    options: object = None
    if rule.options is not None:
        options = shaped({k: v for k, v in table.items() if k in own}, rule.options, file, prefix)
    return RuleSettings(switches.enabled, switches.channel, options)
