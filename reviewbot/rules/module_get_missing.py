"""A new interface keeps operations of another module and calls them without a reference on it.

Why: "Before calling into module code, you should call try_module_get() on that module: if it fails, then the
module is being removed and you should act as if it wasn't there"
(Documentation/kernel-hacking/hacking.rst).
Fix: a `struct module *owner` in the operations or as a parameter, and try_module_get() before the calls; or an
unregister function that waits for the callers.
Quiet when: the operations or the call carry an owner; the series takes a module reference anywhere; the
function that takes them away waits for users (RCU, SRCU, a lock, a completion); the function is not exported,
or not all of the interface is seen; the operations are kept in an object and not at file scope. A draft
always: this is the most common false alarm of the rules about modules.
"""

from collections.abc import Iterator
from itertools import islice

from reviewbot.cmodel.change import SeriesChange
from reviewbot.cmodel.pins import is_pinned
from reviewbot.cmodel.suppliers import supplied
from reviewbot.cmodel.tells_files import EXPORTS_REGISTRATION
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule


@rule(
    severity=Severity.BUG,
    channel=Channel.DRAFT,
    needs=Needs.SERIES,
    wants=Needs.TREE,
    triggers=("EXPORT_SYMBOL",),
    signs=EXPORTS_REGISTRATION,
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """The first such function of each file."""
    if is_pinned(change):
        return
    for source in change.sources:
        if source.path.endswith(".c") and "EXPORT_SYMBOL" in source.text:
            for found in islice(supplied(source, change), 1):
                register = found.function.name
                yield source.at(
                    found.function.first, symbol=register, register=register, ops=found.call.name
                )
