"""Definitions at file scope, and the marks that keep a symbol from being exported.

Law: a definition whose head is not seen has no mark: git's heading may be of the old file. Must not know
exports or rules.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.cmodel.image import Image
from reviewbot.cmodel.visible import lines

# Not seen by other files, or in a section that is freed (include/linux/init.h of Linux 6.12).
MARKS = ("static", "__init", "__exit", "__initdata", "__initconst")

_WORD = re.compile(r"\w+")
# A variable at file scope, declared or made by a macro; what is longer than any real line is not read.
_VARIABLE = re.compile(
    r"(?!extern|typedef)(?P<before>[A-Za-z_][\w\s*]*?[\s*])(?P<declared>\w+)\s*(?:\[[^\]]*\]\s*)*"
    r"(?P<after>(?:__\w+\s*(?:\([^()]*\)\s*)?)*)[=;]"
    r"|(?P<storage>static\s+)?(?!EXPORT|MODULE)[A-Z_]+\(\s*(?P<made>\w+)\s*\)\s*;"
)
_LONGEST = 200


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


def may_be_marked(image: Image, symbols: AbstractSet[str]) -> bool:
    """Whether a line at column 0 names one of the symbols, with a mark on it or right above.

    A look at the text, much cheaper than an outline; False is certain.
    """
    above = ""
    for _, text in lines(image):
        is_marked = text[:1].strip() and any(mark in text or mark in above for mark in MARKS)
        if is_marked and not symbols.isdisjoint(_WORD.findall(text)):
            return True
        above = text
    return False


def definitions(image: Image) -> Iterator[Definition]:
    """The functions, then the variables that an image defines."""
    yield from _functions(image)
    yield from _variables(image)


def _functions(image: Image) -> Iterator[Definition]:
    for function in image.outline.functions:
        head, called, _ = function.header.partition(f"{function.name}(")
        mark = _mark(head) if called and function.whole else ""
        inside = range(function.first, function.last + 1)
        line = next((n for n in inside if mark in image.code(n)), function.first)
        yield Definition(function.name, line, function.last, mark, True, function.conditional)


def _variables(image: Image) -> Iterator[Definition]:
    """A variable's definition ends with the line that ends with a semicolon."""
    open_: Definition | None = None
    for number, text in lines(image):
        is_read = text[:1].strip() and len(text) < _LONGEST
        found = _VARIABLE.match(image.code(number)) if is_read else None
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
    words = _WORD.findall(text)
    return next((mark for mark in MARKS if mark in words), "")
