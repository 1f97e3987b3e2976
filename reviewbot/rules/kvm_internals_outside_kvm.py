"""Code outside KVM begins to look inside `struct kvm`, or to include the header that lays it open.

Why: "hide the details of struct kvm from VFIO (and the rest of the kernel)", says the series that passes
KVM's helpers to VFIO (https://lore.kernel.org/all/20230916003118.2540661-1-seanjc@google.com/).
Fix: pass an opaque pointer and let KVM provide a helper.
Quiet when: the path is KVM's own or not one of `paths`; the file is `grandfathered`, has included the
header before, or nobody can see whether it has; the line is moved. Elsewhere, s390 and arm64 above all,
such includes are accepted. At most one hit a file.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from msgspec import Struct

from reviewbot.cmodel.change import SourceChange
from reviewbot.cmodel.tells_files import looks_inside
from reviewbot.cmodel.visible import lines
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule

HEADERS = ("linux/kvm_host.h", "asm/kvm_host.h")
TYPES = {"struct kvm *": "struct kvm", "struct kvm_vcpu *": "struct kvm_vcpu"}
# Through a member named kvm (`device->kvm->mm`), or straight from a variable.
LOOK = re.compile(
    r"(?<![\w.>])(?:(?:\w+(?:->|\.))+?kvm|(?P<variable>\w*(?:kvm|vcpu)))->\w+(?:(?:->|\.)\w+)*"
)


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Globs: where the rule speaks, what is KVM's own, which files have always looked inside."""

    paths: tuple[str, ...] = ("arch/x86/*", "drivers/vfio/*", "include/linux/vfio*.h")
    own: tuple[str, ...] = ("arch/*/kvm/*", "arch/*/include/asm/kvm*")
    # Includers of Linux 6.12.
    grandfathered: tuple[str, ...] = (
        "arch/x86/events/intel/*",
        "arch/x86/kernel/asm-offsets*.c",
        "drivers/vfio/vfio_main.c",
    )


@rule(
    severity=Severity.API,
    channel=Channel.DRAFT,
    needs=Needs.DIFF,
    triggers=("kvm_host.h", "kvm->", "vcpu->"),
    signs=lambda _, options: looks_inside(options.paths),
)
def check(change: SourceChange, options: Options) -> Iterator[Hit]:
    """The first new look inside, or else the new include."""
    if not _matches(change.path, options.paths):
        return
    if _matches(change.path, options.own) or _matches(change.path, options.grandfathered):
        return
    included = _new_include(change)
    if not included and not (change.new.whole and not _includes(change)):
        return
    file = PurePosixPath(change.path).name
    for line, look, type_ in _looks(change):
        yield change.at(line, file=file, look=look, type=type_)
        return
    if included:
        yield change.at(included, file=file, look="", type="struct kvm")


def _matches(path: str, globs: tuple[str, ...]) -> bool:
    return any(fnmatchcase(path, glob) for glob in globs)


def _includes(change: SourceChange) -> bool:
    """Whether the header is included before or after the patch, as far as can be seen."""
    includes = (*change.old.outline.includes, *change.new.outline.includes)
    return any(include.path in HEADERS for include in includes)


def _new_include(change: SourceChange) -> int:
    """The line of an include of KVM's header that is new to the file and to the series, or 0."""
    if any(include.path in HEADERS for include in change.old.outline.includes):
        return 0
    for include in change.new.outline.includes:
        added = change.added.get(include.line)
        if include.path in HEADERS and added and not change.is_moved(added):
            return include.line
    return 0


def _looks(change: SourceChange) -> Iterator[tuple[int, str, str]]:
    """Added lines that follow a pointer into KVM's structures: line, expression, structure."""
    if any(name for _, name, _ in _found(change, new=False)):
        return
    for line, look, type_ in _found(change, new=True):
        if line in change.added and not change.is_moved(change.added[line]):
            yield line, look, type_


def _found(change: SourceChange, *, new: bool) -> Iterator[tuple[int, str, str]]:
    image = change.new if new else change.old
    for number, text in lines(image):
        for match in LOOK.finditer(image.code(number)) if "->" in text else ():
            function = image.outline.function_at(number)
            type_ = "" if match["variable"] else "struct kvm *"
            if match["variable"] and function:
                type_ = function.type_of(match["variable"])
            if type_ in TYPES:
                yield number, match[0], TYPES[type_]
