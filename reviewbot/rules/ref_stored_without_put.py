"""A reference that one function keeps in a field is no longer given back by any other.

Why: the object then lives for ever, and with a VM its memory, with a module its code. The get and the put of
such a pair stand in different functions (Linux 6.12: 18 of 19 kvm_get_kvm() are given back by a release
callback), so that nobody sees the missing one beside the other.
Fix: give the reference back where the holder goes, before its memory is freed.
Quiet when: the whole file is not seen; the series gives such a reference back anywhere else; something added
is handed the holder; the get goes too; another function still gives back what the field keeps, unless the
function itself clears the field or frees the holder. A draft where the message says that the put was
superfluous, where an added call may be meant to do its work, and where a new release callback hands the
holder to code that is not seen.
"""

from collections.abc import Iterator

from reviewbot.cmodel.change import SourceChange
from reviewbot.cmodel.forgotten import forgotten
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.publish import PRIVATE
from reviewbot.cmodel.tells import stores_unput
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.DIFF,
    wants=Needs.TREE,
    triggers=lambda pairs: (PRIVATE, *(f"{name}(" for name in pairs.putters)),
    signs=stores_unput,
)
def check(change: SourceChange, pairs: PairTable) -> Iterator[Hit]:
    """Removed puts, and new release callbacks without one, that leave a get of the file unanswered."""
    for found in forgotten(change, pairs):
        yield change.at(
            found.line,
            found.side,
            symbol=found.get.text,
            confidence=Confidence.HIGH if found.sure else Confidence.MEDIUM,
            put=found.put,
            get=found.get.call.name,
            where=found.get.function.name,
            new="yes" if found.side is Side.NEW else "",
            cleared="yes" if found.cleared else "",
        )
