"""Code rewritten, at the same length, where the kernel's C is more than the grammar knows.

    list_for_each_entry(a, b, c) {    is read as    if                 (a, b, c) {
    foo(struct bar, member)           is read as    foo(       bar, member)

Law: offsets, names and arguments hold; only words that lead the grammar astray are gone. Must not know items.
"""

import re
from collections.abc import Mapping

from reviewbot.cmodel.declarator import BASIC, KEYWORDS

_WORDS = KEYWORDS | BASIC
_HEAD = re.compile(r"\b([A-Za-z_]\w*+)\s*+\(")
# How far below a name its parenthesis may be.
_BEHIND = 80
_TAG = re.compile(r"([(,]\s*+(?:const\s++)?+)(struct|union|enum)\b")
_BLOCK = re.compile(r"\)\s*+(?=[{A-Za-z_])")

# Where a name begins, and the name.
Head = tuple[int, str]


def heads(code: str, start: int = 0, end: int | None = None) -> dict[int, Head]:
    """Names that begin in a range, stand before a parenthesis and are no keywords, by that one's offset."""
    last = len(code) if end is None else end
    return {
        found.end() - 1: (found.start(), found[1])
        for found in _HEAD.finditer(code, start, min(last + _BEHIND, len(code)))
        if found.start() < last and found[1] not in _WORDS
    }


def readable(
    code: str, heads: Mapping[int, Head], parentheses: Mapping[int, int], shift: int = 0
) -> str:
    """Masked code without attributes, made readable for a grammar that knows no macros.

    `heads` and `parentheses` are those of the code; an offset in the code plus `shift` is one of theirs.
    """
    return _blocks(_TAG.sub(_untagged, code), heads, parentheses, shift)


def _untagged(found: re.Match[str]) -> str:
    """The tag of a type in an argument list blanked: it makes a call look like a declaration."""
    return found[1] + " " * len(found[2])


def _blocks(
    code: str, heads: Mapping[int, Head], parentheses: Mapping[int, int], shift: int
) -> str:
    """A macro that takes a statement, as loops do, becomes an `if`."""
    opening = {closed: opened for opened, closed in parentheses.items() if opened in heads}
    pieces, done = [], 0
    for found in _BLOCK.finditer(code):
        if found.start() + shift in opening:
            start, name = heads[opening[found.start() + shift]]
            start -= shift
            if start >= done and len(name) > 1:
                pieces += [code[done:start], "if", " " * (len(name) - 2)]
                done = start + len(name)
    return "".join((*pieces, code[done:]))
