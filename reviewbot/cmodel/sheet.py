"""Sheet: a stretch made ready for reading, in three layers of equal length.

    raw    the text as it is
    plain  masked, without preprocessor directives
    code   plain, without attributes: what the grammar is given

Law: an offset means the same place in every layer. Must not know functions or calls.
"""

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate, count
from operator import add

from msgspec import Struct

from reviewbot.cmodel.attributes import without_attributes
from reviewbot.cmodel.brackets import parentheses
from reviewbot.cmodel.directives import Plain, plain
from reviewbot.cmodel.mask import mask
from reviewbot.cmodel.readable import Head, heads, readable
from reviewbot.cmodel.stretch import Stretch

_EMPTY = re.compile(r"^[ \t]*+\n", re.MULTILINE)
_BORDER = re.compile(r"[;{}]")
_FOLD = re.compile(r'"[^"]*"|\'[^\']*\'|\s+')


class Sheet(Struct, frozen=True, dict=True):
    """A stretch in its layers. `cut` says that lines above it are unknown; `heading` then is what git
    says stands there, and `heading_code` the same as masked code without attributes.
    """

    first: int
    raw: str
    masked: str
    directed: Plain
    code: str
    cut: bool
    heading: str = ""
    heading_code: str = ""

    @property
    def plain(self) -> str:
        """Masked code without directives, attributes kept."""
        return self.directed.code

    def line(self, offset: int) -> int:
        """The number of the line the offset is on."""
        return self.first + bisect_right(self._starts, offset)

    def text(self, start: int, end: int) -> str:
        """The code between two offsets on one line: comments dropped, strings kept, white space folded."""
        found = self.plain[start:end]
        if '"' not in found and "'" not in found:
            return " ".join(found.split())
        raw = self.raw[start:end]
        return _FOLD.sub(
            lambda m: " " if m[0].isspace() else raw[m.start() : m.end()], found
        ).strip()

    @cached_property
    def parentheses(self) -> dict[int, int]:
        """The closing parenthesis of each opening one in the code."""
        return parentheses(self.code)

    @cached_property
    def begun_above(self) -> int:
        """Up to where a statement may go on that a line above the fragment began; -1 if there is none.

        Nobody leaves a line empty in the middle of a statement.
        """
        if not self.cut:
            return -1
        ends = (_BORDER.search(self.code), _EMPTY.search(self.raw))
        return min((end.start() for end in ends if end), default=len(self.code))

    @cached_property
    def seen(self) -> int:
        """The offset behind the last code: what reaches it may go on below the stretch."""
        return len(self.code.rstrip())

    @cached_property
    def heads(self) -> dict[int, Head]:
        """Every name before a parenthesis, by the offset of the parenthesis."""
        return heads(self.code)

    @cached_property
    def readable(self) -> str:
        """The code as the grammar is given it."""
        return readable(self.code, self.heads, self.parentheses)

    @cached_property
    def _starts(self) -> list[int]:
        """Offsets of all lines but the first."""
        lengths = accumulate(map(len, self.raw.split("\n")))
        return list(map(add, lengths, count(1)))[:-1]


def sheet(stretch: Stretch, *, whole: bool = False) -> Sheet:
    """The sheet of a stretch; the first line of a file has nothing above it."""
    raw = "\n".join(stretch.lines)
    cut = not whole and stretch.first > 1
    masked = mask(raw, cut=cut)
    directed = plain(masked)
    code = without_attributes(directed.code)
    heading = " ".join(stretch.heading.split()) if cut else ""
    heading_code = without_attributes(mask(heading)) if heading else ""
    return Sheet(stretch.first, raw, masked, directed, code, cut, heading, heading_code)
