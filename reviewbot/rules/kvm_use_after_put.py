"""A struct kvm is used after kvm_put_kvm() on the same path.

Why: the put may run kvm_destroy_vm(), and what follows then touches freed memory; an unlock of a lock inside
kvm is such a use.
Fix: use first, put last.
Quiet when: the pointer is set to something else in between, or another reference is taken; the function takes
the reference itself, on a kvm that somebody else holds for it, and the order is not new; the function is an
ioctl handler and kvm reached from its parameter, whose file descriptor still holds a reference; the pointer is
only printed; kvm_put_kvm_no_destroy() was called, which never frees. A draft where kvm is a parameter: the
caller may hold it.
"""

from collections.abc import Iterator

from reviewbot.cmodel.balance import Balance
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.shown import above
from reviewbot.cmodel.surplus import added_uses
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

_NEVER_LAST = "kvm_put_kvm_no_destroy("


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.FUNCTION,
    triggers=("kvm_put_kvm",),
)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """The first use of a struct kvm behind its put."""
    is_ioctl = "ioctl" in change.new.name
    parameters = {parameter.name for parameter in change.new.parameters}
    for found in added_uses(change, Balance(pairs, "struct kvm"), of_any=True):
        walk = found.use.walk
        steps, ledger = walk.flow.steps, walk.ledger
        put, used = steps[found.use.steps[0]], steps[found.use.steps[-1]]
        if _NEVER_LAST in put.text or (is_ioctl and not ledger.roots.isdisjoint(parameters)):
            continue
        yield change.source.at(
            found.line,
            confidence=None if ledger.names.isdisjoint(parameters) else Confidence.MEDIUM,
            symbol=ledger.text,
            related=above(change.source, found.line, (put.line,)),
            put=ledger.puts[found.use.steps[0]],
            object=ledger.text.lstrip("&"),
            used=used.text,
            place="put" if found.line == put.line else "use",
        )
