"""Teardown: the locks that destroying a VM takes, by name, as code of the file shows, or as the tree shows.

Law: a spinlock never counts. Must not know rules.
"""

import re

from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.locks import Lock
from reviewbot.cmodel.outline import Function, Outline
from reviewbot.model.tree import Tree

# What kvm_destroy_vm() takes in Linux 6.12, by the lock's last name.
KNOWN = frozenset(("kvm_lock", "slots_lock", "sev_mirror_lock"))
# What it took through kvm_vfio_release() until VFIO got another lock for the VM, in 2023:
# https://lore.kernel.org/all/20230203215027.151988-2-mjrosato@linux.ibm.com/
GROUP_LOCK, SETTER, VFIO = "group_lock", "vfio_group_set_kvm", "drivers/vfio/group.c"

_TEARDOWN = re.compile(r"(?:^|_)(?:release|destroy|unset|unbind|detach)(?:_|$)")


def is_torn_down_under(lock: Lock, change: FunctionChange) -> bool:
    """Whether tearing down takes the lock: by its name, or in a callback of the file that is seen to."""
    name = _name(lock.text)
    outline = change.source.new.outline
    if name == GROUP_LOCK:
        return lock.sleeps and not _is_apart(change.source.tree)
    return lock.sleeps and (
        name in KNOWN
        or any(
            name in [_name(argument) for argument in call.args]
            for function in outline.functions
            if function.name != change.new.name and _is_release(function, outline)
            for call in outline.calls_between(function.first, function.last)
            if "lock" in call.name
        )
    )


def _is_apart(tree: Tree) -> bool:
    """Whether the tree shows that telling VFIO's groups of a VM does not take their lock."""
    text = tree.file(VFIO) or ""
    start = text.find(f"void {SETTER}(")
    return start >= 0 and GROUP_LOCK not in text[start : text.find("\n}", start)]


def _name(lock: str) -> str:
    """A lock's last name, with the one before where many locks are called so."""
    words = re.split(r"->|\.", lock.lstrip("&"))
    return words[-1] if words[-1] not in ("lock", "mutex") else " ".join(words[-2:])


def _is_release(function: Function, outline: Outline) -> bool:
    """Whether a function is the `release` or `destroy` callback of an initializer."""
    return _TEARDOWN.search(function.name) is not None and any(
        field.value.lstrip("&") == function.name
        for initializer in outline.initializers
        for field in initializer.fields
        if field.name in ("release", "destroy")
    )
