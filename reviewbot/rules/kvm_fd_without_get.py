"""A new file descriptor keeps a VM or a vcpu as its private data and takes no reference on the VM.

Why: the descriptor can outlive the VM's, and every later read() or ioctl() on it touches freed memory. The
binary stats descriptors were posted in a dozen revisions and merged like this (fcfe1baeddbf, 2021); fixed in
eed3013faa40 (2023), https://lore.kernel.org/all/20230711230131.648752-2-seanjc@google.com/.
Fix: kvm_get_kvm() before the descriptor is published, kvm_put_kvm() in its ->release().
Quiet when: the function, something it calls with that pointer or a visible caller takes a reference; the
pointer comes from a call, as kvm_create_vm()'s initial reference does; the object holds no VM; such a call is
moved or replaced. A draft where a caller that might take the reference cannot be seen: the function is not
new, or a caller is cut, or another file of the series names both the function and a getter.
"""

from collections.abc import Iterator

from reviewbot.cmodel.borrowed import bare, is_borrowed, stored_in
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.opened import ANON_INODE
from reviewbot.cmodel.outline import Call, Function, Outline
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.reach import is_free_of
from reviewbot.cmodel.references import is_taken
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

VM = ("struct kvm *", "struct kvm_vcpu *")
TRIGGERS = ("anon_inode_getf", "anon_inode_create_getf")


@rule(severity=Severity.BUG, channel=Channel.MAIL, needs=Needs.FUNCTION, triggers=TRIGGERS)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """Added calls that publish a borrowed VM."""
    source, function, outline = change.source, change.new, change.source.new.outline
    if any(source.removed_calls(ANON_INODE)):
        return
    getters = (*pairs.of("struct kvm").getters, "get_file", "fget")
    sure = Confidence.HIGH if is_free_of(getters, change) else Confidence.MEDIUM
    for call in change.added_calls(ANON_INODE):
        vm = _vm(call, function, outline)
        moved = source.is_moved(source.added[call.line])
        if vm and not moved and not is_taken(vm, function, outline, getters):
            publisher = call.name if call.name.endswith("fd") else "fd_install"
            direct = "yes" if vm == bare(call.args[2]) else ""
            yield source.at(
                call.line, symbol=vm, confidence=sure, publisher=publisher, direct=direct
            )


def _vm(call: Call, function: Function, outline: Outline) -> str:
    """The borrowed VM that the private data is or has just been given; empty where there is none."""
    data = bare(call.args[2]) if len(call.args) > 2 else ""
    for text in (data, *map(bare, stored_in(data, function, outline))):
        is_vm = function.type_of(text) in VM or text.endswith("->kvm")
        if is_vm and is_borrowed(text, function, outline):
            return text
    return ""
