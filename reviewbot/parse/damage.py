"""What is wrong with the hunks of a file, in a clause for people.

Law: the clause says what can be counted or seen in the text, never why it came about. It is only asked
for hunks a parser refused or for signs no parser looks at. Must not know unidiff. Source of the ways mail
programs spoil a patch: Documentation/process/email-clients.rst of Linux; format=flowed: RFC 3676 §4.4.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.parse.githeader import HUNK

_SIGNS = frozenset("+-\\ ")
_NBSP_INDENT = re.compile(r"[+\- ]?[ \t]*\u00a0")
_FEW = 3


class Survey(Struct, frozen=True):
    """How far readable hunks go: up to index `end`; `problem` is what stopped there, if anything."""

    end: int
    problem: Problem | None = None


class Count(Struct, frozen=True):
    """Old and new lines of a hunk, as said or as counted, and the index behind its last line."""

    old: int
    new: int
    end: int


def survey(body: Sequence[str], path: str) -> Survey:
    """Walk the hunks in `body`, the first line of which is a hunk header, up to the first damage."""
    at = 0
    while at < len(body) and body[at].startswith("@@"):
        found = HUNK.match(body[at])
        if found is None:
            return Survey(at, _damaged(f"a hunk header of {path} is not readable"))
        said = Count(int(found[2] or 1), int(found[4] or 1), at)
        where = f"hunk at line {found[3] if found[3] != '0' else found[1]} of {path}"
        has = _counted(body, at + 1, said)
        if (has.old, has.new) != (said.old, said.new):
            return Survey(at, _mismatch(body, at, said, where, path))
        if surplus(body, has.end):
            return Survey(at, _damaged(f"{where} is longer than the {_sides(said)} it says"))
        at = has.end
    if any(HUNK.match(line) for line in body[at:]):
        return Survey(at, _damaged(f"text stands in front of a hunk of {path}"))
    return Survey(at)


def surplus(body: Sequence[str], end: int) -> bool:
    """Whether a line of diff stands at `end`, where a hunk should be over and no other one starts."""
    if end >= len(body) or body[end][:1] not in ("+", "-", " ", "@"):
        return False
    line = body[end].rstrip()
    return (
        HUNK.match(line) is None
        and line not in ("-", "--", "---")
        and not line.startswith(("-- ", "---", "+++ ", "-="))
    )


def whitespace(body: Sequence[str], path: str) -> Problem | None:
    """Signs that a mail program changed blanks, in lines of hunks whose counts may well be right.

    Only what hardly any source file has by itself counts: all indentation by no-break spaces, all
    context lines one blank too far right (format=flowed), C indented by multiples of eight blanks.
    """
    text = "\n".join(body)
    if "\u00a0" not in text and "\n  \t" not in text and "\t" in text:
        return None
    indents = [found[0][1:] for found in map(_INDENT.match, body) if found]
    if any("\u00a0" in indent for indent in indents) and not any(map(_is_clean, indents)):
        return _spoilt(f"lines of {path} are indented by no-break spaces")
    context = [line for line in body if line[:1] == " " and line != " "]
    stuffed = any(line.startswith("  \t") for line in context)
    if stuffed and len(context) >= _FEW and all(line.startswith("  ") for line in context):
        return _spoilt(f"context lines of {path} have one blank too many")
    deep = [len(indent) for line, indent in zip(context, map(_blanks, context), strict=True) if len(indent) > 1]
    return None


def _counted(body: Sequence[str], at: int, said: Count) -> Count:
    """What the hunk has, no more than it says, up to the first line that cannot be part of it."""
    old = new = 0
    while (old < said.old or new < said.new) and at < len(body):
        sign = body[at][:1] or " "
        if sign not in _SIGNS:
            break
        old += sign in "- "
        new += sign in "+ "
        at += 1
    while at < len(body) and body[at].startswith("\\"):
        at += 1
    return Count(old, new, at)


def _mismatch(body: Sequence[str], at: int, said: Count, where: str, path: str) -> Problem:
    """Why a hunk does not have what it says."""
    last = at + 1 + said.old + said.new
    spoilt = whitespace(body[at + 1 : last], path)
    if spoilt:
        return spoilt
    if _lost_blanks(body, at, said):
        return _spoilt(f"context lines of {path} have lost their leading blank")
    end = _natural_end(body, at + 1)
    if _goes_on(body, end, last):
        return _damaged(f"{where} is broken by a line that is no part of a diff, perhaps wrapped")
    signs = [line[:1] or " " for line in body[at + 1 : end]]
    has = Count(len(signs) - signs.count("+"), len(signs) - signs.count("-"), end)
    return _damaged(f"{where} says {_sides(said)}, has {has.old} and {has.new}")


def _natural_end(body: Sequence[str], at: int) -> int:
    """Where lines that could be a hunk's end; the signature and blank lines before it are not."""
    first = at
    while at < len(body) and body[at] != "-- " and (body[at][:1] or " ") in _SIGNS:
        at += 1
    while at > first and not body[at - 1]:
        at -= 1
    return at


def _goes_on(body: Sequence[str], end: int, last: int) -> bool:
    """Whether up to `last` there is more of the diff right behind a line that is no part of it."""
    if end >= len(body) or not body[end] or body[end].startswith(("@@", "--")):
        return False
    return any(line[:1] in ("+", "-", " ") and line != "-- " for line in body[end + 1 : last])


def _lost_blanks(body: Sequence[str], at: int, said: Count) -> bool:
    """Whether the hunk is as it says once unsigned lines are taken for context lines."""
    old = new = unsigned = 0
    for end in range(at + 1, len(body)):
        sign = body[end][:1] or " "
        if (old, new) == (said.old, said.new):
            clean = sign in " \\" or body[end].startswith(("@@ -", "--"))
            return unsigned > 0 and clean and not surplus(body, end)
        unsigned += sign not in _SIGNS
        old += sign not in "+\\"
        new += sign not in "-\\"
    return unsigned > 0 and (old, new) == (said.old, said.new)


def _sides(said: Count) -> str:
    return f"{said.old} old and {said.new} new lines"


def _damaged(detail: str) -> Problem:
    return Problem(ProblemKind.DIFF_DAMAGED, detail)


def _spoilt(detail: str) -> Problem:
    return Problem(ProblemKind.WHITESPACE_DAMAGED, detail)
