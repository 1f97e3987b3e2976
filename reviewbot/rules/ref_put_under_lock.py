"""A put that may be the last of a VM runs under a mutex that tearing the VM down takes as well.

Why: kvm_destroy_vm() runs inside the last kvm_put_kvm(), and with it the release callbacks of the VM's
devices, which take kvm_lock, slots_lock, once VFIO's group_lock: a deadlock, as in
https://lore.kernel.org/all/20230114000351.115444-1-mjrosato@linux.ibm.com/.
Fix: take the pointer out of the field under the lock, put it after the unlock; so does sev.c.
Quiet when: the flow is not certain; the lock is none that teardown is known or seen to take; the VM is a
parameter, so that the caller holds a reference; kvm_put_kvm_no_destroy(), which is never the last.
"""

from collections.abc import Iterator

from reviewbot.cmodel.borrowed import bare
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.flow import Flow
from reviewbot.cmodel.locks import locks
from reviewbot.cmodel.order import called
from reviewbot.cmodel.release_locks import is_torn_down_under
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule

PUTS = ("kvm_put_kvm", "vfio_device_put_kvm")


@rule(
    severity=Severity.BUG,
    channel=Channel.DRAFT,
    needs=Needs.FUNCTION,
    triggers=tuple(f"{name}(" for name in PUTS),
)
def check(change: FunctionChange) -> Iterator[Hit]:
    """Puts under such a lock, where the put is added or moved there."""
    flow = change.flow if any(change.added_calls(PUTS)) else None
    if flow is not None:
        yield from _found(flow, change)


def _found(flow: Flow, change: FunctionChange) -> Iterator[Hit]:
    source, held = change.source, locks(flow, change.source.new)
    names = {parameter.name for parameter in change.new.parameters}
    for put in called(flow, PUTS):
        line = flow.steps[put.step].line
        if line not in source.added or source.is_moved(source.added[line]):
            continue
        pointer = bare(put.args[0]) if put.args else ""
        known = sorted(one.text for one in held.surely[put.step] if is_torn_down_under(one, change))
        if known and (pointer not in names or put.name != PUTS[0]):
            yield source.at(line, symbol=pointer, put=put.name, lock=known[0])
