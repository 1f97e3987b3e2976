"""New prototypes in a globally visible KVM or VFIO header are used only on the private side of it.

Why: implementation details of KVM should not be visible to the rest of the kernel (cover letter of the
series that hides KVM internals); what nobody else may call belongs into a private header.
Fix: declare it in virt/kvm/kvm_mm.h, in a header of arch/x86/kvm, in drivers/vfio/vfio.h.
Quiet when: anything the series shows uses the function elsewhere, an inline of the header included; no use
is visible beside the definition; function or prototype existed before; it is an architecture's callback
(`kvm_arch_*`); VFIO exports it for its drivers. Common code and architectures meet in the public headers,
so only uses on one side count. One draft a series.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.outline import Outline, Prototype
from reviewbot.cmodel.tells_files import declares
from reviewbot.cmodel.uses import uses
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule


class Home(Struct, frozen=True):
    """A public header, the pattern of its private side, and what to say of the two.

    `exports` says whether an exported function may be called private: KVM exports to its own modules.
    """

    header: str
    private: str
    side: str
    instead: str
    exports: bool


HOMES = (
    Home("include/linux/kvm_host.h", r"virt/kvm/", "virt/kvm", "virt/kvm/kvm_mm.h", False),
    Home(
        "arch/x86/include/asm/kvm_host.h",
        r"arch/x86/kvm/",
        "arch/x86/kvm",
        "A header in arch/x86/kvm",
        True,
    ),
    Home(
        "include/linux/vfio.h", r"drivers/vfio/[^/]+$", "drivers/vfio", "drivers/vfio/vfio.h", False
    ),
)
WORD = re.compile(r"\w+")


@rule(
    severity=Severity.API,
    channel=Channel.DRAFT,
    needs=Needs.SERIES,
    triggers=tuple(home.header for home in HOMES),
    signs=declares(*(home.header for home in HOMES)),
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """One hit on the first such prototype; the others of the same header are its related places."""
    for home in HOMES:
        declared = tuple(_declared(change, home))
        names = {prototype.name for _, prototype in declared}
        private = _private(change, home, names) if names else frozenset()
        found = [(source, prototype) for source, prototype in declared if prototype.name in private]
        if found:
            (source, first), *others = found
            yield source.at(
                first.line,
                symbol=first.name,
                related=tuple(other.anchor(prototype.line) for other, prototype in others),
                header=home.header,
                names=_listed([f"{prototype.name}()" for _, prototype in found]),
                count=len(found),
                inside=home.side,
                instead=home.instead,
            )
            return


def _declared(change: SeriesChange, home: Home) -> Iterator[tuple[SourceChange, Prototype]]:
    """Added prototypes of the header; what each architecture implements has to stand there."""
    for source in change.sources:
        if source.path == home.header:
            for prototype in source.new.outline.prototypes:
                line = source.added.get(prototype.line)
                if (
                    line
                    and not source.is_moved(line)
                    and not prototype.name.startswith("kvm_arch_")
                ):
                    yield source, prototype


def _private(change: SeriesChange, home: Home, names: set[str]) -> frozenset[str]:
    """The functions that the series brings in and uses, all of that on the private side."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    excluded: set[str] = set()
    for source in change.sources:
        if not names.isdisjoint(WORD.findall(source.text)):
            for name in names.intersection(_defined(source.new.outline, source.added)):
                places[name].append(source.path)
            excluded |= set(_defined(source.old.outline, source.removed))
            excluded |= {p.name for p in source.old.outline.prototypes if p.line in source.removed}
            excluded |= set() if home.exports else {export.symbol for export in source.new.exports}
    used = uses(change, places.keys() - excluded)
    return frozenset(
        name
        for name, found in used.items()
        if all(re.match(home.private, path) for path in (*places[name], *(u.path for u in found)))
    )


def _defined(outline: Outline, changed: Collection[int]) -> Iterator[str]:
    """The functions whose first line is a changed one."""
    return (function.name for function in outline.functions if function.first in changed)


def _listed(names: list[str]) -> str:
    *others, last = names[:6]
    if len(names) > 6:
        last = f"{last} and {len(names) - 6} more"
        return ", ".join((*others, last))
    return f"{', '.join(others)} and {last}" if others else last
