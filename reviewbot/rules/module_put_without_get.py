"""A module reference is given back that nobody takes, or that is no longer taken where it was.

Why: the count goes below the users there are, and the module can be unloaded while its code runs; at zero
module_put() warns. Often the get is in open() or probe() and the put in release() or remove(), so that a patch
which drops the one shows nothing of the other.
Fix: keep the get, or drop the put with it.
Quiet when: the file is not seen whole; the series takes a module reference anywhere or drops a put; a new call
of the function says that it takes something; the owner is spelled otherwise; of a new file, unless the put is
of its own module. A draft where the file still takes the same owner elsewhere and the message speaks of
references or modules: then the get may have been one too many.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.holdings import GETTERS, PUTTER, Unmatched, unmatched
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

# Words with which an author says that a reference was one too many.
_SAID = re.compile(r"\bmodules?\b|\brefs?\b|refer|refcount|module_(?:get|put)|leak", re.IGNORECASE)


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.SERIES,
    wants=Needs.TREE,
    triggers=(*GETTERS, PUTTER),
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """The removed get, or the first put of a new file."""
    for source in change.sources:
        for found in unmatched(source, change):
            yield _hit(source, found)


def _hit(source: SourceChange, found: Unmatched) -> Hit:
    taken, put = found.taken, found.put
    call = taken or put
    message = source.patch.message.body.partition("\n---\n")[0]
    is_said = taken is not None and found.others and _SAID.search(message)
    return source.at(
        call.line,
        Side.OLD if taken else Side.NEW,
        symbol=call.args[0],
        confidence=Confidence.MEDIUM if is_said else None,
        get=taken.name if taken else "",
        owner=call.args[0],
        by=put.function,
    )
