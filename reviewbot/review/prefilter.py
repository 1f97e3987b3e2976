"""Prefilter: whether a rule, or which of many, can fire on a text at all.

Law: sound: it says no only where nothing the rule needs is in the text; it may say yes too often. Must not know
any single rule. A literal costs a scan of the text; calls are looked up among the names before parentheses,
which is one scan for all of them, however many the pair table has.
"""

from collections.abc import Iterable, Mapping, Set
from functools import cached_property
from typing import Protocol

from msgspec import Struct

from reviewbot.cmodel.called import called


class Spoken(Protocol):
    """What has a text, and the names in it that stand before a parenthesis."""

    @property
    def text(self) -> str:
        """The text."""

    @property
    def spoken(self) -> Set[str]:
        """The names."""


class Prefilter(Struct, frozen=True):
    """The triggers of a rule: literals, and the names of calls. Without any, every text passes."""

    literals: tuple[str, ...] = ()
    calls: frozenset[str] = frozenset()

    def passes(self, text: str) -> bool:
        """Whether one of the triggers is in the text."""
        return self.meets(called((text,)), (text,))

    def meets(self, names: Set[str], texts: Iterable[str]) -> bool:
        """Whether one of the triggers is in the texts, in which these names stand before a parenthesis."""
        if not self.literals and not self.calls:
            return True
        if not self.calls.isdisjoint(names):
            return True
        return any(literal in text for text in texts for literal in self.literals)

    def meets_in(self, subject: Spoken) -> bool:
        """Whether one of the triggers is in the text of the subject."""
        names = subject.spoken if self.calls else frozenset()
        return self.meets(names, (subject.text,))


def prefilter(triggers: Iterable[str]) -> Prefilter:
    """The filter for these triggers; `name(` stands for a call of that name."""
    found = tuple(triggers)
    calls = frozenset(one[:-1] for one in found if one.endswith("(") and one[:-1].isidentifier())
    return Prefilter(tuple(one for one in found if one[:-1] not in calls), calls)


class Screen(Struct, frozen=True, dict=True):
    """The prefilters of rules by their ids, asked together: each trigger is looked for once, whoever has it."""

    filters: Mapping[str, Prefilter]

    def met(self, names: Set[str], text: str) -> frozenset[str]:
        """The rules that pass the text, in which these names stand before a parenthesis."""
        found = set(self._unfiltered)
        for name in self._by_call.keys() & names:
            found |= self._by_call[name]
        for literal, rules in self._by_literal.items():
            if not rules <= found and literal in text:
                found |= rules
        return frozenset(found)

    @cached_property
    def _unfiltered(self) -> frozenset[str]:
        filters = self.filters.items()
        return frozenset(rule for rule, one in filters if not one.literals and not one.calls)

    @cached_property
    def _by_call(self) -> Mapping[str, frozenset[str]]:
        return _turned((rule, one.calls) for rule, one in self.filters.items())

    @cached_property
    def _by_literal(self) -> Mapping[str, frozenset[str]]:
        return _turned((rule, one.literals) for rule, one in self.filters.items())


def _turned(triggers: Iterable[tuple[str, Iterable[str]]]) -> Mapping[str, frozenset[str]]:
    """Which rules have a trigger, from which triggers a rule has."""
    found: dict[str, set[str]] = {}
    for rule, names in triggers:
        for name in names:
            found.setdefault(name, set()).add(rule)
    return {name: frozenset(rules) for name, rules in found.items()}
