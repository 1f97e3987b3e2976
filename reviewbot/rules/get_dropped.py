"""The patch removes the call that takes a reference, and keeps a put that gives it back.

Why: the put now takes away a reference that belongs to somebody else.
Fix: keep the getter, or remove the put with it.
Quiet when: an added line of the function names the object, and so may take the reference in another way;
another function of the file takes such a reference now; the paths that are left do not put; the object is a
`struct kvm`, which kvm-put-without-get looks after. A draft where the commit message says that the reference
was one too many.
"""

from collections.abc import Iterator

from reviewbot.cmodel.balance import Balance
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.excuses import is_excused
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.tells import loses_get
from reviewbot.cmodel.undone import undone
from reviewbot.cmodel.ungathered import ungathered
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.FUNCTION,
    triggers=lambda pairs: tuple(f"{name}(" for name in pairs.getters),
    signs=loses_get,
)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """The removed getter of each object whose put is still reached."""
    for found in undone(change, Balance(pairs)):
        if found.take.pair.object == "struct kvm":
            continue
        yield change.source.at(
            found.line,
            Side.OLD,
            symbol=found.take.text,
            confidence=Confidence.MEDIUM if is_excused(change.source.patch) else None,
            get=f"{found.take.getter.name}()",
            put=found.both.new.ledger.puts[found.put],
            value=found.both.new.flow.steps[found.end.step].text,
            array="",
        )
    for lost in ungathered(change, pairs):
        if lost.side is Side.OLD:
            yield change.source.at(
                lost.line,
                Side.OLD,
                symbol=lost.gathered.pointer,
                confidence=Confidence.MEDIUM if is_excused(change.source.patch) else None,
                get=f"{lost.get}()",
                put=lost.gathered.call,
                value="",
                array=lost.gathered.array,
            )
