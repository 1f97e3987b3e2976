"""Conditionals: the preprocessor directives of a text, given what is decided of their conditions.

Law: what is decided is gone, at the same length, with the code that nobody compiles; what is left is in order
and balanced. Must not know statements.
"""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from reviewbot.cmodel.conditions import constant
from reviewbot.cmodel.mask import blank

_DEEPEST = 16

_DIRECTIVE = re.compile(r"^[ \t]*+#[ \t]*+(\w*+)((?:[^\\\n]|\\\r?\n|\\)*+)", re.MULTILINE)
_DEFINED = re.compile(r"\bdefined\s*(?:\(\s*(\w+)\s*\)|(\w+))")
_DEFINED_ONLY = re.compile(r"(!?) ?(defined\(\w+\))")
_BLANKED = frozenset(("define", "undef", "pragma", "line", "warning", "ident", "sccs"))


class Mark(Struct, frozen=True, gc=False):
    """A directive that is not decided yet; `word` is `if`, `elif`, `else` or `endif`."""

    word: str
    condition: str
    start: int
    end: int


class _Group(Struct, frozen=True, gc=False):
    """An `#if` being read: what became of it so far, and whether the code in it counts."""

    state: str
    live: bool


def directives(code: str) -> list[re.Match[str]]:
    """The directives of masked code: word and the rest of the line, continued lines included."""
    return list(_DIRECTIVE.finditer(code))


def resolved(
    code: str, found: Sequence[re.Match[str]], decided: Mapping[str, bool]
) -> tuple[str, list[Mark]] | None:
    """The text without what is decided, and the directives that are left; None where they do not match."""
    pieces: list[str] = []
    marks: list[Mark] = []
    stack: list[_Group] = []
    done = 0
    for one in found:
        between = code[done : one.start()]
        is_live = all(group.live for group in stack)
        pieces.append(between if is_live else blank(between))
        done = one.end()
        word, said = _said(one[1], one[2])
        told = _told(stack, word, said, decided)
        if told is None:
            if word not in _BLANKED and word != "error" and is_live:
                return None
            stop = "BUG();" if word == "error" and is_live else ""
            pieces.append(stop + blank(one[0][len(stop) :]))
            continue
        if told == "unmatched" or len(stack) > _DEEPEST:
            return None
        if told:
            marks.append(Mark(told, said, one.start(), one.end()))
        pieces.append(blank(one[0]))
    return None if stack else ("".join((*pieces, code[done:])), marks)


def _said(word: str, rest: str) -> tuple[str, str]:
    """A directive's word, `ifdef` and its like made `if`, and its condition in C."""
    said = " ".join(rest.replace("\\", " ").split())
    if word in ("ifdef", "ifndef", "elifdef", "elifndef"):
        name = said.partition(" ")[0]
        return word[: word.index("if") + 2], f"{'!' * word.endswith('ndef')}defined({name})"
    return word, _DEFINED.sub(lambda m: f"defined({m[1] or m[2]})", said)


def _told(stack: list[_Group], word: str, said: str, decided: Mapping[str, bool]) -> str | None:
    """What a conditional directive is read as, empty where it is decided; None for any other directive."""
    if word == "if":
        state = _decided(said, decided) if all(group.live for group in stack) else "dead"
        stack.append(_Group(state, state in ("open", "done")))
        return "if" if state == "open" else ""
    if word not in ("elif", "else", "endif"):
        return None
    if not stack:
        return "unmatched"
    state = stack[-1].state
    if word == "endif":
        stack.pop()
        return "endif" if state == "open" else ""
    if state == "open":
        return word
    if state == "seek":
        state = "done" if word == "else" else _decided(said, decided)
        stack[-1] = _Group(state, state in ("open", "done"))
        return "if" if state == "open" else ""
    stack[-1] = _Group("dead", live=False)
    return ""


def _decided(said: str, decided: Mapping[str, bool]) -> str:
    """`done` for a condition that holds, `seek` for one that does not, `open` for one nobody has decided."""
    key, holds = normal(said)
    known = constant(key)
    if known is None:
        known = decided.get(key)
    return "open" if known is None else "done" if known is holds else "seek"


def normal(said: str) -> tuple[str, bool]:
    """A condition and whether it must hold: `!defined(X)` is `defined(X)` that must not."""
    found = _DEFINED_ONLY.fullmatch(said)
    return (found[2], not found[1]) if found else (said, True)
