"""Balance: the references of a function's objects before and after a change, side by side.

Law: an object of the new function is that of the old one which has a name in common with it. Must not know
rules.
"""

from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.flow import Flow
from reviewbot.cmodel.ledger import Ledger, ledgers
from reviewbot.cmodel.live import live
from reviewbot.cmodel.outline import Function
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.source import FunctionChange
from reviewbot.cmodel.walk import Walk, walk


class Both(Struct, frozen=True):
    """The paths of one object after a change, and before it where the function had that object.

    `fresh` are the steps of the new function that the change adds: on an added line, in words that the old
    function has nowhere.
    """

    new: Walk
    old: Walk | None
    fresh: frozenset[int]


class Balance(Struct, frozen=True):
    """Walks functions with the pairs of a table; `of` may name the kind of object that is asked for."""

    pairs: PairTable
    of: str = ""

    def both(self, change: FunctionChange) -> tuple[Both, ...]:
        """The objects of the new function; none where old or new cannot be read with certainty.

        Derived once for all that ask with the same table.
        """
        key = (id(self.pairs), change.new.first)
        _, known = change.source.derived.get(key, (None, None))
        if not isinstance(known, tuple):
            known = tuple(self._both(change))
            change.source.derived[key] = (self.pairs, known)
        return tuple(one for one in known if self.of in ("", one.new.ledger.pair.object))

    def _both(self, change: FunctionChange) -> Iterator[Both]:
        if change.old is None and not change.is_new:
            return
        if not self._names_pairs(change):
            return
        new = change.flow
        old = change.old_flow
        if new is None or (change.old is not None and old is None):
            return
        before = self.walks(old, change.old) if old and change.old else ()
        known = {step.text for step in old.steps} if old is not None else set()
        fresh = frozenset(
            number
            for number, step in enumerate(new.steps)
            if step.line in change.source.added and step.text not in known
        )
        for found in self.walks(new, change.new):
            yield Both(found, _same(found.ledger, before), fresh)

    def walks(self, flow: Flow, function: Function) -> tuple[Walk, ...]:
        """The paths of each object of a function; walked once for all that ask with the same table."""
        _, known = flow.derived.get(id(self.pairs), (None, None))
        if isinstance(known, tuple):
            return known
        lives = live(flow)
        made = tuple(walk(flow, ledger, lives) for ledger in ledgers(flow, function, self.pairs))
        flow.derived[id(self.pairs)] = (self.pairs, made)
        return made

    def _names_pairs(self, change: FunctionChange) -> bool:
        """Whether the function, before or after, names a call of the table."""
        source = change.source
        sides = [(source.new, change.new)]
        if change.old is not None:
            sides.append((source.old, change.old))
        for image, function in sides:
            for call in image.outline.calls_between(function.first, function.last):
                if call.name in self.pairs.by_getter or call.name in self.pairs.by_putter:
                    return True
                if call.name in self.pairs.by_loop:
                    return True
        return False


def _same(ledger: Ledger, before: tuple[Walk, ...]) -> Walk | None:
    return next(
        (
            walk
            for walk in before
            if walk.ledger.pair.object == ledger.pair.object
            and not walk.ledger.names.isdisjoint(ledger.names)
        ),
        None,
    )
