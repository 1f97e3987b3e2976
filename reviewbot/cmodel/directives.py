"""Preprocessor directives taken out of masked code, so that both branches of an `#if` can be read.

Law: length and line ends stay; what the branches of an `#if` leave open is balanced on the line of the `#else`,
so that the second branch starts where the first one did. Must not know functions or statements.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.cmodel.mask import blank

# From its sign on: a pattern that begins with a character is found faster than one at a line's beginning.
_DIRECTIVE = re.compile(r"#[ \t]*+(\w*+)[ \t]*+(\w*+)(?:[^\\\n]|\\\r?.)*+", re.DOTALL)
_BLANK = re.compile(r"[ \t]*+")
_OPEN_ENDS = frozenset("=,+-*/&|<>?!(%^~")

Range = tuple[int, int]


class Plain(Struct, frozen=True, gc=False):
    """Code without directives, and the outermost ranges of offsets that stood inside `#if`."""

    code: str
    conditional: tuple[Range, ...] = ()

    def is_conditional(self, offset: int) -> bool:
        """Whether the offset stood inside `#if`; an include guard does not count."""
        at = bisect_right(self.conditional, offset, key=lambda bounds: bounds[0]) - 1
        return at >= 0 and offset < self.conditional[at][1]


class _Balance(Struct, frozen=True, gc=False):
    """What is open after the code read so far, and how many function bodies have begun in it."""

    braces: int = 0
    parentheses: int = 0
    bodies: int = 0

    def after(self, code: str) -> "_Balance":
        return _Balance(
            self.braces + code.count("{") - code.count("}"),
            self.parentheses + code.count("(") - code.count(")"),
            self.bodies + code.count("\n{") + code.startswith("{"),
        )


class _Branch(Struct, frozen=True, gc=False):
    """Where an `#if` stands, what was open there, and how many real conditions it stands in itself.

    `dead` is True while in the half of an `#if 0` that nobody compiles.
    """

    start: int
    balance: _Balance
    mid_expression: bool
    is_guard: bool
    depth: int
    dead: bool = False


def plain(code: str) -> Plain:
    """The masked code with every directive blanked."""
    if "#" not in code:
        return Plain(code)
    pieces: list[str] = []
    ranges: list[Range] = []
    stack: list[_Branch] = []
    balance = _Balance()
    done = above = 0
    for start, found in _directives(code):
        between = code[done:start]
        if _is_dead(stack):
            between = blank(between)
        if stack:  # only what stands between an `#if` and its `#else` is ever asked for
            balance = balance.after(between)
        word, filling = found[1], ""
        if word.startswith("if"):
            stack.append(_branch(code, start, found, balance, stack))
        elif word.startswith("el") and stack:
            filling = _filling(stack[-1], balance)
            balance = stack[-1].balance
            stack[-1] = replace(stack[-1], dead=len(stack) > 1 and stack[-2].dead)
        elif word == "endif":
            # Without its `#if`, which is above the fragment, it makes all before it conditional.
            if stack:
                ranges += _range(stack.pop(), found.end())
            else:
                ranges, above = [], found.end()
        pieces += (between, filling, blank(code[start + len(filling) : found.end()]))
        done = found.end()
    rest = blank(code[done:]) if _is_dead(stack) else code[done:]
    if above and (above < done or rest.strip()):  # at the very end it closes an include guard
        ranges.insert(0, (0, above))
    ranges += [(branch.start, len(code)) for branch in stack if not branch.is_guard][:1]
    return Plain("".join((*pieces, rest)), tuple(ranges))


def _directives(code: str) -> Iterator[tuple[int, re.Match[str]]]:
    """The directives of the code, each with the offset at which its line begins."""
    sign = code.find("#")
    while sign != -1:
        start = code.rfind("\n", 0, sign) + 1
        found = _DIRECTIVE.match(code, sign) if _BLANK.fullmatch(code, start, sign) else None
        if found is not None:
            yield start, found
        end = found.end() if found is not None else code.find("\n", sign)
        sign = code.find("#", end) if end != -1 else -1


def _branch(
    code: str, start: int, found: re.Match[str], balance: _Balance, stack: list[_Branch]
) -> _Branch:
    before = code[max(0, start - 200) : start].rstrip()
    is_ifndef = found[1] == "ifndef"
    blank_end = _BLANK.match(code, found.end() + 1) if is_ifndef else None
    following = _DIRECTIVE.match(code, blank_end.end()) if blank_end is not None else None
    return _Branch(
        start=start,
        balance=balance,
        mid_expression=before[-1:] in _OPEN_ENDS or before.endswith("return"),
        is_guard=following is not None and (following[1], following[2]) == ("define", found[2]),
        depth=stack[-1].depth + (not stack[-1].is_guard) if stack else 0,
        dead=(found[1], found[2]) == ("if", "0") or _is_dead(stack),
    )


def _is_dead(stack: list[_Branch]) -> bool:
    return bool(stack) and stack[-1].dead


def _filling(branch: _Branch, balance: _Balance) -> str:
    """At most five characters that undo what the branch before an `#else` opened or closed."""
    braces = balance.braces - branch.balance.braces
    parentheses = balance.parentheses - branch.balance.parentheses
    text = ("}" * braces or "{" * -braces) + (")" * parentheses or "(" * -parentheses)
    if not text:
        return " +" if branch.mid_expression else ""
    if len(text) > 4:
        return ""
    # A function begun in the branch ends as functions do, at column 0; nothing else may.
    return text if balance.bodies > branch.balance.bodies else f" {text}"


def _range(branch: _Branch, end: int) -> list[Range]:
    """The range an `#endif` closes, if it is an outermost one."""
    return [] if branch.is_guard or branch.depth else [(branch.start, end)]
