"""Units: the pieces of a sheet the grammar is given, one for each item, so that a damaged one harms no other.

A fragment is completed first: what is closed but was opened above is opened, what is left open is closed.

Law: an offset in a unit's text plus its `shift` is the offset in the sheet. Must not know the grammar.
"""

import re

from msgspec import Struct

from reviewbot.cmodel.brackets import imbalance
from reviewbot.cmodel.layout import Item, Kind
from reviewbot.cmodel.piece import Piece
from reviewbot.cmodel.sheet import Sheet

_BORDER = re.compile(r"[;{}]")
# No real code opens more than this on one line above a hunk.
_MOST = 40


class Unit(Struct, frozen=True, gc=False):
    """Text for the grammar, and what must be added to an offset in it."""

    text: str
    shift: int


def unit(piece: Piece, item: Item) -> Unit | None:
    """What of an item in the piece is worth parsing, completed; None where there is nothing."""
    start = item.body if item.kind is Kind.FUNCTION else item.start
    text = piece.readable(start, item.end)
    if "=" not in text and (item.kind is Kind.STATEMENT or ";" not in text):
        return None
    if item.opened and item.closed and text.count("{") == text.count("}"):
        return Unit(text, start)
    missing, left = (min(count, _MOST) for count in imbalance(text))
    prefix, closers = _prefix(piece.sheet, item, text, missing)
    suffix = "" if item.closed and item.opened else _open_end(text, item)
    return Unit(f"{prefix}{text}{suffix}{'}' * (left + closers)};", start - len(prefix))


def _prefix(sheet: Sheet, item: Item, text: str, missing: int) -> tuple[str, int]:
    """What opens the unit, and how many braces of it the text does not close."""
    if item.opened or text[:1] == "{":
        return "{" * missing, 0
    if item.kind is Kind.FUNCTION or item.kind is Kind.UNKNOWN:
        opened = max(missing, 1)
        condition = _parentheses(text)
        return "{" * opened + ("if" if condition else "") + condition, opened - missing
    inner = max(missing - item.closed, 0)
    outer = sheet.heading_code.rstrip().rstrip("{")
    if item.kind is Kind.OBJECT:
        prefix = f"{outer}{{{'{' * inner}{_parentheses(text)}"
    else:
        prefix = f"{outer}{{{'struct{' * inner}"
    return prefix, inner + 1 - missing


def _parentheses(text: str) -> str:
    """Opening parentheses for those the first statement closes without having opened them."""
    border = _BORDER.search(text)
    head = text[: border.start()] if border else text
    return "(" * min(max(head.count(")") - head.count("("), 0), _MOST)


def _open_end(text: str, item: Item) -> str:
    """What completes the last statement of a text that is cut off."""
    tail = _BORDER.split(text)[-1]
    closers = ")" * min(max(tail.count("(") - tail.count(")"), 0), _MOST)
    return closers if item.kind is Kind.OBJECT or not tail.strip() else f"{closers};"
