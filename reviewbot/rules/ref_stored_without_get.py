"""A pointer is kept in a field without the reference that another function drops through that field.

Why: the drop then takes away somebody else's reference, and the object is freed under its users. The get and
the put of such a pair stand in different functions (Linux 6.12: 18 of 19 kvm_get_kvm() are given back by a
release callback), so that nobody sees the missing one beside the other.
Fix: take the reference before the pointer is stored or published.
The same goes for what a function collects in an array and puts from there.
Quiet when: the whole file is not seen; the series takes such a reference anywhere else; something added is
handed the pointer or its holder; the function, what it calls or a visible caller takes one; the put goes too;
the object is part of its holder and so has a first reference of its own; the pointer comes from a call. A draft
where the message says that the reference was superfluous, and where a caller of a new function is not seen.
"""

from collections.abc import Iterator

from reviewbot.cmodel.change import SourceChange
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.stored import stored_without_get
from reviewbot.cmodel.tells import stores_bare
from reviewbot.cmodel.ungathered import ungathered
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.DIFF,
    wants=Needs.TREE,
    triggers=lambda pairs: ("->", *(f"{name}(" for name in pairs.getters)),
    signs=stores_bare,
)
def check(change: SourceChange, pairs: PairTable) -> Iterator[Hit]:
    """Removed gets, and stores of new functions, that leave a put of the file without its get."""
    for found in stored_without_get(change, pairs):
        yield change.at(
            found.line,
            found.side,
            symbol=found.pointer,
            confidence=Confidence.HIGH if found.sure else Confidence.MEDIUM,
            get=found.get,
            put=found.put.call.name,
            where=found.put.function.name,
            given=found.put.text,
            stored="yes" if found.side is Side.NEW else "",
            array="",
        )
    for function in () if change.called.isdisjoint(pairs.putters) else change.functions:
        for one in ungathered(function, pairs) if function.is_new else ():
            yield change.at(
                one.line,
                symbol=one.gathered.pointer,
                get=one.get,
                put=one.gathered.call,
                where=function.new.name,
                given="",
                stored="yes",
                array=one.gathered.array,
            )
