"""File operations of a module have no `.owner`, so an open file does not keep the module loaded.

Why: misc_open(), chrdev_open() and __anon_inode_getfile() take the module reference through `fops->owner`.
KVM's stats descriptors lacked it from 2021 to 087e15206d6a (2023),
https://lore.kernel.org/all/20231018204624.1905300-1-seanjc@google.com/.
Fix: `.owner = THIS_MODULE`.
Quiet when: nothing shows that the file can be modular, or that the operations are for an anon inode, a misc
or a character device (debugfs proxies, procfs and filesystems hold the module otherwise: 43 % of the 1,913 in
Linux 6.12 have no owner); `.owner` is assigned at run time, by a macro, or a cdev has an owner of its own; the
operations were there before. A draft where the rest of the file could assign it.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.kconfig import Built, built
from reviewbot.cmodel.outline import Initializer, Outline
from reviewbot.cmodel.visible import is_module, lines
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

CDEV = ("cdev_init",)
USERS = (
    "anon_inode_getfd",
    "anon_inode_getfd_secure",
    "anon_inode_create_getfd",
    "anon_inode_getfile",
    "anon_inode_getfile_fmode",
    "anon_inode_getfile_secure",
    "anon_inode_create_getfile",
    "register_chrdev",
    "__register_chrdev",
    *CDEV,
)
MACRO = re.compile(r"^\s*(?!KVM_COMPAT)[A-Z][A-Z0-9_]{3,}\s*(?:\(.*)?,?\s*$")


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Globs of files known to be modular somewhere, and of exceptions that are always built in."""

    modular: tuple[str, ...] = ("virt/kvm/*", "arch/*/kvm/*", "drivers/vfio/*")
    built_in: tuple[str, ...] = ("arch/arm/kvm/*", "arch/arm64/kvm/*")


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.DIFF,
    wants=Needs.TREE,
    triggers=("struct file_operations",),
)
def check(change: SeriesChange, options: Options) -> Iterator[Hit]:
    """Each new set of operations without an owner."""
    for source in change.sources:
        if "struct file_operations" not in source.text or not source.path.endswith(".c"):
            continue
        found = [fops for fops in _ownerless(source) if _user(fops.name, source.new.outline)]
        if found and _is_modular(source, change, options):
            yield from (hit for fops in found for hit in _hit(fops, source, change))


def _ownerless(source: SourceChange) -> Iterator[Initializer]:
    """New operations, every line of them added, that set some callback and no owner."""
    for fops in source.new.outline.initializers:
        if fops.type != "struct file_operations" or not fops.whole or not fops.fields:
            continue
        inside = range(fops.first, fops.last + 1)
        is_new = all(number in source.added for number in inside)
        kept = all(source.is_moved(source.added[f.line]) for f in fops.fields) if is_new else True
        macro = is_new and any(MACRO.match(source.added[number].text) for number in inside)
        if is_new and not kept and not macro and fops.field("owner") is None:
            yield fops


def _user(name: str, outline: Outline) -> str:
    """What makes files with the operations of that name: a call, or `misc_register`; empty if unseen."""
    address = f"&{name}"
    for call in outline.calls_of(USERS):
        if address in call.args:
            return call.name
    for initializer in outline.initializers:
        field = initializer.field("fops")
        if initializer.type == "struct miscdevice" and field and field.value == address:
            return "misc_register"
    stored = any(
        a.value == address and re.search(r"\bfops$", a.target) for a in outline.assignments
    )
    return "misc_register" if stored and any(outline.calls_of(("misc_register",))) else ""


def _is_modular(source: SourceChange, change: SeriesChange, options: Options) -> bool:
    if any(fnmatchcase(source.path, glob) for glob in options.built_in):
        return False
    if any(fnmatchcase(source.path, glob) for glob in options.modular):
        return True
    seen = built(source.path, (s.new for s in change.sources))
    return seen is Built.MODULE or (seen is Built.UNKNOWN and is_module(source.new))


def _hit(fops: Initializer, source: SourceChange, change: SeriesChange) -> Iterator[Hit]:
    user = _user(fops.name, source.new.outline)
    owner = re.compile(rf"\b{fops.name}\s*\.\s*owner\s*=[^=]")
    assigned = any(owner.search(line) for s in change.sources for _, line in lines(s.new))
    owned = user in CDEV and _has_owner(source.new.outline)
    if assigned or owned:
        return
    closed = source.new.whole or (fops.const and user not in CDEV)
    yield source.at(
        fops.first,
        symbol=fops.name,
        confidence=Confidence.HIGH if closed else Confidence.MEDIUM,
        user=user,
    )


def _has_owner(outline: Outline) -> bool:
    """Whether a cdev of the file pins the module itself: cdev_get() does, for as long as a file is open."""
    fields = (field for initializer in outline.initializers for field in initializer.fields)
    stored = (a for a in outline.assignments if re.search(r"\bowner$", a.target))
    return any(a.value == "THIS_MODULE" for a in stored) or any(
        field.name.endswith("owner") and field.value == "THIS_MODULE" for field in fields
    )
