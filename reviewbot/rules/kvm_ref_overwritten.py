"""A field that another function releases with kvm_put_kvm() gets a new value, and the old one is not looked at.

Why: the reference on the old VM is lost, and the VM is never destroyed. A notifier that stores NULL over a held
reference besides lets the release path put NULL (founding case F4).
Fix: refuse a second binding while the field is set, or release what it holds first.
Quiet when: the function releases a VM, calls what does, or mentions the field before, and so may test or save
it; a caller mentions it or, not being seen, may; the object is allocated in the function; the function did so
before; the file is KVM's own, whose objects live and die with a VM. Always a draft: what is bound once by
agreement is not overwritten.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from reviewbot.cmodel.borrowed import root
from reviewbot.cmodel.change import FunctionChange, SourceChange
from reviewbot.cmodel.fields import Overwritten, overwritten
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.tells_files import puts_vm
from reviewbot.cmodel.unseen import may_be_done_elsewhere
from reviewbot.model.diff import Sign
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

OWN = ("virt/*", "arch/*/kvm/*", "tools/*")


def is_own(path: str) -> bool:
    """Whether the file is KVM's own."""
    return any(fnmatchcase(path, glob) for glob in OWN)


def may_fire(change: SourceChange | FunctionChange) -> bool:
    """Whether the file, which is not KVM's own, names the put somewhere."""
    is_named = any(change.mentions(("kvm_put_kvm",), sign) for sign in Sign)
    return is_named and not is_own(change.path)


@rule(
    severity=Severity.BUG,
    channel=Channel.DRAFT,
    confidence=Confidence.MEDIUM,
    needs=Needs.FUNCTION | Needs.SERIES,
    triggers=("kvm",),
    glance=may_fire,
    signs=puts_vm(is_own),
)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """The first new store in each field that is released elsewhere."""
    source, putters = change.source, pairs.of("struct kvm").putters
    if "kvm" not in change.text or is_own(source.path):
        return
    seen = {found.field for found in _before(change, putters)}
    for found in overwritten(source.new, change.new, putters):
        line = found.assignment.line
        if found.field in seen or line not in source.added or source.is_moved(source.added[line]):
            continue
        if may_be_done_elsewhere(putters, frozenset((root(found.assignment.target),)), change):
            continue
        seen.add(found.field)
        cleared = "yes" if found.assignment.value == "NULL" else ""
        yield source.at(
            line, symbol=found.assignment.target, releaser=found.releaser, cleared=cleared
        )


def _before(change: FunctionChange, putters: tuple[str, ...]) -> Iterator[Overwritten]:
    if change.old is not None:
        yield from overwritten(change.source.old, change.old, putters)
