"""Brackets in masked code: which parenthesis closes which, and where a list is divided.

Law: every answer comes from one pass over the text, however deep or unbalanced it is. Must not know what the
brackets are for.
"""

import re

_PARENTHESIS = re.compile(r"[()]|^\}", re.MULTILINE)
_ROUND = re.compile(r"[()]")
_ANY = re.compile(r"[(),\[\]{}]")
_BRACE = re.compile(r"[{}]")
_OPENING = frozenset("([{")
# Deeper nesting than any real code has; keeps the text of all arguments together linear in the input.
_DEPTH = 40


def parentheses(code: str, start: int = 0, end: int | None = None) -> dict[int, int]:
    """The offset of the closing parenthesis by the offset of the opening one, in a range of the code.

    One that is never closed is missing, as are those that stand deeper than 40 others. A brace at
    column 0 ends a function and with it whatever was left open.
    """
    pairs: dict[int, int] = {}
    stack: list[int] = []
    for found in _PARENTHESIS.finditer(code, start, len(code) if end is None else end):
        sign = found[0]
        if sign == "(":
            stack.append(found.start())
        elif sign == "}":
            stack.clear()
        elif stack:
            opened = stack.pop()
            if len(stack) < _DEPTH:
                pairs[opened] = found.start()
    return pairs


def closing(code: str, opened: int) -> int:
    """The offset of the parenthesis that closes the one at `opened`, or -1."""
    depth = 0
    for found in _ROUND.finditer(code, opened):
        depth += 1 if found[0] == "(" else -1
        if depth == 0:
            return found.start()
    return -1


def parts(code: str, start: int, end: int) -> list[tuple[int, int]]:
    """The ranges between top-level commas of `code[start:end]`; none where it is blank."""
    inside = code[start:end]
    if "," not in inside:
        return [(start, end)] if inside.strip() else []
    ranges = []
    depth, begun = 0, start
    for found in _ANY.finditer(code, start, end):
        sign = found[0]
        if sign == ",":
            if depth == 0:
                ranges.append((begun, found.start()))
                begun = found.end()
        else:
            depth += 1 if sign in _OPENING else -1
    return [*ranges, (begun, end)]


def pieces(code: str) -> list[str]:
    """The texts between top-level commas, stripped."""
    return [code[start:end].strip() for start, end in parts(code, 0, len(code))]


def imbalance(code: str) -> tuple[int, int]:
    """How many braces the code closes without opening them, and leaves open without closing them."""
    missing = depth = 0
    for found in _BRACE.finditer(code):
        if found[0] == "{":
            depth += 1
        elif depth:
            depth -= 1
        else:
            missing += 1
    return missing, depth
