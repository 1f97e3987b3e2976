"""Balance: the references of a function's objects before and after a change, side by side.

Law: an object of the new function is that of the old one which has a name in common with it. Must not know
rules.
"""

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.flow import Flow
from reviewbot.cmodel.harmless import harmless
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.ledger import Ledger, ledgers
from reviewbot.cmodel.live import live
from reviewbot.cmodel.outline import Function
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.source import FunctionChange
from reviewbot.cmodel.walk import Walk, walk


class Both(Struct, frozen=True, dict=True):
    """The paths of one object after a change, and before it where the function had that object.

    Those before it are walked when they are asked for: only where the new ones show something odd.
    """

    new: Walk
    change: FunctionChange
    pairs: PairTable

    @cached_property
    def old(self) -> Walk | None:
        """The paths of the object before the change; None where the function did not have it."""
        flow, function = self.change.old_flow, self.change.old
        image = self.change.source.old
        before = walks(flow, function, self.pairs, image) if flow and function else ()
        return _same(self.new.ledger, before)

    @cached_property
    def fresh(self) -> frozenset[int]:
        """The steps of the new function that the change adds: on an added line, in words that the old
        function has nowhere."""
        old = self.change.old_flow
        known = {step.text for step in old.steps} if old is not None else set()
        return frozenset(
            number
            for number, step in enumerate(self.new.flow.steps)
            if step.line in self.change.source.added and step.text not in known
        )


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
        found = walks(new, change.new, self.pairs, change.source.new)
        yield from (Both(one, change, self.pairs) for one in found)

    def walks(self, flow: Flow, function: Function) -> tuple[Walk, ...]:
        """The paths of each object of a function."""
        return walks(flow, function, self.pairs)

    def _names_pairs(self, change: FunctionChange) -> bool:
        """Whether the function, before or after, names a call of the table; a look at its text."""
        tables = (self.pairs.by_getter, self.pairs.by_putter, self.pairs.by_loop)
        return any(not change.called.isdisjoint(table) for table in tables)


def walks(
    flow: Flow, function: Function, pairs: PairTable, image: Image | None = None
) -> tuple[Walk, ...]:
    """The paths of each object of a function; walked once for all that ask with the same table.

    Other functions of the image may be seen to leave an object alone.
    """
    _, known = flow.derived.get(id(pairs), (None, None))
    if isinstance(known, tuple):
        return known
    lives = live(flow)
    left_alone = harmless(flow, image, pairs) if image is not None else frozenset()
    found = ledgers(flow, function, pairs, left_alone)
    made = tuple(walk(flow, ledger, lives) for ledger in found)
    flow.derived[id(pairs)] = (pairs, made)
    return made


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
