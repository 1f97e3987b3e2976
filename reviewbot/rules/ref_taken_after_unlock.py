"""A pointer is read under a lock, the lock is released, and only then is a reference taken.

Why: a get without a valid reference must be serialised against the put (Documentation/core-api/kref.rst,
rule 3): between unlock and get the other path may give the last reference back. "Take a reference before
dropping the lock" was asked for twice in one thread,
https://lore.kernel.org/all/20210211174750.24d91a65.pasic@linux.ibm.com/.
Fix: take the reference before the lock is released.
Quiet when: the flow is not certain; another lock, or the same one taken again, is held at the get; the pointer
was held before; it was a parameter; nothing of the lines involved is added. A draft unless another function
of the file is seen to clear the field under that lock or to put what it holds.
"""

from collections.abc import Iterator
from itertools import islice

from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.tells import takes_late
from reviewbot.cmodel.unlocked import unlocked
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.FUNCTION,
    triggers=("unlock", "up_read(", "up_write("),
    signs=takes_late,
)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """The first such get of each function."""
    for found in islice(unlocked(change, pairs), 1):
        yield change.source.at(
            found.line,
            symbol=found.pointer,
            confidence=Confidence.HIGH if found.sure else Confidence.MEDIUM,
            get=found.get,
            field=found.field,
            lock=found.lock or "rcu_read_lock()",
            unlock=found.unlock,
        )
