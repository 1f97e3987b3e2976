"""Sheet: a stretch made ready for reading, in three layers of equal length.

    raw    the text as it is
    plain  masked, without preprocessor directives
    code   plain, without attributes: what the grammar is given

Law: an offset means the same place in every layer. Must not know functions or calls.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import accumulate, count
from operator import add

from msgspec import Struct

from reviewbot.cmodel.attributes import without_attributes
from reviewbot.cmodel.called import called
from reviewbot.cmodel.directives import Plain, plain
from reviewbot.cmodel.mask import mask
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

    def masked_line(self, number: int) -> str:
        """The masked line of that number; empty where it is not on the sheet."""
        place = number - self.first
        if not 0 <= place <= len(self._starts):
            return ""
        start = self._starts[place - 1] if place else 0
        end = self._starts[place] - 1 if place < len(self._starts) else len(self.masked)
        return self.masked[start:end]

    def called(self, names: Iterable[str]) -> list[int]:
        """The offsets of these names, in order, wherever they stand, if they are called at all."""
        present = self._called.intersection(names)
        return sorted(start for name in present for start in _places(self.code, name))

    @cached_property
    def _called(self) -> frozenset[str]:
        return called((self.code,))

    @cached_property
    def _starts(self) -> list[int]:
        """Offsets of all lines but the first."""
        lengths = accumulate(map(len, self.raw.split("\n")))
        return list(map(add, lengths, count(1)))[:-1]


def _places(code: str, name: str) -> Iterator[int]:
    """The offsets of a name in the code, also of longer ones that hold it."""
    place = code.find(name)
    while place != -1:
        yield place
        place = code.find(name, place + len(name))


def sheet(stretch: Stretch, text: str = "", *, whole: bool = False) -> Sheet:
    """The sheet of a stretch, whose lines make the text; the first line of a file has nothing above it."""
    raw = text or "\n".join(stretch.lines)
    cut = not whole and stretch.first > 1
    masked = mask(raw, cut=cut)
    directed = plain(masked)
    code = without_attributes(directed.code)
    heading = " ".join(stretch.heading.split()) if cut else ""
    heading_code = without_attributes(mask(heading)) if heading else ""
    return Sheet(stretch.first, raw, masked, directed, code, cut, heading, heading_code)
