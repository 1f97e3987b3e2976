"""Diff text is cut into sections, one for each file, before any diff parser sees it.

Law: a section starts only where a file's diff can start, by the hunk counts where the text alone is
ambiguous, and every line of the text is in exactly one section. Lines end at `\\n` and nowhere else. Must
not know what a section means. Source: the traps of unidiff 1.0.1, listed in docs/referee-numstat.md.
"""

from collections.abc import Iterator, Sequence
from enum import Enum, auto

from msgspec import Struct

from reviewbot.parse.githeader import GIT, HUNK, extent, is_pair

LONGEST_LINE = 65536
"""Characters in a line beyond which a file's diff is not looked at."""

_DIFF = "diff --"
_COMBINED = ("diff --cc ", "diff --combined ")
_BINARY = "Binary file"


class Form(Enum):
    """How the diff of a file is written down."""

    GIT = auto()
    PLAIN = auto()
    COMBINED = auto()
    CONTEXT = auto()
    BINARY = auto()
    STRAY = auto()


class Section(Struct, frozen=True):
    """The lines of one file's diff, and what stands behind it up to the next.

    `first` is the index of the first line in the diff text; `body` the index in `lines` behind the
    header. `text` holds the lines as they were, CRLF line ends included.
    """

    form: Form
    first: int
    lines: tuple[str, ...]
    body: int
    text: str

    @property
    def too_long(self) -> bool:
        """Whether a line is longer than anyone looks at."""
        return len(self.text) > LONGEST_LINE and max(map(len, self.lines)) > LONGEST_LINE


def sections(diff: str) -> Iterator[Section]:
    """The sections of a diff in order; text that is part of none comes as `STRAY`."""
    first = 0
    for number, part in enumerate(diff.split("\n" + _DIFF)):
        block = _DIFF + part if number else part
        lines = tuple(block.split("\n"))
        body = extent(lines) if block.startswith(GIT) else 0
        if body and _holds_one_file(block, lines, body):
            yield _section(Form.GIT, first, lines, body, block)
        else:
            yield from _sections_of_block(lines, first, body)
        first += len(lines)


def _holds_one_file(block: str, lines: Sequence[str], body: int) -> bool:
    """A cheap test that no other file's diff can start in a git block, all starts but one having `---`."""
    if "\n" + _BINARY in block or block.count("\n--- ") > 1:
        return False
    return is_pair(lines, body - 2) or "\n--- " not in block


def _sections_of_block(lines: tuple[str, ...], first: int, body: int) -> Iterator[Section]:
    """The sections in a block, at whose start alone a line `diff --…` may stand."""
    starts = [(0, Form.GIT if body else Form.STRAY), *_starts(lines, body)]
    ends = [at for at, _ in starts[1:]] + [len(lines)]
    for (at, form), end in zip(starts, ends, strict=True):
        if at < end:
            head = body if form is Form.GIT else 2 if form is Form.PLAIN else 0
            text = "\n".join(lines[at:end])
            yield _section(form, first + at, lines[at:end], head, text)


def _section(form: Form, first: int, lines: tuple[str, ...], body: int, text: str) -> Section:
    """A section, with CRLF line ends taken off where its very first line has one."""
    if lines[0].endswith("\r"):
        lines = tuple(line.removesuffix("\r") for line in lines)
    return Section(form, first, lines, body, text)


def _starts(lines: Sequence[str], begin: int) -> Iterator[tuple[int, Form]]:
    """The places from `begin` on where a file's diff starts, and its form."""
    hunk = -1
    for at in range(begin, len(lines)):
        line = lines[at]
        if line.startswith("@@ -"):
            hunk = at
        elif line.startswith(_COMBINED):
            yield at, Form.COMBINED
        elif line.startswith(_BINARY):
            yield at, Form.BINARY
        elif _is_plain(lines, at) and not (hunk >= 0 and _fills(lines, hunk, at + 2)):
            hunk = -1
            yield at, Form.PLAIN
        elif _is_context(lines, at):
            yield at, Form.CONTEXT


def _is_plain(lines: Sequence[str], at: int) -> bool:
    return is_pair(lines, at) and lines[at + 2 : at + 3] != () and lines[at + 2].startswith("@@ ")


def _is_context(lines: Sequence[str], at: int) -> bool:
    names = lines[at : at + 3]
    marks = ("*** ", "--- ", "***************")
    return len(names) == 3 and all(map(str.startswith, names, marks))


def _fills(lines: Sequence[str], hunk: int, end: int) -> bool:
    """Whether the lines up to `end` are exactly those that the hunk at index `hunk` says it has.

    Then a removed `-- x` and an added `++ y` at the end of a hunk are not the names of a next file.
    """
    said = HUNK.match(lines[hunk])
    if said is None:
        return False
    signs = [line[:1] for line in lines[hunk + 1 : end]]
    both = len(signs) - signs.count("+") - signs.count("-") - signs.count("\\")
    old, new = (int(count or 1) for count in said.group(2, 4))
    return (both + signs.count("-"), both + signs.count("+")) == (old, new)
