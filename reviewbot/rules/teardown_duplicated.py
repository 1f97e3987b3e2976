"""A call that takes something down is made in a helper and again by the helper's caller.

Why: mostly the call was meant to move into the helper and the old one was forgotten; where the call cannot be
repeated it is a double free. On the AP driver (founding case F4): "your intention was to move
vfio_ap_mdev_reset_queues() here, but you still have a vfio_ap_mdev_reset_queues() call in
vfio_ap_mdev_release()". The author agreed.
Fix: drop one of the two.
Quiet when: the objects differ or cannot be told the same; either call is conditional, or a way past it is seen;
something is set up in between; a later patch of the series removes one of the calls; it was so before.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.called import called
from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.shown import places
from reviewbot.cmodel.teardown import Twice, twice
from reviewbot.cmodel.tells_files import tears_down
from reviewbot.model.diff import Sign
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule

TRIGGERS = ("_reset", "_free", "_unregister", "_disable", "_destroy", "_release", "cancel_")


@rule(
    severity=Severity.NIT,
    channel=Channel.MAIL,
    needs=Needs.SERIES,
    triggers=TRIGGERS,
    signs=tears_down(TRIGGERS),
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """The first pair of calls for each helper and caller, where one of the three calls is new."""
    for order, patch in enumerate(change.patches):
        for source in patch.sources:
            if any(source.mentions(TRIGGERS, sign) for sign in Sign) and _may_hand_over(source):
                yield from _hits(source, change, order)


def _may_hand_over(source: SourceChange) -> bool:
    """Whether an added line may take something down, or call a function of the file; a look at the text."""
    if source.mentions(TRIGGERS, Sign.ADDED):
        return True
    names = called(line.text for line in source.lines(Sign.ADDED))
    texts = source.new.reading.texts
    return any(re.search(rf"^\w[^\n;=]*\b{name}\(", text, re.M) for name in names for text in texts)


def _hits(source: SourceChange, change: SeriesChange, order: int) -> Iterator[Hit]:
    before = None
    for found in twice(source.new):
        lines = [n for n in (found.inside, found.handed, found.outside) if n in source.added]
        if not lines or _is_undone(found, source, change, order):
            continue
        if before is None:
            before = {(one.name, one.helper, one.caller) for one in twice(source.old)}
        if (found.name, found.helper, found.caller) not in before:
            yield _hit(source, found, lines[0])


def _hit(source: SourceChange, found: Twice, line: int) -> Hit:
    kinds = {found.inside: "inside", found.outside: "outside", found.handed: "handed"}
    return source.at(
        line,
        symbol=found.name,
        related=places(source, (other for other in kinds if other != line)),
        place=kinds[line],
        helper=found.helper,
        caller=found.caller,
    )


def _is_undone(found: Twice, source: SourceChange, change: SeriesChange, order: int) -> bool:
    """Whether a later patch of the series removes one of the calls from the file."""
    call = re.compile(rf"\b(?:{found.name}|{found.helper})\s*\(")
    later = (other for patch in change.patches[order + 1 :] for other in patch.sources)
    return any(
        call.search(line.text)
        for other in later
        if other.path == source.path
        for line in other.lines(Sign.REMOVED)
    )
