"""The symbol exported is `static`, or lies in a section that is freed: `__init`, `__exit`, `__initdata`.

Why: modpost refuses to export a static symbol and warns of "EXPORT_SYMBOL used for init symbol"
(scripts/mod/modpost.c): the export would point at freed memory.
Fix: drop the mark, or the export.
Quiet when: neither the export nor the definition is touched; a second definition of the name is seen, or
the definition stands under `#if` or behind a conditional `static`; the export is for tests only, or of a
tracepoint, a static call, a pasted name, an assembler symbol. Sure only where the one definition is surely
seen: in a whole file, or right above the export.
"""

from collections import defaultdict
from collections.abc import Iterator

from reviewbot.cmodel.change import SourceChange
from reviewbot.cmodel.definitions import MARKS, Definition, definitions, may_be_marked
from reviewbot.cmodel.exports import Exported, macro
from reviewbot.cmodel.outline import Export
from reviewbot.cmodel.shown import above
from reviewbot.cmodel.tells_files import EXPORTS_MARKED as MARKED
from reviewbot.model.diff import Sign
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

# The export stands right below the definition, with one empty line at most.
NEAR = 2
WORDS = ("EXPORT",)


@rule(severity=Severity.BUILD, channel=Channel.MAIL, needs=Needs.DIFF, triggers=WORDS, signs=MARKED)
def check(change: SourceChange) -> Iterator[Hit]:
    """Exports whose only visible definition cannot be exported, where the patch adds one or the other."""
    image = change.new
    shown = {line.new for sign in (Sign.ADDED, Sign.CONTEXT) for line in change.lines(sign)}
    asked = shown if change.mentions(MARKS, Sign.ADDED) else change.added
    exports = [one for one in image.exports if one.line in asked and _names_its_symbol(one)]
    if not may_be_marked(image, {export.symbol for export in exports}):
        return
    known: defaultdict[str, list[Definition]] = defaultdict(list)
    for definition in definitions(image):
        known[definition.symbol].append(definition)
    for export in exports:
        one = known[export.symbol][0] if len(known[export.symbol]) == 1 else None
        if one is None or not one.mark or one.conditional:
            continue
        line = export.line if export.line in change.added else one.line
        if line in change.added:
            sure = image.whole or 0 < export.line - one.last <= NEAR
            how, head = None if sure else Confidence.MEDIUM, above(change, line, (one.line,))
            yield change.at(
                line, symbol=one.symbol, related=head, confidence=how, mark=one.mark, name=one.name
            )


def _names_its_symbol(export: Export) -> bool:
    """Whether the macro exports the very name it is given, and not for tests only."""
    known = macro(export.macro)
    return known is not None and known.kind is Exported.SYMBOL and not known.conditional
