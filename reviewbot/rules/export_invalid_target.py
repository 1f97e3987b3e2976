"""The symbol exported is `static`, or lies in a section that is freed: `__init`, `__exit`, `__initdata`.

Why: modpost refuses to export a static symbol and warns of "EXPORT_SYMBOL used for init symbol"
(scripts/mod/modpost.c): the export would point at freed memory.
Fix: drop the mark, or the export.
Quiet when: neither the export nor the definition is touched; a second definition of the name is seen, or
the definition stands under `#if` or behind a conditional `static`; the export is for tests only, or of a
tracepoint, a static call, a pasted name, an assembler symbol. Sure only where the one definition is surely
seen: in a whole file, or right above the export.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.cmodel.change import SourceChange
from reviewbot.cmodel.exports import Exported, macro
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.outline import Export
from reviewbot.cmodel.visible import lines
from reviewbot.model.diff import Sign
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

MARKS = ("static", "__init", "__exit", "__initdata", "__initconst")
# The export stands right below the definition, with one empty line at most.
NEAR = 2
# A variable at file scope, declared or made by a macro; what is longer than any real line is not read.
VARIABLE = re.compile(
    r"(?!extern|typedef)(?P<before>[A-Za-z_][\w\s*]*?[\s*])(?P<declared>\w+)\s*(?:\[[^\]]*\]\s*)*"
    r"(?P<after>(?:__\w+\s*(?:\([^()]*\)\s*)?)*)[=;]"
    r"|(?P<storage>static\s+)?(?!EXPORT|MODULE)[A-Z_]+\(\s*(?P<made>\w+)\s*\)\s*;"
)
LONGEST = 200


class Definition(Struct, frozen=True):
    """Where a symbol is defined: the line that bears the mark, the mark or nothing, the last line."""

    symbol: str
    line: int
    last: int
    mark: str
    is_function: bool
    conditional: bool = False

    @property
    def name(self) -> str:
        """The symbol as people write it."""
        return f"{self.symbol}()" if self.is_function else self.symbol


@rule(severity=Severity.BUILD, channel=Channel.MAIL, needs=Needs.DIFF, triggers=("EXPORT",))
def check(change: SourceChange) -> Iterator[Hit]:
    """Exports whose only visible definition cannot be exported, where the patch adds one or the other."""
    image = change.new
    shown = {line.new for sign in (Sign.ADDED, Sign.CONTEXT) for line in change.lines(sign)}
    marked = change.mentions(MARKS, Sign.ADDED)
    exports = [
        export
        for export in image.exports
        if export.line in (shown if marked else change.added) and _names_its_symbol(export)
    ]
    if not _may_be_marked(image, {export.symbol for export in exports}):
        return
    known: defaultdict[str, list[Definition]] = defaultdict(list)
    for definition in (*_functions(image), *_variables(image)):
        known[definition.symbol].append(definition)
    for export in exports:
        one = known[export.symbol][0] if len(known[export.symbol]) == 1 else None
        if one is None or not one.mark or one.conditional:
            continue
        line = export.line if export.line in change.added else one.line
        if line in change.added:
            sure = image.whole or 0 < export.line - one.last <= NEAR
            confidence = None if sure else Confidence.MEDIUM
            yield change.at(
                line, symbol=one.symbol, confidence=confidence, mark=one.mark, name=one.name
            )


def _names_its_symbol(export: Export) -> bool:
    """Whether the macro exports the very name it is given, and not for tests only."""
    known = macro(export.macro)
    return known is not None and known.kind is Exported.SYMBOL and not known.conditional


def _may_be_marked(image: Image, symbols: Collection[str]) -> bool:
    """Whether a line at column 0 names one of the symbols, with a mark on it or right above: a cheap look."""
    above = ""
    for _, text in lines(image):
        named = text[:1].strip() and any(symbol in text for symbol in symbols)
        if named and any(mark in above + text for mark in MARKS):
            return True
        above = text
    return False


def _functions(image: Image) -> Iterator[Definition]:
    """Functions; one whose head is not seen has no mark, as git's heading may be of the old file."""
    for function in image.outline.functions:
        head, called, _ = function.header.partition(f"{function.name}(")
        mark = _mark(head) if called and function.whole else ""
        inside = range(function.first, function.last + 1)
        line = next((n for n in inside if mark in image.code(n)), function.first)
        yield Definition(function.name, line, function.last, mark, True, function.conditional)


def _variables(image: Image) -> Iterator[Definition]:
    """Variables at file scope; a definition ends with the line that ends with a semicolon."""
    open_: Definition | None = None
    for number, text in lines(image):
        found = (
            VARIABLE.match(image.code(number)) if text[:1].strip() and len(text) < LONGEST else None
        )
        if found:
            if open_:
                yield open_
            mark = _mark(" ".join(found[name] or "" for name in ("before", "after", "storage")))
            open_ = Definition(found["declared"] or found["made"], number, number, mark, False)
        if open_ and text.rstrip().endswith(";"):
            yield replace(open_, last=number)
            open_ = None
    if open_:
        yield open_


def _mark(text: str) -> str:
    words = re.findall(r"\w+", text)
    return next((mark for mark in MARKS if mark in words), "")
