"""A path of the function unlocks a lock that it has unlocked already.

Why: the second unlock releases a lock that another task may hold by then.
Fix: drop one of the two, or leave by a label behind the unlock.
Quiet when: the lock is taken again in between; a condition that was not understood decides about one of the
two; the second unlock is nowhere else reached with the lock held; the old function did the same.
"""

from collections.abc import Iterator

from reviewbot.cmodel.balance import Balance
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.excuses import is_excused
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.shown import above
from reviewbot.cmodel.surplus import added_twice
from reviewbot.cmodel.tells import unlocks_twice
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.FUNCTION,
    triggers=lambda pairs: tuple(f"{name}(" for name in pairs.of_locks.putters),
    signs=unlocks_twice,
)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """The first path of each lock that gives it back twice."""
    for found in added_twice(change, Balance(pairs.of_locks)):
        walk = found.twice.walk
        first, second = (
            walk.flow.steps[found.twice.steps[0]],
            walk.flow.steps[found.twice.steps[-1]],
        )
        lines = {first.line: "first", second.line: "second"}
        place = "gone" if found.jump else lines.get(found.line, "between")
        yield change.source.at(
            found.line,
            found.side,
            confidence=Confidence.MEDIUM if is_excused(change.source.patch) else None,
            symbol=walk.ledger.text,
            related=above(change.source, found.line, (first.line,), found.side),
            unlock=walk.ledger.puts[found.twice.steps[0]],
            again=walk.ledger.puts[found.twice.steps[-1]],
            place=place,
            jump=found.jump,
        )
