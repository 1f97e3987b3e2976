"""A module reference is given back that nobody takes, or that is no longer taken where it was.

Why: the count goes below the users there are, and the module can be unloaded while its code runs; at zero
module_put() warns. Often the get is in open() or probe() and the put in release() or remove(), so that a patch
which drops the one shows nothing of the other.
Fix: keep the get, or drop the put with it.
Quiet when: the file is not seen whole; the series takes a module reference anywhere or drops a put; a new call
of the function says that it takes something; the owner is spelled otherwise; of a new file or function, unless
the put is of its own module, or of what the function found itself: in a list that it only walks, or at file
scope where it puts only if it fails; or the function is the `foo_get()` of a `foo_put()` that puts. A draft
where the file still takes the same owner elsewhere and the message speaks of references or modules: then the
get may have been one too many.
"""

import re
from collections.abc import Iterator
from itertools import islice

from reviewbot.cmodel.balance import Balance
from reviewbot.cmodel.change import FunctionChange, SeriesChange, SourceChange
from reviewbot.cmodel.disowned import disowned, untaken_twin
from reviewbot.cmodel.holdings import GETTERS, PUTTER, Unmatched, unmatched
from reviewbot.cmodel.pairs import PairTable
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
def check(change: SeriesChange, pairs: PairTable) -> Iterator[Hit]:
    """The removed get, or the put of a new file or function."""
    for source in change.sources:
        for found in unmatched(source, change):
            yield _hit(source, found)
        for function in source.functions if source.new.whole else ():
            yield from _never(function, Balance(pairs, "struct module"))


def _never(function: FunctionChange, balance: Balance) -> Iterator[Hit]:
    """What a new function should have taken."""
    forms = (("never", disowned), ("twin", untaken_twin))
    found = ((form, one) for form, find in forms for one in find(function, balance))
    for form, one in islice(found, 1):
        yield function.source.at(
            one.line, symbol=one.given, get="", owner=one.given, by=one.function, form=form
        )


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
        form="",
    )
