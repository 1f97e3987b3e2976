"""Prefilter: whether a rule can fire on a text at all.

Law: sound: it says no only where nothing the rule needs is in the text; it may say yes too often. Must not know
any single rule. A literal costs a scan of the text; calls are looked up among the names before parentheses,
which is one scan for all of them, however many the pair table has.
"""

from collections.abc import Iterable, Set

from msgspec import Struct

from reviewbot.cmodel.called import called


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


def prefilter(triggers: Iterable[str]) -> Prefilter:
    """The filter for these triggers; `name(` stands for a call of that name."""
    found = tuple(triggers)
    calls = frozenset(one[:-1] for one in found if one.endswith("(") and one[:-1].isidentifier())
    return Prefilter(tuple(one for one in found if one[:-1] not in calls), calls)
