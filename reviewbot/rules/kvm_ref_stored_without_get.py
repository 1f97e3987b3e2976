"""Code outside KVM keeps a borrowed VM in an object and takes no reference on it there.

Why: the pointer is good only as long as whoever lent it says. VFIO guarantees it "while you are in the
callback. But not beyond" (founding case F4), so that a reference taken in a later callback comes too late.
Fix: kvm_get_kvm() where the pointer is stored, kvm_put_kvm() where it is dropped.
Quiet when: the function, something it calls with the pointer or a caller takes a reference or, not being seen,
may; the function names a getter; the value is NULL, no VM or came from a call; the object is KVM's own (vcpu,
irqfd, memslot: they die before the VM) or on the stack; the file is VFIO's core, which borrows on purpose under
a lock of its own; the line is moved, or the function stored a VM in the field before. Always a draft: half of
what was measured is noise.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from msgspec import Struct

from reviewbot.cmodel.borrowed import bare, is_borrowed, root, values
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.fields import field, uses
from reviewbot.cmodel.outline import Assignment, Call, Function, Outline
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.references import is_taken
from reviewbot.cmodel.shown import places
from reviewbot.cmodel.tells_files import keeps_vm
from reviewbot.cmodel.unseen import may_be_done_elsewhere
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

VM = "struct kvm *"
OWN = ("virt/*", "arch/*/kvm/*", "arch/*/include/*", "include/*", "tools/*", "samples/*")
# A getter that is looked up, handed over, or called through a pointer.
GET = re.compile(r"get_kvm|kvm_get")
BORROWERS = ("drivers/vfio/vfio*.c", "drivers/vfio/group.c", "drivers/vfio/device_cdev.c")


STORE = re.compile(r"(?:->|\.)\w+(?:\[[^\]]*\])?\s*=[^=]")


def is_own(path: str) -> bool:
    """Whether the file is KVM's own, or borrows on purpose."""
    return any(fnmatchcase(path, glob) for glob in (*OWN, *BORROWERS))


class Late(Struct, frozen=True):
    """The reference that another function takes on the field: the get, and who reaches it by which call."""

    get: Call
    callers: tuple[Call, ...]

    @property
    def taker(self) -> str:
        """The function that first comes to the get."""
        return self.callers[0].function if self.callers else self.get.function


@rule(
    severity=Severity.BUG,
    channel=Channel.DRAFT,
    confidence=Confidence.MEDIUM,
    needs=Needs.FUNCTION | Needs.SERIES,
    triggers=("kvm",),
    glance=lambda change: STORE.search(change.text) is not None and not is_own(change.path),
    signs=keeps_vm(is_own),
)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """Added stores of a borrowed VM in an object; a late get of the same field is a related place."""
    source, function, outline = change.source, change.new, change.source.new.outline
    if is_own(source.path):
        return
    if any(GET.search(source.new.code(n)) for n in range(function.first, function.last + 1)):
        return
    getters = pairs.of("struct kvm").getters
    for stored in outline.assignments_between(function.first, function.last):
        vm = bare(stored.value)
        if (
            stored.line in source.added
            and not source.is_moved(source.added[stored.line])
            and _is_kept(stored, vm, function, outline)
            and not is_taken(vm, function, outline, getters)
            and not may_be_done_elsewhere(getters, frozenset((vm, root(stored.target))), change)
            and not _was_kept(change, stored)
        ):
            yield _hit(change, stored, vm, _late(change, stored, getters))


def _is_kept(stored: Assignment, vm: str, function: Function, outline: Outline) -> bool:
    """Whether a borrowed VM is stored in an object that is not KVM's own."""
    holder = function.type_of(root(stored.target))
    if "->" not in stored.target or holder.startswith("struct kvm"):
        return False
    type_ = function.type_of(vm)
    is_notified = type_ == "void *" and stored.target.endswith("kvm")
    is_vm = type_ == VM or is_notified or vm.endswith("->kvm")
    return is_vm and is_borrowed(vm, function, outline)


def _was_kept(change: FunctionChange, stored: Assignment) -> bool:
    """Whether the function stored a VM in the same lvalue before."""
    old = change.old
    before = values(stored.target, old, change.source.old.outline) if old else ()
    return any(value != "NULL" for value in before)


def _late(change: FunctionChange, stored: Assignment, getters: tuple[str, ...]) -> Late | None:
    """The first get of the same field in another function of the file."""
    image = change.source.new
    mine = field(stored.target, change.new)
    for found, call in uses(image, getters):
        if found == mine and call.function != change.new.name:
            reached = tuple(c for c in image.outline.calls_of((call.function,)) if c.function)
            return Late(call, reached)
    return None


def _hit(change: FunctionChange, stored: Assignment, vm: str, late: Late | None) -> Hit:
    lines = (*(call.line for call in late.callers), late.get.line) if late else ()
    is_notifier = any(p.type == "struct notifier_block *" for p in change.new.parameters)
    return change.source.at(
        stored.line,
        symbol=stored.target,
        related=places(change.source, lines),
        vm=vm,
        taker=late.taker if late else "",
        get=late.get.name if late else "kvm_get_kvm",
        notifier="yes" if is_notifier else "",
    )
