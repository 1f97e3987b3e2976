"""A new file descriptor keeps a VM or a vcpu as its private data and takes no reference on the VM.

Why: the descriptor can outlive the VM's, and every later read() or ioctl() on it touches freed memory. The
binary stats descriptors were posted in a dozen revisions and merged like this (fcfe1baeddbf, 2021); fixed in
eed3013faa40 (2023), https://lore.kernel.org/all/20230711230131.648752-2-seanjc@google.com/.
Fix: kvm_get_kvm() before the descriptor is published, kvm_put_kvm() in its ->release().
Quiet when: the function, something it calls with that pointer or a visible caller takes a reference; the
pointer comes from a call, as kvm_create_vm()'s initial reference does; the object holds no VM; such a call is
moved or replaced. A draft where a caller that might take the reference cannot be seen: the function is not
new, or a caller is cut, or another file of the series names both the function and a getter; and where the
message says that the get which the patch removes was superfluous.
"""

from collections.abc import Iterator

from reviewbot.cmodel.bare_fds import bare_fds
from reviewbot.cmodel.borrowed import bare
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.pairs import PairTable
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

TRIGGERS = ("anon_inode_getf", "anon_inode_create_getf")


@rule(severity=Severity.BUG, channel=Channel.MAIL, needs=Needs.FUNCTION, triggers=TRIGGERS)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """Calls that publish a borrowed VM: added ones, and those whose get is removed."""
    for found in bare_fds(change, pairs):
        call, removed = found.call, found.removed
        yield change.source.at(
            removed.line if removed else call.line,
            Side.OLD if removed else Side.NEW,
            symbol=found.vm,
            confidence=Confidence.HIGH if found.sure else Confidence.MEDIUM,
            publisher=call.name if call.name.endswith("fd") else "fd_install",
            direct="yes" if found.vm == bare(call.args[2]) else "",
            removed=removed.name if removed else "",
        )
