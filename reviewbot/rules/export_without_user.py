"""The series exports a symbol that no module uses, neither in the series nor in the tree.

Why: the oldest question about exports on the lists: "Why export it? What module needs this?" (M. Wilcox,
https://lore.kernel.org/all/YLDnbafc6mEXENfy@casper.infradead.org/); "That can't be built as a module, so you
shouldn't need explicit exports" (R. Murphy, a06ffd83-5fde-8c6e-b25b-bd4163d4cd5f@arm.com).
Fix: drop the export until its user comes, or say in the cover letter where that is.
Quiet when: anything that may be modular uses the symbol: code that the build files do not show to be built in
or of the symbol's own module, an inline or macro of any header; cover letter or changelog speak of users to
come; the patch takes another export of the file away, so that the symbol may be renamed; the tree is not a
whole kernel or cannot be looked through. Quiet as well on tracepoints, wrappers that decide themselves, macros
not known, names made by pasting, and what compilers call by themselves. A draft where the tree is not known to
be the one the series stands on.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from reviewbot.cmodel.change import SeriesChange
from reviewbot.cmodel.exports import Exported, macro
from reviewbot.cmodel.outsiders import Outsiders
from reviewbot.cmodel.standing import standing
from reviewbot.cmodel.surface import ExportLine, listed, surface, written
from reviewbot.cmodel.visible import lines
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

KINDS = (Exported.SYMBOL, Exported.PER_CPU, Exported.STATIC_CALL, Exported.PM_OPS)
COMING = re.compile(
    r"depends? on|on top of|follow[- ]?ups?|subsequent|(?:later|next) (?:patch|series|commit|change)"
    r"|separate(?:ly)?\b|(?:other|another|next|companion|upcoming|future) (?:series|patch|driver|module|user)"
    r"|in (?:the|a) future|will (?:be )?(?:\w+ )?(?:us|need|call)e?|prepar|out[- ]of[- ]tree",
    re.IGNORECASE,
)
# Compilers, sanitizers and assembler call these without a word in the source.
IMPLICIT = re.compile(r"_\w+|(?:mem|str|bcmp|copy_|clear_|csum_)\w*")
IMPLICIT_HOMES = ("arch/", "lib/", "mm/k", "kernel/")


@rule(
    severity=Severity.API,
    channel=Channel.MAIL,
    needs=Needs.SERIES | Needs.TREE,
    triggers=("EXPORT",),
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """One hit for each file of a patch, on the first such export; the others are its related places."""
    new: dict[str, list[ExportLine]] = {}
    for line in surface(change).additional:
        if _counts(line):
            new.setdefault(line.symbol, []).append(line)
    outsiders = Outsiders(change)
    asked = (
        (symbol, places)
        for symbol, places in new.items()
        if symbol in outsiders.questioned
        and not _is_announced(change, places)
        and not _is_used_here(outsiders, symbol, places)
    )
    lonely = [places[0] for symbol, places in asked if _is_lonely(outsiders, symbol, places)]
    names = written(change, lonely)
    for _, group in groupby(lonely, key=lambda line: id(line.source)):
        first, *others = group
        stands = standing(change)
        yield first.source.at(
            first.export.line,
            symbol=first.symbol,
            related=tuple(other.source.anchor(other.export.line) for other in others),
            confidence=None if stands.sure else Confidence.MEDIUM,
            names=listed([names[line.symbol] for line in (first, *others)]),
            count=1 + len(others),
            base=stands.base,
        )


def _counts(line: ExportLine) -> bool:
    """Whether the line exports one symbol, by its name, to modules."""
    known = macro(line.export.macro)
    if known is None or known.conditional or known.kind not in KINDS:
        return False
    is_implicit = IMPLICIT.fullmatch(line.symbol) and line.source.path.startswith(IMPLICIT_HOMES)
    return line.symbol.isidentifier() and not is_implicit


def _is_announced(change: SeriesChange, places: list[ExportLine]) -> bool:
    """Whether the author speaks of a user that comes from elsewhere."""
    texts = [change.series.cover.body] if change.series.cover else []
    for patch in (line.source.patch for line in places):
        texts += (patch.commit_message, patch.notes)
    return any(COMING.search(text) for text in texts)


def _is_used_here(outsiders: Outsiders, symbol: str, places: list[ExportLine]) -> bool:
    """Whether the series shows a user, which is cheap to see."""
    return any(outsiders.of_series(symbol, {line.source.path for line in places}))


def _is_lonely(outsiders: Outsiders, symbol: str, places: list[ExportLine]) -> bool:
    """Whether nothing in the tree needs the export, and the symbol is one that stands in it by its name."""
    homes = {line.source.path for line in places}
    found = outsiders.of_tree(symbol, homes)
    if found is None or any(found):
        return False
    elsewhere = set(outsiders.mentions(symbol) or ()) - homes
    return bool(elsewhere) or any(_is_made_here(line) for line in places)


def _is_made_here(line: ExportLine) -> bool:
    """Whether the symbol stands in its file beside the export, and is not made by pasting."""
    word = re.compile(rf"\b{re.escape(line.symbol)}\b")
    return any(n != line.export.line and word.search(text) for n, text in lines(line.source.new))
