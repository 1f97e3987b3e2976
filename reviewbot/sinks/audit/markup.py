"""Markdown of text by strangers: escaped so that it shows as it is, links nowhere and calls nobody.

Law: what is escaped holds no line end and no mark-up, and is the same text to the reader. What may name a
person, an issue or an address (where hosts of Markdown make links of their own) stands as code, in which they
make none. Must not know what is said.

Sources: CommonMark 0.31 §2.4 (backslash escapes), §6.1 (code spans); GitHub Flavored Markdown §4.10 (tables).
"""

import re
from collections.abc import Iterable

from reviewbot.model.printable import header

_ACTIVE = re.compile(r"([\\`*_\[\]<>|~&])")
# What hosts make links of: people, issues, addresses.
_CALL = re.compile(r"\S*(?:[@#]|://|www\.)\S*", re.IGNORECASE)
LONGEST = 300


def words(text: str, limit: int = LONGEST) -> str:
    """Text by ourselves with names in it (a comment, a summary): one line, to stand within another."""
    return _escaped(header(text, limit))


def prose(text: str) -> str:
    """Text by ourselves that marks code with backticks."""
    parts = header(text, LONGEST).split("`")
    return "".join(code(part) if place % 2 else _escaped(part) for place, part in enumerate(parts))


def _escaped(line: str) -> str:
    end, parts = 0, []
    for call in _CALL.finditer(line):
        parts += [_ACTIVE.sub(r"\\\1", line[end : call.start()]), code(call[0])]
        end = call.end()
    return "".join((*parts, _ACTIVE.sub(r"\\\1", line[end:])))


def code(text: str, limit: int = LONGEST) -> str:
    """Text by a stranger as a code span, fit for a table; empty if it is."""
    line = header(text, limit)
    if not line:
        return ""
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if line[0] == "`" or line[-1] == "`" else ""
    # Within a table a bar must be escaped even in code; the backslash before it is taken away there.
    return f"{fence}{pad}{line}{pad}{fence}".replace("|", r"\|")


def link(text: str, address: str) -> str:
    """A link on text that is Markdown already; the text alone where there is no address."""
    target = address.replace("(", "%28").replace(")", "%29").replace("|", "%7C")
    return f"[{text}]({target})" if address else text


def table(
    headings: Iterable[str], rows: Iterable[Iterable[str]], numbers: Iterable[int] = ()
) -> str:
    """A table; its cells are Markdown already. The columns `numbers` are set to the right."""
    right = set(numbers)
    names = list(headings)
    rule = ["---:" if place in right else "---" for place in range(len(names))]
    lines = (f"| {' | '.join(cells)} |" for cells in (names, rule, *rows))
    return "\n".join(lines) + "\n"
