"""A new plain export in a file whose other exports are all GPL-only, or of a thin wrapper of a GPL-only export.

Why: "EXPORT_SYMBOL_GPL, please." (C. Hellwig,
https://lore.kernel.org/all/20200619135716.GA14308@infradead.org/); of the files under drivers/vfio and KVM
that export anything, 41 of 47 are GPL-only (Linux 6.12).
Fix: the maintainer's choice; usually EXPORT_SYMBOL_GPL.
Quiet when: fewer than three other exports are seen, or one of them is plain; the series removes an export
of the symbol, or an inline or a macro of its name, that every module could use; it is a string or memory
helper. On part of a file, and for wrappers, only a draft.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.change import SeriesChange
from reviewbot.cmodel.exports import Exported, Licence, macro
from reviewbot.cmodel.outline import Export
from reviewbot.cmodel.surface import ExportLine, surface
from reviewbot.model.diff import Sign
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

ENOUGH = 3
PLAIN = ("EXPORT_SYMBOL", "EXPORT_SYMBOL_NS")
# What every architecture may have its own copy of, and the C compiler may call.
HELPER = re.compile(r"_*(?:arch_)?(?:mem|str|copy_|clear_|csum_|raw_copy_|bcmp)\w*")


@rule(
    severity=Severity.NIT,
    channel=Channel.MAIL,
    needs=Needs.DIFF,
    triggers=("EXPORT_SYMBOL(", "EXPORT_SYMBOL_NS("),
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """New plain exports among GPL-only ones."""
    new = [line for line in surface(change).new if line.export.macro in PLAIN]
    replaced = _replaced(change, {line.symbol for line in new}) if new else frozenset()
    for line in new:
        if line.symbol in replaced or HELPER.fullmatch(line.symbol):
            continue
        others = [e for e in line.source.new.outline.exports if e.symbol != line.symbol]
        if len(others) >= ENOUGH and all(_is_gpl(export) for export in others):
            sure = line.source.new.whole
            yield _hit(line, None if sure else Confidence.MEDIUM)
        elif wrapped := _wrapped(line, others):
            yield _hit(line, Confidence.MEDIUM, wrapped)


def _hit(line: ExportLine, confidence: Confidence | None, wrapped: str = "") -> Hit:
    return line.source.at(
        line.export.line,
        symbol=line.symbol,
        confidence=confidence,
        better=f"{line.export.macro}_GPL({line.symbol})",
        wrapped=wrapped,
    )


def _is_gpl(export: Export) -> bool:
    """Whether the export is known to be for GPL modules only; for tests does not count either way."""
    known = macro(export.macro)
    return known is not None and known.kind is not Exported.TEST and known.licence is Licence.GPL


def _replaced(change: SeriesChange, symbols: set[str]) -> frozenset[str]:
    """The symbols of which the series removes an inline or a macro."""
    made = re.compile(r"\s*#\s*define\s+(\w+)|.*\binline\b.*?(\w+)\s*\(")
    names: set[str] = set()
    for source in change.sources:
        for line in source.lines(Sign.REMOVED):
            if found := made.match(line.text):
                names.add(found[1] or found[2])
    return frozenset(names & symbols)


def _wrapped(line: ExportLine, others: list[Export]) -> str:
    """The GPL-only export of the file that is all the function calls, or an empty string."""
    outline = line.source.new.outline
    function = outline.function(line.symbol)
    if function is None or not function.whole:
        return ""
    calls = [call.name for call in outline.calls if function.first <= call.line <= function.last]
    gpl = {export.symbol for export in others if _is_gpl(export)}
    return calls[0] if len(calls) == 1 and calls[0] in gpl else ""
