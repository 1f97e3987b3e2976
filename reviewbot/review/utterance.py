"""Utterance: one remark of a mail in a thread, whole and sentence by sentence.

Law: only words of others than the authors. Must not know findings.
"""

import re
from collections.abc import Collection, Iterator

from msgspec import Struct

from reviewbot.model.series import FollowUp, Series
from reviewbot.parse.answer import Saying, sayings
from reviewbot.review.heard import LONGEST, Remarks, others, remarks
from reviewbot.review.stems import stems

# Who comments on a line does so in the first sentences.
_FIRST = 4
_END = re.compile(r"(?<=[.?!;:])\s+")
# More remarks than these no thread has under one patch.
_MOST = 2_000


class Piece(Struct, frozen=True):
    """A part of a remark, and its telling words without endings."""

    remarks: Remarks
    words: frozenset[str]


class Utterance(Struct, frozen=True):
    """A remark in an answer: its first sentences with the lines above them, and each sentence alone."""

    answer: FollowUp
    saying: Saying
    whole: Piece
    sentences: tuple[Piece, ...]


def utterances(series: Series, about: Collection[str]) -> tuple[Utterance, ...]:
    """What others said under the cover letter and the patches `about` (Message-IDs), oldest first."""
    cover = series.cover.message_id if series.cover is not None else ""
    under = {cover, *about} - {""}
    return tuple(_uttered(series, under))[:_MOST]


def _uttered(series: Series, under: Collection[str]) -> Iterator[Utterance]:
    for answer in others(series):
        if answer.under in under:
            for saying in sayings(answer.message.body[:LONGEST]):
                yield _utterance(answer, saying)


def _utterance(answer: FollowUp, saying: Saying) -> Utterance:
    parts = _END.split(" ".join(" ".join(line.split()) for line in saying.words))
    begin = Saying(saying.quote, (" ".join(parts[:_FIRST]),), saying.changes)
    alone = (Saying((), (part,)) for part in parts)
    return Utterance(
        answer=answer,
        saying=saying,
        whole=_piece(answer, begin),
        sentences=tuple(_piece(answer, one) for one in alone),
    )


def _piece(answer: FollowUp, saying: Saying) -> Piece:
    return Piece(remarks(answer, [saying]), stems(" ".join(saying.words)))
