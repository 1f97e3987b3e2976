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
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.outline import Prototype
from reviewbot.cmodel.uses import Use, uses
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

Declared = tuple[SourceChange, Prototype]


@rule(
    severity=Severity.API,
    channel=Channel.DRAFT,
    needs=Needs.SERIES,
    triggers=tuple(home.header for home in HOMES),
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """One hit on the first such prototype; the others of the same header are its related places."""
    for home in HOMES:
        declared = tuple(_new_prototypes(change, home))
        used = uses(change, {prototype.name for _, prototype in declared}) if declared else {}
        found = tuple(
            (source, prototype)
            for source, prototype in declared
            if _is_private(change, home, prototype.name, used.get(prototype.name, ()))
        )
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


def _new_prototypes(change: SeriesChange, home: Home) -> Iterator[Declared]:
    for source in change.sources:
        if source.path != home.header:
            continue
        for prototype in source.new.outline.prototypes:
            line = source.added.get(prototype.line)
            known = line is None or source.is_moved(line) or prototype.name.startswith("kvm_arch_")
            if not known and not _was_there(change, prototype.name):
                yield source, prototype


def _was_there(change: SeriesChange, name: str) -> bool:
    """Whether the series removes a prototype or a definition of that name."""
    for source in change.sources:
        if not source.removed or name not in source.text:
            continue
        outline = source.old.outline
        lines = [p.line for p in outline.prototypes if p.name == name]
        lines += [f.first for f in outline.functions if f.name == name]
        if any(line in source.removed for line in lines):
            return True
    return False


def _is_private(change: SeriesChange, home: Home, name: str, used: tuple[Use, ...]) -> bool:
    """Whether the series defines the function and uses it, and all of that on the private side."""
    defined = [source for source in change.sources if _defines(source, name)]
    places = [*(source.path for source in defined), *(use.path for use in used)]
    exported = any(e.symbol == name for source in defined for e in source.new.exports)
    return (
        bool(defined)
        and bool(used)
        and (home.exports or not exported)
        and all(re.match(home.private, path) for path in places)
    )


def _defines(source: SourceChange, name: str) -> bool:
    if name not in source.text:
        return False
    functions = (f for f in source.new.outline.functions if f.name == name)
    return any(f.first in source.added for f in functions)


def _listed(names: list[str]) -> str:
    *others, last = names[:6]
    if len(names) > 6:
        last = f"{last} and {len(names) - 6} more"
        return ", ".join((*others, last))
    return f"{', '.join(others)} and {last}" if others else last
