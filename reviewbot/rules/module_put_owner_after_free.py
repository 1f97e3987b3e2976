"""The owner of a module reference is read from an object that may be gone.

Why: module_put(f->owner) after the last put or the release of `f` follows a pointer out of freed memory. What
the object holds has to be read before, as _kvm_xinterface_release() did it with a local
(https://lore.kernel.org/all/?q=kvm_xinterface, 2009).
Fix: read the owner into a local before the object goes, or put the module first where no code of it runs after.
Quiet when: the owner was saved to a local; no path leads from the end of the object to the put; the object is
freed after both, so that it was not gone; the callback only closes what the function opened; the code was like
this before. A draft where only a callback named like release() may have freed it, unless the function is the
release of a kref.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.frees import FREES
from reviewbot.cmodel.late import introduced, place
from reviewbot.cmodel.pairs import PairTable
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

PUTTERS = ("module_put", "fops_put")
# Of the putters, those that may end the object they are given; not counts of its use or of something else.
_ENDS = re.compile(r"^(?!(?:__)?pm_runtime_|module_|fops_)(?:\w+_)?put(?:_|$)")


@rule(severity=Severity.BUG, channel=Channel.MAIL, needs=Needs.DIFF, triggers=PUTTERS)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """Puts of an owner behind the end of the object that holds it."""
    if not any(put in change.text for put in PUTTERS):
        return
    is_release = any(p.type == "struct kref *" for p in change.new.parameters)
    enders = frozenset(filter(_ENDS.search, pairs.putters))
    for late in introduced(change, PUTTERS, enders):
        yield change.source.at(
            place(change, late),
            symbol=late.argument,
            confidence=None if late.sure or is_release else Confidence.MEDIUM,
            end=late.end,
            object=late.path,
            gone="yes" if late.end in FREES else "",
            put=late.put,
            argument=late.argument,
        )
