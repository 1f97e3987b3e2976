"""A reference on a VM is taken where its count may already be zero, or without a look at whether it was taken.

Why: kvm_get_kvm() adds to the count whatever it is; only kvm_get_kvm_safe() refuses a VM that is being
destroyed: "struct kvm's refcount is 0 at this point". A VM stays on vm_list, and its debugfs files can be
opened, while kvm_destroy_vm() runs: the count drops first, so that kvm_lock does not help.
Fix: kvm_get_kvm_safe(), and go on without the VM where it fails.
Quiet when: the pointer comes from a caller or a file, which hold a reference; the same pointer is also taken
safely; the function found it in a table or a debugfs file before and took nothing, which was worse. A draft
where it was looked up in a table, which may hold references of its own, or comes from a debugfs file:
debugfs_remove() waits for who is in open(), but the count is zero by then, and release() is called for whoever
got in.
Source: virt/kvm/kvm_main.c of Linux 6.12;
https://lore.kernel.org/all/058cd342-223c-4a3f-b647-cd119ca3d48a@linux.ibm.com/.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.borrowed import bare, values
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.outline import Call
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

GET, SAFE = "kvm_get_kvm", "kvm_get_kvm_safe"

_WALK = re.compile(r"(?:list|hlist)_for_each_entry\w*")
_LOOKED_UP = re.compile(
    r"(?:xa_load|xas_load|idr_find|radix_tree_lookup|rcu_dereference\w*|hlist_entry\w*)\b"
)


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.FUNCTION,
    triggers=(f"{GET}(", f"{SAFE}("),
    reference="https://lore.kernel.org/all/058cd342-223c-4a3f-b647-cd119ca3d48a@linux.ibm.com/",
)
def check(change: FunctionChange) -> Iterator[Hit]:
    """Added gets of VMs found without a reference, and added safe gets whose result is thrown away."""
    safe = {bare(argument) for call in change.calls((SAFE,)) for argument in call.args}
    for call in change.added_calls((GET, SAFE)):
        if len(call.args) != 1 or change.source.is_moved(change.source.added[call.line]):
            continue
        where = _found(bare(call.args[0]), change) if call.name == GET else ""
        if call.discarded and call.name == SAFE:
            yield _hit(change, call, "", Confidence.HIGH)
        elif where and bare(call.args[0]) not in safe:
            is_sure = where == "on vm_list"
            if not is_sure and change.old is not None:
                continue
            yield _hit(change, call, where, Confidence.HIGH if is_sure else Confidence.MEDIUM)


def _found(pointer: str, change: FunctionChange) -> str:
    """Where the function finds the VM without a reference on it, in words; empty where it does not."""
    calls = change.source.new.outline.calls_between(change.new.first, change.new.last)
    for call in calls:
        if _WALK.fullmatch(call.name) and call.args[:2] == (pointer, "&vm_list"):
            return "on vm_list"
    for value in values(pointer, change.new, change.source.new.outline):
        if value.endswith("->i_private"):
            return "in i_private"
        if _LOOKED_UP.match(value):
            return "by a lookup"
    return "in i_private" if pointer.endswith("->i_private") else ""


def _hit(change: FunctionChange, call: Call, where: str, sure: Confidence) -> Hit:
    return change.source.at(
        call.line, symbol=bare(call.args[0]), confidence=sure, where=where, get=call.name
    )
