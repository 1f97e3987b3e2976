"""KVM exports a symbol to every module, or core code exports to all what only KVM uses.

Why: virt/kvm and arch/x86/kvm export through EXPORT_SYMBOL_FOR_KVM_INTERNAL; a check in arch/x86/kvm/Makefile
refuses EXPORT_SYMBOL and EXPORT_SYMBOL_GPL there but for the symbols it lists: "hoping to detect 'bad' exports
via code review is not a robust long-term strategy" (fc4d3a6558af, 2025-11). What core code exports for KVM
alone goes through EXPORT_SYMBOL_FOR_KVM
(https://lore.kernel.org/all/20250919003303.1355064-1-seanjc@google.com/).
Fix: the narrow macro, or an entry in the list where another module needs the symbol.
Quiet when: include/linux/kvm_types.h of the base does not define the macro; the Makefile lists the symbol; the
line is only moved; a list of modules names one that is not KVM's; the series uses the symbol outside KVM and
no check refuses that. For core code: in another architecture, or where not every modular user of a new
GPL-only export is seen to be KVM on x86.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.change import SeriesChange
from reviewbot.cmodel.exports import Audience, Exported, macro
from reviewbot.cmodel.outsiders import Outsiders
from reviewbot.cmodel.standing import standing
from reviewbot.cmodel.surface import ExportLine, Surface, surface, written
from reviewbot.cmodel.uses import uses
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.model.tree import Tree
from reviewbot.rule import Needs, rule

INTERNAL, OUTER = "EXPORT_SYMBOL_FOR_KVM_INTERNAL", "EXPORT_SYMBOL_FOR_KVM"
HEADER, MAKEFILE = "include/linux/kvm_types.h", "arch/x86/kvm/Makefile"
OWN = re.compile(r"(virt/kvm|arch/x86/kvm)/")
KVM = re.compile(r"(?:virt/kvm|arch/\w+/kvm|arch/\w+/include|include)/")
FOREIGN = re.compile(r"arch/(?!x86/)|tools/|samples/")
LISTED = re.compile(r"-e[ \t]+(\w+)")
SEARCHED = ("EXPORT_SYMBOL", "EXPORT_SYMBOL_GPL")
WIDE = (Audience.ALL, Audience.GPL, Audience.NAMESPACE, Audience.NAMESPACE_GPL)


@rule(
    severity=Severity.API,
    channel=Channel.MAIL,
    needs=Needs.TREE,
    triggers=("EXPORT_SYMBOL",),
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """One hit for each symbol that is exported too widely."""
    found = surface(change)
    if not found.added:
        return
    header = change.after.file(HEADER) or ""
    if _defines(header, INTERNAL):
        yield from _own(change, found)
    if _defines(header, OUTER) and change.series.complete:
        yield from _core(change, found)


def _own(change: SeriesChange, found: Surface) -> Iterator[Hit]:
    """Exports of KVM itself that are open to modules beyond it."""
    lines = [line for line in found.left if OWN.match(line.source.path) and _is_open(line)]
    kept = {line.export_as for line in found.found}
    lines = [line for line in lines if line.export_as not in kept]
    allowed, names = _allowed(change.after), written(change, lines)
    used = uses(change, {line.symbol for line in lines}) if lines else {}
    for line in lines:
        path, macro_used = line.source.path, line.export.macro
        fails = bool(allowed) and macro_used in SEARCHED and path.endswith((".c", ".h"))
        is_for_others = any(not KVM.match(use.path) for use in used.get(line.symbol, ()))
        is_listed = any(name in line.source.added[line.export.line].text for name in allowed)
        if not is_listed and (fails or not is_for_others):
            side = "virt/kvm" if path.startswith("virt/") else "arch/x86/kvm"
            yield _hit(line, names[line.symbol], where=side, fails=fails)


def _core(change: SeriesChange, found: Surface) -> Iterator[Hit]:
    """New GPL-only exports of core code whose modular users are all KVM's."""
    outsiders = Outsiders(change)
    lines = [
        line
        for line in found.additional
        if line.export.macro == "EXPORT_SYMBOL_GPL" and not _is_beyond(line.source.path)
    ]
    names = written(change, lines)
    for line in lines:
        homes = {each.source.path for each in lines if each.symbol == line.symbol}
        users = [*outsiders.of_series(line.symbol, homes)]
        if not users or not all(map(OWN.match, users)):
            continue
        others = outsiders.of_tree(line.symbol, homes)
        if others is not None and all(map(OWN.match, others)):
            sure = standing(change).sure
            yield _hit(line, names[line.symbol], None if sure else Confidence.MEDIUM)


def _hit(
    line: ExportLine,
    name: str,
    confidence: Confidence | None = None,
    *,
    where: str = "",
    fails: bool = False,
) -> Hit:
    export = line.export
    return line.source.at(
        export.line,
        symbol=line.symbol,
        confidence=confidence,
        name=name,
        where=where,
        fails=int(fails),
        written=f"{export.macro}({', '.join(filter(None, (export.symbol, export.argument)))})",
    )


def _defines(header: str, name: str) -> bool:
    return re.search(rf"^[ \t]*#[ \t]*define[ \t]+{name}\(", header, re.MULTILINE) is not None


def _is_beyond(path: str) -> bool:
    """Whether the file is KVM's own, or its macros are of no use there."""
    return OWN.match(path) is not None or FOREIGN.match(path) is not None


def _is_open(line: ExportLine) -> bool:
    """Whether the line, which is not just moved, lets in modules that are not KVM's."""
    known = macro(line.export.macro)
    if known is None or known.conditional or known.kind is not Exported.SYMBOL:
        return False
    if line.source.is_moved(line.source.added[line.export.line]):
        return False
    if known.module_list:
        names = [name.strip() for name in line.export.argument.strip('"').split(",")]
        return all(name.startswith("kvm") for name in names)
    return known.audience in WIDE


def _allowed(tree: Tree) -> frozenset[str]:
    """The symbols that the check of the Makefile lets pass; empty where it has no check."""
    text = tree.file(MAKEFILE) or ""
    found = (name for name in LISTED.findall(text) if not name.startswith("EXPORT"))
    return frozenset(found) if INTERNAL in text else frozenset()
