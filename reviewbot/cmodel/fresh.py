"""Fresh matches: what is found in a file after a change and was not there before.

Law: a match is old where the same line was matched before, and where the same text was matched before in the
same function or stood elsewhere in the series; only the rest is fresh. The place of a fresh match is a line
that the change adds or removes. Must not know who matches what.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.source import SourceChange
from reviewbot.model.diff import Hunk, Side
from reviewbot.model.match import Match


class Fresh(Struct, frozen=True):
    """A fresh match, and the line to speak about; `exact` where that is the very line matched."""

    match: Match
    line: int
    side: Side
    exact: bool


def fresh(source: SourceChange, old: Sequence[Match], new: Sequence[Match]) -> Iterator[Fresh]:
    """The matches of the new file that the old one has not, each with its place, in order of line.

    Of the matches in a function those on added lines are told; where there are none, the first one at the
    changed line that is nearest to it.
    """
    told: dict[str, list[Match]] = {}
    for match in _unknown(source, old, new):
        told.setdefault(_function(source, match.line, Side.NEW), []).append(match)
    for name, matches in told.items():
        exact = [match for match in matches if match.line in source.added]
        for match in exact:
            if not source.is_moved(source.added[match.line]):
                yield Fresh(match, match.line, Side.NEW, True)
        if not exact and name:
            yield from _near(source, matches[0], name)


def _unknown(source: SourceChange, old: Sequence[Match], new: Sequence[Match]) -> list[Match]:
    """The new matches that no old one stands for."""
    carried = Carried(source.file.hunks)
    there = {(carried.line(match.line), match.message) for match in old}
    left = [match for match in new if (match.line, match.message) not in there]
    kept = {(match.line, match.message) for match in new} & there
    spent = (m for m in old if (carried.line(m.line), m.message) not in kept)
    counts = Counter(_key(source, match, Side.OLD) for match in spent)
    unknown: list[Match] = []
    # A match on an unchanged line is the likelier one to have been there before.
    for match in sorted(left, key=lambda match: match.line in source.added):
        key = _key(source, match, Side.NEW)
        if counts[key]:
            counts[key] -= 1
        else:
            unknown.append(match)
    return sorted(unknown, key=lambda match: match.line)


def _near(source: SourceChange, match: Match, name: str) -> Iterator[Fresh]:
    """The match at the changed line of its function that is nearest to it, an added one if possible."""
    new, old = (image.outline.function(name) for image in (source.new, source.old))
    added = [n for n in source.added if new is not None and new.first <= n <= new.last]
    removed = [n for n in source.removed if old is not None and old.first <= n <= old.last]
    fresh_ones = [n for n in added if not source.is_moved(source.added[n])]
    gone = [n for n in removed if not source.is_moved(source.removed[n])]
    if fresh_ones:
        line = min(fresh_ones, key=lambda number: abs(number - match.line))
        yield Fresh(match, line, Side.NEW, False)
    elif gone:
        yield Fresh(match, gone[0], Side.OLD, False)


def _key(source: SourceChange, match: Match, side: Side) -> tuple[str, str, str]:
    """What a match is when line numbers do not count."""
    image = source.new if side is Side.NEW else source.old
    text = " ".join(image.code(match.line).split())
    return _function(source, match.line, side), text, match.message


def _function(source: SourceChange, line: int, side: Side) -> str:
    image = source.new if side is Side.NEW else source.old
    function = image.outline.function_at(line)
    return function.name if function else ""


class Carried(Struct, frozen=True, dict=True):
    """Where the lines of the old file are in the new one."""

    hunks: tuple[Hunk, ...]

    def line(self, old: int) -> int:
        """The number of an old line in the new file; 0 for one that is removed."""
        if old in self._shown:
            return self._shown[old]
        place = bisect_left(self._ends, (old, 0)) - 1
        return old + (self._ends[place][1] if place >= 0 else 0)

    @cached_property
    def _shown(self) -> dict[int, int]:
        """The new numbers of the old lines that stand in hunks."""
        return {line.old: line.new for hunk in self.hunks for line in hunk.lines if line.old}

    @cached_property
    def _ends(self) -> list[tuple[int, int]]:
        """The last old line of each hunk, and by how much the file is longer behind it."""
        ends, grown = [], 0
        for hunk in self.hunks:
            grown += sum(bool(line.new) - bool(line.old) for line in hunk.lines)
            olds = [line.old for line in hunk.lines if line.old]
            ends.append((olds[-1] if olds else hunk.old_start, grown))
        return ends
