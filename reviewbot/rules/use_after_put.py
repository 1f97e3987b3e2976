"""An object is used after the function has given back its reference on it.

Why: the put may free the object; what follows then reads or writes freed memory.
Fix: put the object after its last use.
Quiet when: the pointer is set to something else in between; the pointer is only compared or printed; the
function holds the object through a reference of somebody else, such as that of its caller, and the order is
not new; a condition that was not understood decides about the put; the put is the first of two, and
double-put speaks; the object is a `struct kvm`, which kvm-use-after-put looks after. A draft where only driver
data are asked for: who looks a device up by its driver takes it for granted that it stays bound.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.balance import Balance
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.shown import above
from reviewbot.cmodel.surplus import added_uses
from reviewbot.cmodel.tells import uses_put
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

_DRIVER_DATA = re.compile(r"\b\w*get_drvdata\(")


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.FUNCTION,
    triggers=lambda pairs: tuple(f"{name}(" for name in pairs.putters),
    signs=uses_put,
)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """The first use behind the put of each object."""
    for found in added_uses(change, Balance(pairs)):
        walk = found.use.walk
        if walk.ledger.pair.object == "struct kvm":
            continue
        steps = walk.flow.steps
        put, used = steps[found.use.steps[0]], steps[found.use.steps[-1]]
        yield change.source.at(
            found.line,
            symbol=walk.ledger.text,
            confidence=Confidence.MEDIUM if _DRIVER_DATA.search(used.text) else None,
            related=above(change.source, found.line, (put.line,)),
            put=walk.ledger.puts[found.use.steps[0]],
            object=walk.ledger.text.lstrip("&"),
            kind=walk.ledger.pair.object,
            used=used.text,
            place="put" if found.line == put.line else "use",
        )
