"""A new file descriptor keeps a VM or a vcpu as its private data and takes no reference on the VM.

Why: the descriptor can outlive the VM's, and every later read() or ioctl() on it touches freed memory. The
binary stats descriptors were posted in a dozen revisions and merged like this (fcfe1baeddbf, 2021); fixed in
eed3013faa40 (2023), https://lore.kernel.org/all/20230711230131.648752-2-seanjc@google.com/.
Fix: kvm_get_kvm() before the descriptor is published, kvm_put_kvm() in its ->release().
Quiet when: the function, something it calls with that pointer or a visible caller takes a reference; the
pointer comes from a call, as kvm_create_vm()'s initial reference does; the object holds no VM; such a call is
moved or replaced. A draft where a caller that might take the reference cannot be seen.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.borrowed import bare, is_borrowed, root, values
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.opened import ANON_INODE
from reviewbot.cmodel.outline import Call, Function, Outline
from reviewbot.cmodel.pairs import PairTable
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

VM = ("struct kvm *", "struct kvm_vcpu *")
HOLD = re.compile(r"(?:^|_)(?:get|hold|grab|pin|ref|take)(?:_(?:ref|kvm|vm|file|safe)\w*)?$")


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.FUNCTION,
    triggers=("anon_inode_getf", "anon_inode_create_getf"),
)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """The first added call that publishes a borrowed VM."""
    source, function, outline = change.source, change.new, change.source.new.outline
    if any(source.removed_calls(ANON_INODE)):
        return
    getters = frozenset((*pairs.of("struct kvm").getters, "get_file", "fget"))
    for call in change.added_calls(ANON_INODE):
        moved = source.is_moved(source.added[call.line])
        held = _held(call, function, outline)
        if held and not moved and not _is_referenced(held, function, outline, getters):
            yield source.at(
                call.line,
                symbol=held,
                confidence=Confidence.HIGH
                if _is_all_seen(function, outline)
                else Confidence.MEDIUM,
                publisher=call.name if call.name.endswith("fd") else "fd_install",
                direct="yes" if held == bare(call.args[2]) else "",
            )
            return


def _held(call: Call, function: Function, outline: Outline) -> str:
    """The expression for the borrowed VM the private data is or holds; empty where there is none."""
    if len(call.args) < 3:
        return ""
    data = bare(call.args[2])
    if _is_borrowed_vm(data, function, outline):
        return data
    inside = range(function.first, function.last + 1)
    stored = (
        a.value
        for a in outline.assignments
        if a.line in inside and a.target.startswith(f"{data}->") and root(a.target) == data
    )
    return next((bare(value) for value in stored if _is_borrowed_vm(value, function, outline)), "")


def _is_borrowed_vm(expression: str, function: Function, outline: Outline) -> bool:
    text = bare(expression)
    is_vm = function.type_of(text) in VM or text.endswith("->kvm")
    return is_vm and is_borrowed(text, function, outline)


def _is_referenced(
    held: str, function: Function, outline: Outline, getters: frozenset[str]
) -> bool:
    """Whether the function, what it calls, or a visible caller may take the reference."""
    names = {held, root(held), *values(held, function, outline)}
    for call in outline.calls:
        if call.function == function.name:
            own = call.name in getters or _takes(call.name, outline, getters)
            unseen = HOLD.search(call.name) and names & {bare(argument) for argument in call.args}
            if own or unseen:
                return True
    return any(_takes(caller, outline, getters) for caller in _callers(function, outline))


def _takes(name: str, outline: Outline, getters: frozenset[str]) -> bool:
    return any(call.function == name for call in outline.calls_of(getters))


def _callers(function: Function, outline: Outline) -> set[str]:
    return {call.function for call in outline.calls_of((function.name,)) if call.function}


def _is_all_seen(function: Function, outline: Outline) -> bool:
    """Whether nobody out of sight can take the reference: callers are seen, or only dispatch ioctls."""
    fields = {f.value.lstrip("&") for i in outline.initializers for f in i.fields}
    if "ioctl" in function.name or function.name in fields:
        return True
    callers = [outline.function(name) for name in _callers(function, outline)]
    seen = all(c is not None and (c.whole or "ioctl" in c.name) for c in callers)
    return bool(callers) and seen and bool(re.search(r"\bstatic\b", function.header))
