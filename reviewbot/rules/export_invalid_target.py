"""The symbol exported is `static`, or lies in a section that is freed: `__init`, `__exit`, `__initdata`.

Why: modpost refuses to export a static symbol and warns of "EXPORT_SYMBOL used for init symbol"
(scripts/mod/modpost.c): the export would point at freed memory.
Fix: drop the mark, or the export.
Quiet when: neither the export nor the definition is touched; a second definition of the name is seen, or the
definition stands under `#if` or behind a conditional `static`; the export is for tests only, or of a tracepoint,
a static call, a pasted name, an assembler symbol. Sure only where the one definition is surely seen: in a whole
file, or right above the export.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.change import SourceChange
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.outline import Export
from reviewbot.cmodel.visible import lines
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

MARKS = ("static", "__init", "__exit", "__initdata", "__initconst")
CONDITION = re.compile(r"\s*#\s*(?:if|el|endif)")


class Definition(Struct, frozen=True):
    """The lines of a definition's head, the last line of all, and what is marked there."""

    head: range
    last: int
    call: str

    def mark(self, image: Image) -> str:
        """The first mark in the head, or an empty string."""
        words = [word for n in self.head for word in re.findall(r"\w+", _before(image.code(n)))]
        return next((mark for mark in MARKS if mark in words), "")


@rule(severity=Severity.BUILD, channel=Channel.MAIL, needs=Needs.DIFF, triggers=("EXPORT",))
def check(change: SourceChange) -> Iterator[Hit]:
    """Exports whose one visible definition cannot be exported, where the patch adds either."""
    for export in change.new.outline.exports:
        if not exports_itself(export) or not _is_shown(change, export.line):
            continue
        definitions = tuple(_functions(change.new, export.symbol) or _variables(change.new, export.symbol))
        ...
