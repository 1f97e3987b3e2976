"""Calls: found by their form in masked code, qualified by what the grammar knows.

Law: whether a call is there depends on the text before its name and its own parentheses alone, so seeing more
of a file never loses one; only what becomes of its result needs the grammar. Must not know rules.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence

from reviewbot.cmodel.brackets import parts
from reviewbot.cmodel.outline import Call, FunctionPointer
from reviewbot.cmodel.piece import Piece
from reviewbot.cmodel.sheet import Sheet

Range = tuple[int, int]
Owner = tuple[int, int, str]

_POINTER = re.compile(
    r"\(\s*+\*\s*+(?:const\b\s*+)?([A-Za-z_]\w*+)\s*+"
    r"(?:\[[^\]\n]*+\]\s*+)*+\)\s*+\("
)
_BORDER = re.compile(r"[;{}]")
_VISIBLE = 400
_LAST_WORD = re.compile(r"\w+\Z")
_PATH = re.compile(
    r"[A-Za-z_]\w*(?:\[[^\[\]]*\])?(?:(?:\s*(?:->|\.)\s*)\w+(?:\[[^\[\]]*\])?)*\s*(?:->|\.)\s*\Z"
)
_BEFORE_EXPRESSION = frozenset(("return", "else", "do", "case", "goto", "sizeof", "static"))


def pointers(piece: Piece) -> Iterator[tuple[int, FunctionPointer]]:
    """Function-pointer declarators, each with the offset of its first parenthesis."""
    sheet = piece.sheet
    for found in _POINTER.finditer(sheet.code, piece.start, piece.end):
        before = sheet.code[max(0, found.start() - 80) : found.start()].rstrip()
        word = _LAST_WORD.search(before)
        is_type = word[0] not in _BEFORE_EXPRESSION if word else before.endswith("*")
        if is_type:
            yield found.start(), FunctionPointer(found[1], sheet.line(found.start(1)))


def calls(
    piece: Piece,
    *,
    without: Sequence[Range],
    declarators: Collection[int],
    functions: Sequence[Owner],
    discarded: Collection[Range],
    targets: Mapping[Range, str],
) -> Iterator[Call]:
    """The calls of a piece outside the ranges `without`, which are in order.

    `declarators` are offsets of parentheses that open a declarator; `functions` are (start, end,
    name) in order; `discarded` and `targets` go by the range of a call.
    """
    edges = [edge for bounds in without for edge in bounds]
    starts = [start for start, _, _ in functions]
    sheet, pairs = piece.sheet, piece.parentheses
    for opened, (start, name) in piece.heads.items():
        if opened in declarators or bisect_right(edges, start) % 2:
            continue
        callee = _callee(sheet.code, start, name)
        if not callee:
            continue
        close = pairs.get(opened, -1)
        extent = (start - len(callee) + len(name), close + 1)
        at = bisect_right(starts, start) - 1
        yield Call(
            name=callee if callee is name else " ".join(callee.split()),
            args=_arguments(piece, opened, close),
            line=sheet.line(start),
            function=functions[at][2] if at >= 0 and start < functions[at][1] else "",
            target=targets.get(extent, ""),
            discarded=extent in discarded,
        )


def _callee(code: str, start: int, name: str) -> str:
    """The expression that is called; empty where the name is being declared."""
    before = code[max(0, start - 120) : start]
    stripped = before.rstrip()
    last = stripped[-1:]
    sign = "->" if stripped.endswith("->") else "." if last == "." else ""
    if sign and not stripped.endswith("..."):
        path = _PATH.search(before)
        return path[0] + name if path else sign + name
    if last.isalnum() or last == "_":
        word = _LAST_WORD.search(stripped)
        return name if word and word[0] in _BEFORE_EXPRESSION else ""
    return name


def _arguments(piece: Piece, opened: int, close: int) -> tuple[str, ...]:
    """The arguments of a call; those of a call of its result, as in `guard(mutex)(&lock)`, follow."""
    sheet = piece.sheet
    if close == -1:
        return _unclosed(sheet, opened)
    if close == opened + 1:
        return ()
    ranges = parts(sheet.code, opened + 1, close)
    if sheet.code[close + 1 : close + 2] == "(":
        second = piece.parentheses.get(close + 1)
        ranges += parts(sheet.code, close + 2, second) if second is not None else []
    return tuple(sheet.text(start, end) for start, end in ranges)


def _unclosed(sheet: Sheet, opened: int) -> tuple[str, ...]:
    """The arguments of a call that is cut off, without the last one, which may go on."""
    border = _BORDER.search(sheet.code, opened, opened + _VISIBLE)
    end = border.start() if border else min(opened + _VISIBLE, len(sheet.code))
    return tuple(sheet.text(start, stop) for start, stop in parts(sheet.code, opened + 1, end)[:-1])
