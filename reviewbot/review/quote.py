"""Quote: the lines of a mail that a comment stands under.

Law: a quoted line is `> ` and the line as it stands in the mail, in the order of the mail; what is left out
is marked `[...]`. Only what a terminal or a mail cannot carry is changed or left out. Must not know words.

Source: rule catalogue §4.2 (body), measured habits of reviewers §4.1.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from reviewbot.model.diff import FileChange
from reviewbot.model.printable import printable

ELISION = "[...]"
# Lines shown above the one that is commented on, and as many as it takes to show the head of its function;
# fewer above a trailer and a line that is only referred to.
BEFORE = 5
BEFORE_MOST = 7
BEFORE_LESS = 2
# So many lines more are shown of a call that goes on behind the line that is commented on, and of a table.
AFTER_MOST = 3
TABLE_MOST = 8
# How a function, a table or a comment ends that begins above the quote.
_ENDS = re.compile(r"(?:\};?|\s+\*(?:/| .*)?)?\s*")
# A gap this small is quoted rather than marked.
JOINED = 2
# RFC 5322 §2.1.1 allows 998 octets a line; a longer one is left out.
MAX_OCTETS = 990


class Remark(Struct, frozen=True):
    """A comment and the body lines (0-based) it is about; it goes under the last of them."""

    lines: tuple[int, ...]
    text: str

    @property
    def place(self) -> int:
        """The body line the comment goes under."""
        return max(self.lines)


class Block(Struct, frozen=True):
    """Quoted lines, ready for a mail, and the comment under them."""

    quote: tuple[str, ...]
    text: str


class Span(Struct, frozen=True):
    """A stretch of body lines that belong together: a hunk with its header, or a text without one."""

    first: int
    headed: bool


def blocks(body: str, files: Iterable[FileChange], remarks: Iterable[Remark]) -> Iterator[Block]:
    """The blocks of a reply to the mail with this body and these file changes, from top to bottom.

    Remarks on neighbouring lines share a quote: the second block goes on where the first stopped.
    """
    lines = body.split("\n")
    hunks = sorted(hunk.mail for file in files for hunk in file.hunks)
    at = -1
    for remark in sorted(remarks, key=lambda remark: remark.place):
        quote: list[str] = []
        for start, index in _stretches(lines, hunks, remark):
            if at < index:
                quote += _between(lines, _span(hunks, index), at, start, index)
                at = index
        yield Block(tuple(_without_doubles(quote)), remark.text)


def _stretches(
    lines: Sequence[str], hunks: Sequence[int], remark: Remark
) -> Iterator[tuple[int, int]]:
    """The first and last line of each stretch to quote; the last one ends where the comment stands."""
    places = sorted(place for place in set(remark.lines) if 0 <= place < len(lines))
    if not places:
        return
    span = _span(hunks, places[-1])
    start = _start(lines, span, places[-1])
    for place in places[:-1]:
        if place < start:
            end = _end(lines, place) if _span(hunks, place).headed else place
            yield _start_of_other(lines, place), min(end, start - 1)
    yield start, _end(lines, places[-1]) if span.headed else places[-1]


def _start_of_other(lines: Sequence[str], index: int) -> int:
    """The line to begin with of one that is only referred to: the head of its function where that is near."""
    heads = range(max(0, index - BEFORE_LESS), index)
    return next((head for head in heads if _is_head(lines[head][1:])), index)


def _end(lines: Sequence[str], index: int) -> int:
    """The line on which the table, or the parentheses, opened at `index` are closed, if that is near.

    A call goes on in lines like its first, a table in any lines of the hunk.
    """
    is_table = lines[index].rstrip().endswith("= {")
    first, last, most = ("{", "}", TABLE_MOST) if is_table else ("(", ")", AFTER_MOST)
    opened = 0
    for number in range(index, min(index + most + 1, len(lines))):
        if lines[number][:1] not in (("+", "-", " ") if is_table else lines[index][:1]):
            break
        opened += lines[number].count(first) - lines[number].count(last)
        if opened <= 0:
            return number
    return index


def _start(lines: Sequence[str], span: Span, index: int) -> int:
    """The line to begin with: of a statement, the head of its function where it is near."""
    if not span.headed:
        return index - BEFORE_LESS
    if not lines[index][1:2].isspace():
        return _past_ends(lines, max(span.first + 1, index - BEFORE_LESS), index)
    for head in range(index - 2, max(span.first, index - BEFORE_MOST - 1), -1):
        if _is_head(lines[head][1:]):
            return head
    start = max(span.first + 1, index - BEFORE)
    return max(start, min(_past_ends(lines, start, index), index - 2))


def _past_ends(lines: Sequence[str], start: int, index: int) -> int:
    """The first line from `start` that is more than the end of something else."""
    while start < index and _ENDS.fullmatch(lines[start][1:]):
        start += 1
    return start


def _is_head(text: str) -> bool:
    """Whether a line looks like the first one of a function's definition."""
    return (text[:1].isalpha() or text[:1] == "_") and "(" in text and ";" not in text


def _between(lines: Sequence[str], span: Span, at: int, start: int, index: int) -> Iterator[str]:
    """The quote that leads from the last quoted line `at` to the lines from `start` to `index`."""
    if span.headed and at < span.first:
        top = _top(lines, span.first, at)
        if top > at + 1:
            yield ELISION
        yield from (_quoted(line) for line in lines[top : span.first + 1])
        at = span.first
    if max(start, span.first) <= at + 1 + JOINED:
        start = at + 1
    else:
        yield ELISION
    yield from (_quoted(line) for line in lines[start : index + 1])


def _top(lines: Sequence[str], hunk: int, at: int) -> int:
    """Where the header begins: a hunk that names no function is quoted with the name of its file."""
    unnamed = lines[hunk].rstrip().endswith("@@") and lines[hunk - 1].startswith("+++ ")
    return hunk - 1 if unnamed and hunk - 1 > at else hunk


def _span(hunks: Sequence[int], index: int) -> Span:
    """The hunk a body line is in, or the text above all hunks."""
    number = bisect_right(hunks, index)
    return Span(hunks[number - 1], True) if number else Span(0, False)


def _quoted(line: str) -> str:
    quoted = "> " + printable(line)
    return quoted if len(quoted.encode()) <= MAX_OCTETS else ELISION


def _without_doubles(quote: Iterable[str]) -> Iterator[str]:
    """The quote with runs of `[...]` made one."""
    last = ""
    for line in quote:
        if line != ELISION or last != ELISION:
            yield line
        last = line
