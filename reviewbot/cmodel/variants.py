"""Variants: what a function with preprocessor directives in it says, whichever way they are decided.

    #ifdef CONFIG_FOO          is read as      if (defined(CONFIG_FOO)) {
            foo();                                     foo();
    #else                                      } else {
            bar();                                     bar();
    #endif                                     }

where each part holds whole statements; a directive that cuts through one is decided both ways for the whole
function. Conditions with the same text are decided the same way.

Law: no line moves; at most eight texts, or none. Must not know statements.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from reviewbot.cmodel.conditionals import Mark, directives, normal, resolved

_MOST_TEXTS = 8
_MOST_DIRECTIVES = 300

_BRACKET = re.compile(r"[(){}\[\]]")
_ELSE = re.compile(r"\s*else\b")
_SOLID = re.compile(r"\S")
# An empty statement first: a part may end with a label.
_WRITTEN = {
    "if": "if ({}) {{",
    "elif": ";}} else if ({}) {{",
    "else": ";}} else {{",
    "endif": ";}}",
}
_ENDS = frozenset(";{}:")


class Text(Struct, frozen=True):
    """Code without directives; `pseudo` are the offsets of each `if` that stands for one."""

    code: str
    pseudo: frozenset[int] = frozenset()


class Fork(Struct, frozen=True):
    """A condition decided for the whole function."""

    condition: str
    yes: "Text | Fork"
    no: "Text | Fork"

    @property
    def texts(self) -> int:
        """How many texts there are."""
        return sum(one.texts if isinstance(one, Fork) else 1 for one in (self.yes, self.no))


Variants = Text | Fork | None


def readings(code: str, *, inline: bool = True) -> Variants:
    """The texts of a function body in masked code; None where they cannot be told, or are too many.

    Without `inline` every directive is decided for the whole function.
    """
    if "#" not in code:
        return Text(code)
    found = directives(code)
    if not found:
        return Text(code)
    if len(found) > _MOST_DIRECTIVES:
        return None
    return _read(code, found, {}, inline)


def _read(
    code: str, found: Sequence[re.Match[str]], decided: Mapping[str, bool], inline: bool
) -> Variants:
    """The texts with what is decided so far."""
    left = resolved(code, found, decided)
    if left is None:
        return None
    text, marks = left
    torn = _torn(text, marks, inline)
    if torn is None:
        return None
    if not torn:
        return _inlined(text, marks)
    if len(decided) >= _MOST_TEXTS:
        return None
    key, _ = normal(torn)
    yes = _read(code, found, {**decided, key: True}, inline)
    no = None if yes is None else _read(code, found, {**decided, key: False}, inline)
    if yes is None or no is None:
        return None
    fork = Fork(key, yes, no)
    return fork if fork.texts <= _MOST_TEXTS else None


def _torn(text: str, marks: list[Mark], inline: bool) -> str | None:
    """The condition of the first `#if` that cuts through a statement; empty where none does."""
    solid = [found.start() for found in _SOLID.finditer(text)] if marks else []
    open_: list[list[Mark]] = []
    torn: list[Mark] = []
    for mark in marks:
        if mark.word in ("if", "elif") and not mark.condition:
            return None
        if mark.word == "if":
            open_.append([mark])
            continue
        open_[-1].append(mark)
        if mark.word == "endif":
            group = open_.pop()
            if not inline or not _is_whole(text, solid, group):
                torn.append(group[0])
    return min(torn, key=lambda mark: mark.start).condition if torn else ""


def _is_whole(text: str, solid: list[int], group: list[Mark]) -> bool:
    """Whether every part of an `#if` holds whole statements, and stands where a statement may."""
    before = bisect_left(solid, group[0].start) - 1
    if before < 0 or text[solid[before]] not in _ENDS or _ELSE.match(text, group[-1].end):
        return False
    for mark, following in pairwise(group):
        first, last = bisect_left(solid, mark.end), bisect_left(solid, following.start) - 1
        if last < first:
            continue
        start, end = solid[first], solid[last] + 1
        if text[end - 1] not in _ENDS or _ELSE.match(text, start):
            return False
        if not _is_balanced(text, start, end):
            return False
    return True


def _is_balanced(text: str, start: int, end: int) -> bool:
    """Whether a piece of code closes what it opens and nothing else."""
    depth = 0
    for found in _BRACKET.finditer(text, start, end):
        depth += 1 if found[0] in "({[" else -1
        if depth < 0:
            return False
    return depth == 0


def _inlined(text: str, marks: list[Mark]) -> Text:
    """The text with every directive that is left written as an `if`."""
    pieces: list[str] = []
    pseudo: list[int] = []
    done = length = 0
    for mark in marks:
        written, at = _WRITTEN[mark.word].format(mark.condition), 0
        lines = "\n" * text.count("\n", mark.start, mark.end)
        if mark.word in ("if", "elif"):
            at = written.index("if (")
            pseudo.append(length + mark.start - done + at)
        pieces += (text[done : mark.start], written, lines)
        length += mark.start - done + len(written) + len(lines)
        done = mark.end
    return Text("".join((*pieces, text[done:])), frozenset(pseudo))
