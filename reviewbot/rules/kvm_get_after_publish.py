"""A file descriptor is made reachable before the reference that its object needs is taken.

Why: user space can guess the number of the descriptor and close it on another thread; its ->release() then
drops a reference that nobody has taken yet, and the object is freed under the function that made it
(CVE-2019-6974, "kvm: fix kvm_ioctl_create_device() reference counting", 2019).
Fix: take the reference first and give it back where making the descriptor fails.
Quiet when: the same reference is also taken before; the descriptor's object is not seen to lead to what the
reference is on, unless the patch itself moves the get behind the publication (a draft, but for a VM); neither
call is added; of a function of which only hunks are seen, or whose flow is not certain, the patch does not
move the get. anon_inode_getfile() publishes nothing, fd_install() does.
"""

from collections.abc import Iterator
from itertools import islice

from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.late_gets import late_gets
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.publish import LIVE
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.DIFF,
    wants=Needs.TREE,
    triggers=LIVE,
)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """The first get of each function that comes after the publication it should come before."""
    for late in islice(late_gets(change, pairs), 1):
        pair = pairs.by_getter[late.get][0]
        yield change.source.at(
            late.line,
            symbol=late.pointer,
            confidence=Confidence.HIGH if late.sure else Confidence.MEDIUM,
            get=late.get,
            put="kvm_put_kvm_no_destroy" if pair.object == "struct kvm" else pair.put[0],
            publisher=late.publisher,
            installs="yes" if late.publisher == "fd_install" else "",
        )
