"""File operations of a module have no `.owner`, so an open file does not keep the module loaded.

Why: misc_open(), chrdev_open() and __anon_inode_getfile() take the module reference through `fops->owner`.
KVM's stats descriptors lacked it from 2021 to 087e15206d6a (2023),
https://lore.kernel.org/all/20231018204624.1905300-1-seanjc@google.com/.
Fix: `.owner = THIS_MODULE`.
Quiet when: nothing shows that the file can be modular, or that the operations are for an anon inode, a misc
or a character device (elsewhere the module is held otherwise: 43 % of the 1,913 in Linux 6.12 have no owner);
the owner is set later, by a macro, or in the cdev; there was none before. A draft where unseen code may set it:
that of operations which are not new, or of a cdev.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.kconfig import Built
from reviewbot.cmodel.modular import modularity
from reviewbot.cmodel.operations import FOPS, is_swept, owned_later, ownerless
from reviewbot.cmodel.tells_files import LACKS_OWNER
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Globs of files known to be modular somewhere, and of exceptions from them.

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
    signs=LACKS_OWNER,
)
def check(change: SeriesChange, options: Options) -> Iterator[Hit]:
    """Each set of operations that comes without an owner and is published, or loses its owner."""
    for source in (s for s in change.sources if _may_lack(s, options)):
        found = list(ownerless(source))
        if not found:
            continue
        owned, build = owned_later(change), _modularity(source, change, options)
        for one in (one for one in found if one.fops.name not in owned):
            lost = one.side is Side.OLD
            if build is Built.MODULE or (lost and build is Built.UNKNOWN):
                sure = one.closed and not (lost and is_swept(change))
                yield source.at(
                    one.line,
                    one.side,
                    symbol=one.fops.name,
                    confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
                    user=one.user,
                    lost="yes" if lost else "",
                )


def _may_lack(source: SourceChange, options: Options) -> bool:
    """Whether the file is one the rule speaks about: C, and not one that is always built in."""
    is_exempt = any(fnmatchcase(source.path, glob) for glob in options.exempt)
    return FOPS in source.text and source.path.endswith(".c") and not is_exempt


def _modularity(source: SourceChange, change: SeriesChange, options: Options) -> Built:
    if any(fnmatchcase(source.path, glob) for glob in options.modular):
        return Built.MODULE
    return modularity(source, change)
