"""Sieve: which rules may fire on a mail, told from its text without parsing it.

Law: sound: a series in which no mail is marked for a rule has no finding of that rule. Where it changes files
that it adds itself, no mail alone shows them: `together` must be asked as well. Must not know any single rule,
nor what becomes of a mark.

A rule says by its `signs` what must be seen, and where: in the mail, in the diff of one file, in one function.
All expressions of all rules are looked for at once; only where all of a rule's are in the mail is it cut into
files and functions. A rule without signs is marked by its triggers, one that needs a source tree never.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from operator import itemgetter

from msgspec import Struct

from reviewbot.cmodel.glimpse import Glimpse, files
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.signs import Expression, Scope, Signs, calls
from reviewbot.cmodel.strands import composed
from reviewbot.model.finding import Channel
from reviewbot.review.matcher import Matcher, Seen, matcher
from reviewbot.review.prefilter import prefilter
from reviewbot.review.taught import taught
from reviewbot.rule import Needs, Rule

# To be raised with every change of what a `near` or the cutting into pieces lets through.
_EDITION = 1
_ANYTHING = Expression(r"\n")


class Told(Struct, frozen=True):
    """Signs, the rules that have them as bits, and whether a function must be seen whole for these."""

    signs: Signs
    rules: int
    is_whole: bool


class _Asked(Struct, frozen=True, gc=False):
    """Signs by the places of their expressions; `needed` are all of them, as bits."""

    told: Told
    rules: int
    needed: int
    lines: tuple[int, ...]
    beside: tuple[int, ...]

    def may_be_in(self, mail: Glimpse) -> bool:
        """Whether the mail as a whole has nothing against it."""
        first = self.told.signs.first
        return first is None or first(mail)

    def is_near(self, piece: Glimpse) -> bool:
        """Whether what is asked last says so of a piece."""
        near = self.told.signs.near
        return near is None or near(piece)


class Sieve(Struct, frozen=True, dict=True):
    """The signs of rules. `names` are the ids of the rules, in the order of the bits of `marks`.

    `settings` tells one pair table and set of options from another.
    """

    names: tuple[str, ...]
    told: tuple[Told, ...]
    fast: bool = True
    settings: str = ""

    def marks(self, text: bytes) -> int:
        """The rules that may fire, as bits; `text` is UTF-8, as of `parse.skim.Skimmed`."""
        if not text:
            return 0
        whole = b"\n" + text
        seen = self._matcher.seen(whole)
        mail, mask, open_ = Glimpse(whole), 0, []
        for one in self._asked:
            is_seen = seen.mask & one.needed == one.needed and one.rules & ~mask
            if not is_seen or not one.may_be_in(mail):
                continue
            if one.told.signs.scope is not Scope.MAIL:
                open_.append(one)
            elif one.is_near(mail):
                mask |= one.rules
        found = [*files(text)] if open_ else []
        for file in found:
            here = [one for one in open_ if one.rules & ~mask]
            if len(found) > 1:
                here = [o for o in here if self._matcher.has(file.raw, (*o.beside, *o.lines), seen)]
            mask |= self._of_file(file, here, seen, mask)
        return mask

    def _of_file(self, file: Glimpse, asked: Sequence[_Asked], seen: Seen, mask: int) -> int:
        """The mask with the rules of which all signs are in a file."""
        for one in asked:
            if one.rules & ~mask and self._fits(one, file, seen):
                mask |= one.rules
        return mask

    def _fits(self, one: _Asked, file: Glimpse, seen: Seen) -> bool:
        """Whether the signs are in a file in which all expressions match."""
        if one.told.signs.scope is not Scope.FUNCTION:
            return one.is_near(file)
        has, lines = self._matcher.has, one.lines
        pieces = file.functions if one.told.signs.unchanged else file.changed
        if one.told.is_whole:
            pieces = [piece for piece in pieces if piece.may_be_whole]
        return any(has(piece.raw, lines, seen) and one.is_near(piece) for piece in pieces)

    def together(self, texts: Iterable[bytes]) -> int:
        """The rules that may fire where patches change files that earlier ones add; `texts` are in their order.

        Only worth asking where `cmodel.strands.strands` of the texts meet.
        """
        mask = 0
        for file in composed(texts):
            seen = self._matcher.seen(file.raw)
            open_ = [o for o in self._asked if seen.mask & o.needed == o.needed]
            mask |= self._of_file(file, open_, seen, mask)
        return mask

    def rules(self, mask: int) -> tuple[str, ...]:
        """The ids of the rules whose bits are set."""
        return tuple(name for place, name in enumerate(self.names) if mask >> place & 1)

    @cached_property
    def digest(self) -> str:
        """What changes whenever the marks of a text may change, whoever matches."""
        return _hash(str(_EDITION), self.settings, *self.names, *map(_written, self.told))

    @cached_property
    def _matcher(self) -> Matcher:
        return matcher(self._expressions, self.fast)

    @cached_property
    def _expressions(self) -> tuple[Expression, ...]:
        found = (one for told in self.told for one in (*told.signs.lines, *told.signs.beside))
        return tuple(dict.fromkeys(found))

    @cached_property
    def _asked(self) -> tuple[_Asked, ...]:
        place = {one: number for number, one in enumerate(self._expressions)}
        found = []
        for told in self.told:
            lines, beside = (
                tuple(place[one] for one in some) for some in (told.signs.lines, told.signs.beside)
            )
            needed = sum(1 << number for number in {*lines, *beside})
            found.append(_Asked(told, told.rules, needed, lines, beside))
        found.sort(key=lambda one: one.told.signs.scope is not Scope.MAIL)
        return tuple(found)


def sieve(
    rules: Iterable[Rule],
    pairs: PairTable,
    options: Mapping[str, object] | None = None,
    *,
    fast: bool = True,
    has_tree: bool = False,
) -> Sieve:
    """The sieve for these rules, of which gates are left out; `fast` False does without hyperscan.

    With a source tree whole functions may stand beyond the diff, and other calls be taught by it: then only the
    triggers of rules that need neither are asked for, and all others are marked.
    """
    asked = tuple(rule for rule in rules if rule.channel is not Channel.GATE)
    by_signs: dict[tuple[Signs, bool], int] = {}
    for place, rule in enumerate(asked):
        own = (options or {}).get(rule.id)
        if own is None and rule.options is not None:
            own = rule.options()
        found = _widest(rule, pairs) if has_tree else _signs(rule, pairs, own)
        for signs in found:
            is_whole = Needs.FUNCTION in rule.needs
            by_signs[signs, is_whole] = by_signs.get((signs, is_whole), 0) | 1 << place
    told = tuple(Told(signs, mask, is_whole) for (signs, is_whole), mask in by_signs.items())
    settings = _hash(repr(pairs), repr(sorted((options or {}).items(), key=itemgetter(0))))
    return Sieve(tuple(rule.id for rule in asked), told, fast, settings)


def _hash(*parts: str) -> str:
    return sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def _signs(rule: Rule, pairs: PairTable, options: object) -> Iterator[Signs]:
    """What the rule must see; a rule that takes pairs may also go by calls that a series teaches."""
    if Needs.TREE in rule.needs:
        return
    declared = rule.signs_for(pairs, options)
    if declared is not None:
        yield from declared
    else:
        yield Signs(Scope.MAIL, (_trigger(rule.triggers_for(pairs)),))
    if rule.takes_pairs:
        yield from taught(pairs)


def _widest(rule: Rule, pairs: PairTable) -> Iterator[Signs]:
    """What the rule must see of a mail where there is a source tree."""
    is_open = rule.takes_pairs or Needs.FUNCTION in rule.needs
    triggers = () if is_open else rule.triggers_for(pairs)
    yield Signs(Scope.MAIL, (_trigger(triggers),))


def _trigger(triggers: tuple[str, ...]) -> Expression:
    """The triggers as one expression, which anything matches if there are none."""
    found = prefilter(triggers)
    return calls(found.calls, *map(re.escape, found.literals)) if triggers else _ANYTHING


def _written(told: Told) -> str:
    signs = told.signs
    near = getattr(signs.near, "__qualname__", "")
    return repr((signs.scope, signs.lines, signs.beside, near, signs.unchanged, told.rules))
