"""A path of the function gives the same reference back twice.

Why: the second put takes away a reference that belongs to somebody else, and their next use is a use after
free.
Fix: drop one of the two, or leave by a label behind the put.
Quiet when: the reference is taken again or the pointer set to something else in between; a condition that was
not understood decides about one of them; the function did not take the reference on that path, or may have had
another before: of an object that it has made or prepared, or on a path that gets to the second put without
taking any; a call in between may take one; the old function did the same. A draft where the commit message
says that a leak is repaired.
"""

from collections.abc import Iterator

from reviewbot.cmodel.balance import Balance
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.excuses import is_excused
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.shown import above
from reviewbot.cmodel.surplus import added_twice
from reviewbot.cmodel.tells import puts_twice
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.FUNCTION,
    triggers=lambda pairs: tuple(f"{name}(" for name in pairs.putters),
    signs=puts_twice,
)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """The first path of each object that puts it twice."""
    source = change.source
    for found in added_twice(change, Balance(pairs)):
        steps, ledger = found.twice.walk.flow.steps, found.twice.walk.ledger
        first, second = steps[found.twice.steps[0]], steps[found.twice.steps[-1]]
        lines = {first.line: "first", second.line: "second"}
        place = "gone" if found.jump else lines.get(found.line, "between")
        other = second if found.line == first.line else first
        yield source.at(
            found.line,
            found.side,
            confidence=Confidence.MEDIUM if is_excused(change.source.patch) else None,
            symbol=ledger.text,
            related=above(source, found.line, (first.line,), found.side),
            put=ledger.puts[found.twice.steps[0]],
            again=ledger.puts[found.twice.steps[-1]],
            place=place,
            jump=found.jump,
            order="above" if other.line < found.line else "below",
        )
