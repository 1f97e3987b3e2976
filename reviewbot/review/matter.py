"""Matter: whether a remark speaks of the fault that a finding tells of, rather than of something else there.

It does where it names a call that the finding speaks of, or uses a telling word of the comment or of the rule's
name, or one of the same field: who finds a leak may write of a missing put.

Law: told from words alone. Must not know rules or mails.
"""

from collections.abc import Set

from msgspec import Struct

from reviewbot.model.finding import Verdict
from reviewbot.review.heard import Topic
from reviewbot.review.stems import bare, stems
from reviewbot.review.utterance import Piece

# Words of one field: who remarks on it may use another than we do.
_FIELDS = (
    "reference ref refs refcount refcounting leak release drop unbalanced put",
    "lock unlock deadlock held hold",
)


class Matter(Struct, frozen=True):
    """The point of a finding: its words without endings, and the calls it speaks of."""

    words: Set[str]
    calls: Set[str]

    def is_in(self, piece: Piece) -> bool:
        """Whether a remark is to the point."""
        said = piece.remarks.names
        return not (self.calls.isdisjoint(said) and self.words.isdisjoint(piece.words))


def matter(verdict: Verdict, about: Topic) -> Matter:
    """The point of what would be said; `about` is the topic of the finding."""
    finding = verdict.finding
    words = stems(f"{verdict.comment} {finding.rule.replace('-', ' ')}")
    for field in _FIELDS:
        kindred = bare(field.split())
        words |= kindred if kindred & words else frozenset()
    return Matter(words, about.calls - about.names - {finding.function, finding.symbol})
