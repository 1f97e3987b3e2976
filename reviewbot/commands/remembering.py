"""What the outbox knows of the lineage of a series, for a review that takes it into account.

Law: no outbox is made to be asked; answers to our letters that are seen on the way are noted in it. Must not
know what is made of a memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from reviewbot.commands.belt import MemoryOf, no_memory
from reviewbot.model.posting import lineage
from reviewbot.model.said import Objection, Said
from reviewbot.model.series import Series
from reviewbot.review.history import Memory, with_answers
from reviewbot.sinks.outbox.outbox import FILE, Outbox


def objected(folder: Path) -> tuple[Objection, ...]:
    """What people asked for that holds now, by the outbox in `folder`. Raises as `remembering`."""
    if not (folder / FILE).exists():
        return ()
    with Outbox(folder) as outbox:
        return outbox.objections(datetime.now(UTC))


@contextmanager
def remembering(folder: Path, own: frozenset[str]) -> Iterator[MemoryOf]:
    """What was said of the earlier revisions of a series, by the outbox in `folder`; `own` are our addresses.

    Raises InputError for an outbox that cannot be read.
    """
    if not (folder / FILE).exists():
        yield no_memory
        return
    with Outbox(folder) as outbox:

        def memory_of(series: Series) -> Memory:
            name = lineage(series)
            return Memory(
                said=_with_new_answers(outbox, series, own),
                declined=outbox.declined(name),
                objections=outbox.objections(datetime.now(UTC)),
                own=own,
            )

        yield memory_of


def _with_new_answers(outbox: Outbox, series: Series, own: frozenset[str]) -> tuple[Said, ...]:
    """What was said; an answer that stands in the thread of the series is noted."""
    known = outbox.said(lineage(series))
    mails = tuple(follow_up.message for follow_up in series.follow_ups)
    seen = with_answers(known, mails, own)
    for before, after in zip(known, seen, strict=True):
        if after.answered and not before.answered:
            outbox.answered(after.message_id, after.answered)
    return seen
