"""Patches of the series are not here, so nothing that needs all of them can be said.

Why: "This is done in follow up patches in this series" is one of the two commonest answers of people to
bots (https://lore.kernel.org/all/mpa6euqqnmqmc5ioqnkcji5k4fqtrqqi3tyus74jhhaxouxruj@qnl2ciik2p7e/). A list
or an archive that is late makes most gaps, so the author hears nothing of them.
Fix: wait for the rest, or fetch the whole thread.
Quiet when: every position of `[m/n]` is there and no prerequisite is named; a missing cover letter is no gap.
"""

from collections.abc import Iterator

from reviewbot.cmodel.change import SeriesChange
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.model.series import SeriesKind
from reviewbot.rule import Needs, rule


@rule(severity=Severity.INFO, channel=Channel.GATE, needs=Needs.DIFF, triggers=())
def check(change: SeriesChange) -> Iterator[Hit]:
    """One hit for a series that is not all there."""
    series = change.series
    if series.kind is not SeriesKind.PATCHES or series.complete or not change.patches:
        return
    total = series.total or len(series.patches) + len(series.missing)
    yield change.patches[0].at_top(
        total=total,
        present=total - len(series.missing),
        missing=len(series.missing),
        prerequisites=len(series.prerequisites),
    )
