"""Bare descriptors: published with a VM or a vcpu in their private data, and no reference on the VM.

Law: only a VM that surely came without a reference counts, and only where nobody in sight takes one. Must not
know rules.
"""

from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.additions import adds
from reviewbot.cmodel.borrowed import bare, is_borrowed, stored_in
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.excuses import is_excused
from reviewbot.cmodel.opened import ANON_INODE
from reviewbot.cmodel.outline import Call, Function, Outline
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.reach import is_free_of
from reviewbot.cmodel.references import is_taken

VM = ("struct kvm *", "struct kvm_vcpu *")


class Bare(Struct, frozen=True):
    """The call that makes the file, the VM it keeps, and the get a patch removes, if that is it.

    `sure` is False where a caller may take the reference, or the get was called superfluous.
    """

    call: Call
    vm: str
    sure: bool
    removed: Call | None = None


def bare_fds(change: FunctionChange, pairs: PairTable) -> Iterator[Bare]:
    """The added calls of a function that publish a borrowed VM, and the first get removed before one."""
    source, outline = change.source, change.source.new.outline
    if any(source.removed_calls(ANON_INODE)):
        return
    table = pairs.of("struct kvm")
    getters = (*table.getters, "get_file", "fget")
    found = [
        (call, vm)
        for call in change.calls(ANON_INODE)
        if (vm := _vm(call, change.new, outline)) and not is_taken(vm, change.new, outline, getters)
    ]
    for call, vm in found:
        if call.line in source.added and not source.is_moved(source.added[call.line]):
            yield Bare(call, vm, is_free_of(getters, change))
    gone = [g for g in source.removed_calls(table.getters) if g.function == change.new.name]
    if found and gone and not adds(source, getters):
        yield Bare(*found[0], not is_excused(source.patch), gone[0])


def _vm(call: Call, function: Function, outline: Outline) -> str:
    """The borrowed VM that the private data is or has just been given; empty where there is none."""
    data = bare(call.args[2]) if len(call.args) > 2 else ""
    for text in (data, *map(bare, stored_in(data, function, outline))):
        is_vm = function.type_of(text) in VM or text.endswith("->kvm")
        if is_vm and is_borrowed(text, function, outline):
            return text
    return ""
