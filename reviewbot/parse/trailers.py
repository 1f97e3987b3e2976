"""The trailers of a commit message or a follow-up (git-interpret-trailers(1), submitting-patches.rst).

Law: a trailer stands at the start of a line and has a value. Tags that give credit or name a commit count
wherever they stand, since people put blank lines and remarks between them; any other `Key: value` counts
only in the run of lines that ends a paragraph and holds such a tag, since prose is full of `Note: …`.
Must not know which trailers are well-formed.
"""

import re
from collections.abc import Iterator
from itertools import takewhile

from reviewbot.model.series import Trailer

_LINE = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60})[ \t]{0,4}:[ \t]*(?!//)(\S.*)")
_NAMES = r"(?:[A-Za-z][a-z]+(?:-[a-z]+){0,4}-by|Fixes|Cc|Link|Closes|Buglink|Depends-on|Change-Id|Message-Id)"
_TAG = re.compile(_NAMES + r"\Z", re.IGNORECASE)
_TAG_LINE = re.compile(rf"\n{_NAMES}[ \t]{{0,4}}:", re.IGNORECASE)
# Remarks between trailers: `[jd: reworded]`, `(cherry picked from commit …)`, `# v5.10+`.
_REMARK = re.compile(r"[\[(#].*")
# The header block mail programs put above a quotation, whose `Cc:` is none.
_QUOTED_HEADER = re.compile(r"(?:From|Sent|Von|De): ")


def trailers(text: str, first: int = 0) -> tuple[Trailer, ...]:
    """The trailers in `text` in order; `first` is the body index of its first line.

    Folded lines are joined by one space.
    """
    if not _TAG_LINE.search("\n" + text):
        return ()
    return tuple(
        trailer
        for start, lines in _paragraphs(text)
        if not any(_QUOTED_HEADER.match(line) for line in lines)
        for trailer in _of_paragraph(lines, first + start)
    )


def _paragraphs(text: str) -> Iterator[tuple[int, list[str]]]:
    """The paragraphs that can hold a trailer, each with the index of its first line."""
    lines: list[str] = []
    index = 0
    for index, line in enumerate(text.split("\n")):
        if line and not line.isspace():
            lines.append(line)
        elif lines:
            yield index - len(lines), lines
            lines = []
    if lines:
        yield index + 1 - len(lines), lines


def _of_paragraph(lines: list[str], first: int) -> Iterator[Trailer]:
    matches = [_LINE.match(line) for line in lines]
    if not any(matches):
        return
    tags = [bool(match and _TAG.match(match[1])) for match in matches]
    run = _run(lines, [bool(match) for match in matches])
    if not any(tags[run:]):
        run = len(lines)
    for index, match in enumerate(matches):
        if match and (tags[index] or index >= run):
            below = range(index + 1, len(lines))
            folded = takewhile(lambda line: line[0] in " \t", (lines[at] for at in below))
            value = " ".join([match[2].rstrip(), *(line.strip() for line in folded)])
            yield Trailer(match[1], value, first + index)


def _run(lines: list[str], matched: list[bool]) -> int:
    """Where the run of trailers, their folded lines and remarks begins that ends the paragraph."""
    start = len(lines)
    for index in range(len(lines) - 1, -1, -1):
        if matched[index]:
            start = index
        elif not (lines[index][0] in " \t" or _REMARK.match(lines[index])):
            break
    return start
