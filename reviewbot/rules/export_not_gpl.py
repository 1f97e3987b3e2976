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
from collections import Counter, defaultdict
from collections.abc import Iterator, Set
from itertools import groupby

from reviewbot.cmodel.change import SeriesChange
from reviewbot.cmodel.exports import Exported, Licence, macro
from reviewbot.cmodel.outline import Export, Outline
from reviewbot.cmodel.surface import ExportLine, surface
from reviewbot.cmodel.tells_files import EXPORTS_OPENLY
from reviewbot.model.diff import Sign
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

ENOUGH = 3
PLAIN = ("EXPORT_SYMBOL", "EXPORT_SYMBOL_NS")
MADE = re.compile(r"#\s*define\s+(\w+)|\binline\b.*?(\w+)\s*\(")
LONGEST = 200
# What every architecture may have its own copy of, and the C compiler may call.
HELPER = re.compile(r"_*(?:arch_)?(?:mem|str|copy_|clear_|csum_|raw_copy_|bcmp)\w*")


@rule(
    severity=Severity.NIT,
    channel=Channel.MAIL,
    needs=Needs.DIFF,
    triggers=("EXPORT_SYMBOL",),
    signs=EXPORTS_OPENLY,
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """New plain exports among GPL-only ones."""
    new = [
        line
        for line in surface(change).new
        if line.export.macro in PLAIN and not HELPER.fullmatch(line.symbol)
    ]
    replaced = _replaced(change, {line.symbol for line in new}) if new else frozenset()
    for _, group in groupby(new, key=lambda line: id(line.source)):
        lines = tuple(group)
        image = lines[0].source.new
        outline = image.outline
        others = Counter(export.symbol for export in image.exports)
        open_ = {export.symbol for export in image.exports if not _is_gpl(export)}
        wrapped = _wrapped(outline, others.keys() - open_)
        for line in (line for line in lines if line.symbol not in replaced):
            if others.total() - others[line.symbol] >= ENOUGH and open_ == {line.symbol}:
                yield _hit(line, None if image.whole else Confidence.MEDIUM)
            elif line.symbol in wrapped:
                yield _hit(line, Confidence.MEDIUM, wrapped[line.symbol])


def _hit(line: ExportLine, confidence: Confidence | None, wrapped: str = "") -> Hit:
    arguments = ", ".join(filter(None, (line.symbol, line.export.argument)))
    return line.source.at(
        line.export.line,
        symbol=line.symbol,
        confidence=confidence,
        better=f"{line.export.macro}_GPL({arguments})",
        wrapped=wrapped,
    )


def _is_gpl(export: Export) -> bool:
    """Whether the export is known to be for GPL modules only; one for tests counts as neither."""
    known = macro(export.macro)
    return known is not None and known.kind is not Exported.TEST and known.licence is Licence.GPL


def _replaced(change: SeriesChange, symbols: set[str]) -> frozenset[str]:
    """The symbols of which the series removes an inline or a macro."""
    names: set[str] = set()
    for source in change.sources:
        for line in source.lines(Sign.REMOVED):
            if "define" in line.text or "inline" in line.text:
                found = MADE.search(line.text[:LONGEST])
                names |= {found[1] or found[2]} if found else set()
    return frozenset(names & symbols)


def _wrapped(outline: Outline, gpl: Set[str]) -> dict[str, str]:
    """By function: the GPL-only export that is all it calls."""
    called: defaultdict[str, list[str]] = defaultdict(list)
    for call in outline.calls:
        called[call.function].append(call.name)
    whole = {function.name for function in outline.functions if function.whole}
    return {
        name: calls[0]
        for name, calls in called.items()
        if len(calls) == 1 and calls[0] in gpl and name in whole
    }
