"""A lock taken in this function is still held on one of its ways out.

Why: the next task that takes the lock waits for ever.
Fix: leave by the label that unlocks, or unlock before the return.
Quiet when: no other path of the function unlocks, before or after the change, so that it may be meant to
return with the lock held; a call that may unlock stands on the path; a condition that was not understood
decides about the unlock; the old function left like this already.
Source: Documentation/locking/; smatch and sparse ask for the same on whole trees.
"""

from collections.abc import Iterator

from reviewbot.cmodel.balance import Balance
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.leaks import Introduced, introduced
from reviewbot.cmodel.owed import Proof
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.shown import above
from reviewbot.cmodel.tells import stays_locked
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.FUNCTION,
    triggers=lambda pairs: tuple(f"{name}(" for name in pairs.of_locks.getters),
    signs=stays_locked,
)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """The earliest exit with the lock held, for each lock the function gives back elsewhere."""
    for found in introduced(change, Balance(pairs.of_locks)):
        if found.proof in (Proof.BEFORE, Proof.SIBLING):
            yield _hit(change, found)


def _hit(change: FunctionChange, found: Introduced) -> Hit:
    steps, ledger = found.walk.flow.steps, found.walk.ledger
    take = ledger.takes[found.path[0]]
    unlocks = [*ledger.puts.values(), f"{take.pair.put[0]}({take.text})"]
    places = {found.exit: "exit", steps[take.step].line: "lock"} if found.side is Side.NEW else {}
    return change.source.at(
        found.line,
        found.side,
        symbol=take.text,
        related=above(change.source, found.line, (steps[take.step].line,), found.side),
        confidence=None if found.is_sure else Confidence.MEDIUM,
        lock=f"{take.getter.name}({take.text})",
        unlock=unlocks[0].partition("(")[0],
        failed=found.way.failed,
        value=steps[found.end.step].text,
        way=found.words,
        place="unlock" if found.side is Side.OLD else places.get(found.line, "between"),
    )
