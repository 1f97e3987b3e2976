"""Code rewritten, at the same length, where the kernel's C is more than the grammar knows.

    list_for_each_entry(a, b, c) {    is read as    if                 (a, b, c) {
    foo(struct bar, member)           is read as    foo(       bar, member)

Law: offsets, names and arguments hold; only words that lead the grammar astray are gone. Must not know items.
"""

import re
from collections.abc import Mapping

from reviewbot.cmodel.header import KEYWORDS

_TAG = re.compile(r"\b(?:struct|union|enum)\b")
_BLOCK = re.compile(r"\)\s*+(?=[{A-Za-z_])")
_NAME = re.compile(r"([A-Za-z_]\w+)\s*\Z")


def readable(code: str, parentheses: Mapping[int, int]) -> str:
    """Masked code without attributes, made readable for a grammar that knows no macros."""
    return _blocks(_TAG.sub(_in_list, code), parentheses)


def _in_list(found: re.Match[str]) -> str:
    """Blank the tag of a type in an argument list: it makes a call look like a declaration."""
    before = found.string[max(0, found.start() - 12) : found.start()].rstrip()
    before = before.removesuffix("const").rstrip()
    return " " * len(found[0]) if before[-1:] in ("(", ",") else found[0]


def _blocks(code: str, parentheses: Mapping[int, int]) -> str:
    """A macro that takes a statement, as loops do, becomes an `if`."""
    opening = {closed: opened for opened, closed in parentheses.items()}
    pieces, done = [], 0
    for found in _BLOCK.finditer(code):
        opened = opening.get(found.start(), 0)
        name = _NAME.search(code, max(done, opened - 60), opened)
        if name and name[1] not in KEYWORDS:
            pieces += [code[done : name.start()], "if", " " * (len(name[1]) - 2)]
            done = name.end(1)
    return "".join((*pieces, code[done:]))
