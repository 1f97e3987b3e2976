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
_TAG = re.compile(r"([(,]\s*+(?:const\s++)?+)(struct|union|enum)\b")
_BLOCK = re.compile(r"\)\s*+(?=[{A-Za-z_])")

# Where a name begins, and the name.
Head = tuple[int, str]


def heads(code: str) -> dict[int, Head]:
    """Names that stand before a parenthesis and are no keywords, by the offset of the parenthesis."""
    return {
        found.end() - 1: (found.start(), found[1])
        for found in _HEAD.finditer(code)
        if found[1] not in _WORDS
    }


def readable(code: str, heads: Mapping[int, Head], parentheses: Mapping[int, int]) -> str:
    """Masked code without attributes, made readable for a grammar that knows no macros."""
    return _blocks(_TAG.sub(_untagged, code), heads, parentheses)


def _untagged(found: re.Match[str]) -> str:
    """The tag of a type in an argument list blanked: it makes a call look like a declaration."""
    return found[1] + " " * len(found[2])


def _blocks(code: str, heads: Mapping[int, Head], parentheses: Mapping[int, int]) -> str:
    """A macro that takes a statement, as loops do, becomes an `if`."""
    opening = {closed: opened for opened, closed in parentheses.items() if opened in heads}
    pieces, done = [], 0
    for found in _BLOCK.finditer(code):
        if found.start() in opening:
            start, name = heads[opening[found.start()]]
            if start >= done and len(name) > 1:
                pieces += [code[done:start], "if", " " * (len(name) - 2)]
                done = start + len(name)
    return "".join((*pieces, code[done:]))
