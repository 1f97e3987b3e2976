"""The result of a call that may fail to take a reference is thrown away.

Why: failure means that the object is going away; the code then runs without a reference and the put
underflows. try_module_get() has no __must_check, so the compiler is silent: 16 statements of Linux 6.12 do
it, one of them (ch_ipsec) was fixed in d8d2b1f81530.
Fix: test the result and give up where it is false (NULL for fops_get()).
Quiet when: the call cannot fail (__module_get()), its result is used or cast to void, the line was moved,
or the series also removes such an unchecked call of the same argument.
"""

from collections.abc import Iterator

from reviewbot.cmodel.change import SourceChange
from reviewbot.cmodel.outline import Call
from reviewbot.cmodel.pairs import PairTable
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule

GETTERS = (
    "try_module_get",
    "fops_get",
    "kvm_get_kvm_safe",
    "vfio_device_try_get_registration",
    "kref_get_unless_zero",
)


@rule(severity=Severity.BUG, channel=Channel.MAIL, needs=Needs.DIFF, triggers=GETTERS)
def check(change: SourceChange, pairs: PairTable) -> Iterator[Hit]:
    """Added statements that are nothing but such a call."""
    before = {_wording(call) for call in change.removed_calls(GETTERS) if call.discarded}
    for call in change.added_calls(GETTERS):
        line = change.added[call.line]
        if call.discarded and not change.is_moved(line) and _wording(call) not in before:
            yield change.at(
                call.line, symbol=_wording(call), get=call.name, put=_putter(call.name, pairs)
            )


def _wording(call: Call) -> str:
    return f"{call.name}({', '.join(call.args)})"


def _putter(getter: str, pairs: PairTable) -> str:
    """The first call that gives the reference back, empty where the table has none."""
    table = (pair for pair in pairs.pairs if any(get.name == getter for get in pair.get))
    return next((name for pair in table for name in pair.put), "")
