"""What spatch prints becomes matches.

    --- image.c                            a diff: what `*` marks, or a patch would remove, has a minus
    image.c:12:1-9: lamp is leaked         what coccilib.report prints, for scripts that have `virtual report`

Law: other lines are talk and are passed over; a place that is not in the text that was looked at means that the
output is not understood, and then nothing of it is believed. Must not know processes.
Source: spatch(1), "Semantic matches" of the Coccinelle manual, coccilib.report of Coccinelle 1.1.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from reviewbot.model.match import Match

_HUNK = re.compile(r"@@ -([0-9]{1,9})(?:,([0-9]{1,9}))? \+[0-9]{1,9}(?:,[0-9]{1,9})? @@")
_REPORT = re.compile(r"([0-9]{1,9}):[0-9]{1,9}-[0-9]{1,9}: (.+)")


def matches(printed: str, name: str, lines: Sequence[str]) -> tuple[Match, ...] | None:
    """The matches in the file that spatch knew by `name` and that has these lines, in order of line.

    A line that is both marked and reported counts once for each message. None where a place is told that
    the file does not have.
    """
    rows = printed.split("\n")
    reported = tuple(_reported(rows, name, lines))
    marked = tuple(_marked(rows, name, lines))
    if None in reported or None in marked:
        return None
    told = {match.line for match in reported if match}
    both = (*reported, *(match for match in marked if match and match.line not in told))
    return tuple(sorted(set(filter(None, both)), key=lambda match: (match.line, match.message)))


def _reported(rows: Iterable[str], name: str, lines: Sequence[str]) -> Iterator[Match | None]:
    for row in rows:
        found = _REPORT.fullmatch(row, len(name) + 1) if row.startswith(f"{name}:") else None
        if found:
            number = int(found[1])
            yield Match(number, found[2].strip()) if 0 < number <= len(lines) else None


def _marked(rows: Iterable[str], name: str, lines: Sequence[str]) -> Iterator[Match | None]:
    """The lines with a minus in a diff of the file; None for one that the file does not have."""
    number, left, inside = 0, 0, False
    for row in rows:
        if not left:
            if row.startswith("--- "):
                inside = row.split("\t")[0] == f"--- {name}"
            elif inside and (found := _HUNK.match(row)):
                number, left = int(found[1]), int(found[2] or 1)
        elif row[:1] in ("", " ", "-"):
            if not 0 < number <= len(lines) or row[1:].rstrip() != lines[number - 1].rstrip():
                yield None
                return
            if row[:1] == "-":
                yield Match(number)
            number, left = number + 1, left - 1
