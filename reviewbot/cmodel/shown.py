"""What the diff of a file shows: places for the further lines of a finding.

Law: a line that is not in the diff has no place, because nobody could be shown it. Must not know rules.
"""

from collections.abc import Iterable

from reviewbot.cmodel.change import SourceChange
from reviewbot.model.diff import Side, Sign
from reviewbot.model.finding import Anchor


def places(source: SourceChange, lines: Iterable[int]) -> tuple[Anchor, ...]:
    """The places of lines of the new file, in this order, without those the diff does not show."""
    seen = {
        line.new
        for hunk in source.file.hunks
        for line in hunk.lines
        if line.sign is not Sign.REMOVED
    }
    return tuple(source.anchor(line) for line in lines if line in seen)


def above(
    source: SourceChange, line: int, lines: Iterable[int], side: Side = Side.NEW
) -> tuple[Anchor, ...]:
    """The places of those lines of the new file that the mail shows above `line`."""
    place = source.anchor(line, side).mail
    return tuple(other for other in places(source, lines) if other.mail < place)
