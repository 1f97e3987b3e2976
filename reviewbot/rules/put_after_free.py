"""A reference is read from an object to put it when the object has been freed already.

Why: the put follows a pointer out of freed memory. It mostly works, until the allocator gives the memory to
somebody else; KASAN reports it, a test without KASAN does not.
Fix: put first and free then, or read the pointer into a local before.
Quiet when: no path leads from the free to the put, or the pointer may have another value by then; the object
is freed later (kfree_rcu()); the free is not a plain kfree() or one of its kind; the code was like this
before, or only moved; what is put is a module (module-put-owner-after-free speaks then). Of a function that is
seen in part only statements in a row are read.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.frees import FREES
from reviewbot.cmodel.late import introduced, place
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.tells import puts_freed
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule

# Putters that the pair table does not know, by their names.
_PUT = re.compile(r"\b(?:\w+_put|put_\w+|\w+_put_\w+)(?=\()")


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.DIFF,
    triggers=tuple(f"{name}(" for name in FREES),
    signs=puts_freed,
)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """Puts behind a free, on the same path, of a member of what was freed."""
    text = change.text
    putters = {*_PUT.findall(text), *(name for name in pairs.putters if f"{name}(" in text)}
    putters -= {"module_put", "fops_put"}
    if putters and any(f"{name}(" in text for name in FREES):
        for late in introduced(change, putters):
            yield change.source.at(
                place(change, late),
                symbol=late.argument,
                free=late.end,
                object=late.path,
                put=late.put,
                argument=late.argument,
            )
