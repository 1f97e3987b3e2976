"""File operations of a module have no `.owner`, so an open file does not keep the module loaded.

Why: misc_open(), chrdev_open() and __anon_inode_getfile() take the module reference through `fops->owner`.
KVM's stats descriptors lacked it from 2021 to 087e15206d6a (2023),
https://lore.kernel.org/all/20231018204624.1905300-1-seanjc@google.com/.
Fix: `.owner = THIS_MODULE`.
Quiet when: nothing shows that the file can be modular, or that the operations are for an anon inode, a misc
or a character device (debugfs proxies, procfs and filesystems hold the module otherwise: 43 % of the 1,913 in
Linux 6.12 have no owner); `.owner` is assigned at run time, by a macro, or a cdev has an owner of its own; the
operations were there before and had none. A draft where the rest of the file could assign it.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.kconfig import Built, built
from reviewbot.cmodel.opened import CDEV, cdev_is_owned, openers
from reviewbot.cmodel.outline import Initializer
from reviewbot.cmodel.visible import is_module, lines
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

FOPS = "struct file_operations"
OWNER = re.compile(r"\b(\w+)\s*+\.\s*+owner\s*+=(?!=)")
MACRO = re.compile(r"^\s*+(?!KVM_COMPAT)[A-Z][A-Z0-9_]{3,}+\s*+(?:\(.*|,)?\s*$")


Lack = tuple[Initializer, int, Side]


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """`modular`: globs of files known to be modular somewhere. `exempt`: exceptions from them.

    KVM is always built in on arm and arm64; on powerpc every VM pins its backend module for life.
    """

    modular: tuple[str, ...] = ("virt/kvm/*", "arch/*/kvm/*", "drivers/vfio/*")
    exempt: tuple[str, ...] = ("arch/arm/kvm/*", "arch/arm64/kvm/*", "arch/powerpc/kvm/*")


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.DIFF,
    wants=Needs.TREE,
    triggers=(FOPS,),
)
def check(change: SeriesChange, options: Options) -> Iterator[Hit]:
    """Each set of operations that comes without an owner or loses it."""
    for source in change.sources:
        if FOPS not in source.text or not source.path.endswith(".c"):
            continue
        lacking = list(_lacking(source))
        users = openers(source.new.outline) if lacking else {}
        found = [(lack, users[lack[0].name]) for lack in lacking if lack[0].name in users]
        if found and _is_modular(source, change, options):
            owned = _owned(change)
            for lack, user in found:
                cdev_owner = user in CDEV and cdev_is_owned(source.new.outline)
                if lack[0].name not in owned and not cdev_owner:
                    yield _hit(lack, user, source)


def _lacking(source: SourceChange) -> Iterator[Lack]:
    """Operations without an owner, and the line to point at: their first, or the removed owner's."""
    before = {i.name: i for i in source.old.outline.initializers if i.type == FOPS}
    for fops in source.new.outline.initializers:
        if fops.type != FOPS or not fops.whole or fops.field("owner"):
            continue
        lost = before[fops.name].field("owner") if fops.name in before else None
        if lost is not None and lost.line in source.removed:
            yield fops, lost.line, Side.OLD
        elif _is_new(fops, source):
            yield fops, fops.first, Side.NEW


def _is_new(fops: Initializer, source: SourceChange) -> bool:
    """Whether every line is added, some field is not just moved, and no macro can set the owner."""
    inside = range(fops.first, fops.last + 1)
    if not all(number in source.added for number in inside):
        return False
    kept = all(source.is_moved(source.added[field.line]) for field in fops.fields)
    return not kept and not any(MACRO.match(source.added[number].text) for number in inside)


def _is_modular(source: SourceChange, change: SeriesChange, options: Options) -> bool:
    if any(fnmatchcase(source.path, glob) for glob in options.exempt):
        return False
    if any(fnmatchcase(source.path, glob) for glob in options.modular):
        return True
    seen = built(source.path, (s.new for s in change.sources))
    return seen is Built.MODULE or (seen is Built.UNKNOWN and is_module(source.new))


def _owned(change: SeriesChange) -> frozenset[str]:
    """The operations whose owner some line of the series sets at run time."""
    matches = (OWNER.search(line) for source in change.sources for _, line in lines(source.new))
    return frozenset(match[1] for match in matches if match)


def _hit(lack: Lack, user: str, source: SourceChange) -> Hit:
    fops, line, side = lack
    closed = source.new.whole or (fops.const and user not in CDEV)
    return source.at(
        line,
        side,
        symbol=fops.name,
        confidence=Confidence.HIGH if closed else Confidence.MEDIUM,
        user=user,
        lost="yes" if side is Side.OLD else "",
    )
