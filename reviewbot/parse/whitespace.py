"""Signs that a mail program changed the blanks of a diff, or that an archive's page was copied.

Law: only what no source file has by itself is a sign; a diff that may be as its author made it is left in
peace. Counts may be right or wrong. Must not know hunks' counts or unidiff. Source: Linux's
Documentation/process/email-clients.rst (tabs, no-break spaces), RFC 3676 §4.4 (space-stuffing).
"""

import re
from collections.abc import Sequence

from reviewbot.model.problem import Problem, ProblemKind

NBSP = "\u00a0"
_INDENT = re.compile(r"[ \t\u00a0]*")
# What no C says outside of a string; a lone `&amp;` stands in many strings and comments.
_ENTITIES = ("-&gt;", "&amp;&amp;", "#include &lt;")
_FEW = 4
_TAB = 8


def spoilt(body: Sequence[str], text: str, path: str) -> Problem | None:
    """The problem of a file whose lines in `body` (with their signs) show changed blanks, or None.

    `text` is any text that holds all of them; most diffs need no closer look than that.
    """
    if NBSP in text and _is_nbsp_indented(body):
        return _problem(f"lines of {path} are indented by no-break spaces")
    if "\n  \t" in text and _is_stuffed(body):
        return _problem(f"context lines of {path} have one blank too many")
    if any(sign in text for sign in _ENTITIES) and _is_html(body, path):
        return Problem(ProblemKind.DIFF_DAMAGED, f"HTML entities stand in the code of {path}")
    if "\t" not in text and path.endswith((".c", ".h")) and _is_expanded(body):
        return _problem(f"tabs of {path} have become spaces")
    return None


def lost_blank(path: str) -> Problem:
    """The problem of a file whose context lines have no sign any more."""
    return _problem(f"context lines of {path} have lost their leading blank")


def _problem(detail: str) -> Problem:
    return Problem(ProblemKind.WHITESPACE_DAMAGED, detail)


def _indent(line: str) -> str:
    """The white space behind the sign; a no-break space may itself stand for the sign."""
    found = _INDENT.match(line, 0 if line[:1] == NBSP else 1)
    return found[0] if found else ""


def _is_nbsp_indented(body: Sequence[str]) -> bool:
    """Whether no-break spaces indent, and no line is indented without them."""
    indents = [_indent(line) for line in body]
    clean = (NBSP not in indent and (len(indent) > 1 or "\t" in indent) for indent in indents)
    return any(NBSP in indent for indent in indents) and not any(clean)


def _is_stuffed(body: Sequence[str]) -> bool:
    """Whether all context lines have two blanks in front, which is odd before a tab."""
    tabs = count = 0
    for line in body:
        if line[:1] == " " and line != " ":
            if line[1] != " ":
                return False
            count += 1
            tabs += line[2:3] == "\t"
    return tabs > 0 and count >= _FEW


def _is_html(body: Sequence[str], path: str) -> bool:
    """Whether the code is as a web page writes it; a line with quotation marks may mean it."""
    if not path.endswith((".c", ".h")):
        return False
    return any(sign in line for line in body if '"' not in line for sign in _ENTITIES)


def _is_expanded(body: Sequence[str]) -> bool:
    """Whether old lines are indented by multiples of a tab's width, all of them, in blanks."""
    old = (line for line in body if line[:1] in (" ", "-") and line[1:].strip())
    deep = [indent for indent in map(len, map(_indent, old)) if indent > 1]
    return len(deep) >= _FEW and not any(indent % _TAB for indent in deep)
