"""Prefilter: whether a rule can fire on a text at all.

Law: sound: it says no only where nothing the rule needs is in the text; it may say yes too often. Must not know
any single rule. A literal costs a scan of the text; calls are looked up among the names before parentheses,
which is one scan for all of them, however many the pair table has.
"""

from collections.abc import Iterable, Iterator
from string import ascii_letters, digits

from msgspec import Struct

_WORD = f"{ascii_letters}{digits}_"
# What may stand between a name and its parenthesis in a diff: white space, and the sign of the next line.
_BETWEEN = " \t\r\n\f\v+-"


class Prefilter(Struct, frozen=True):
    """The triggers of a rule: literals, and the names of calls. Without any, every text passes."""

    literals: tuple[str, ...] = ()
    calls: frozenset[str] = frozenset()

    def passes(self, text: str) -> bool:
        """Whether one of the triggers is in the text."""
        if not self.literals and not self.calls:
            return True
        if any(literal in text for literal in self.literals):
            return True
        return bool(self.calls) and any(name in self.calls for name in _called(text))


def prefilter(triggers: Iterable[str]) -> Prefilter:
    """The filter for these triggers; `name(` stands for a call of that name."""
    found = tuple(triggers)
    calls = frozenset(one[:-1] for one in found if one.endswith("(") and one[:-1].isidentifier())
    return Prefilter(tuple(one for one in found if one[:-1] not in calls), calls)


def _called(text: str) -> Iterator[str]:
    """Every name before an opening parenthesis."""
    for piece in text.split("(")[:-1]:
        bare = piece.rstrip(_BETWEEN)
        yield bare[len(bare.rstrip(_WORD)) :]
