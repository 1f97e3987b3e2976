"""Busiest: the series with the most findings.

Findings come in order of time, and the patches of a posting are sent together. A series is therefore counted
for some weeks after its first finding and then either kept among the first or forgotten.

Law: memory does not grow with the number of series. The count is exact for a posting that is sent within
`SPAN`, and while fewer than `MOST_OPEN` of them overlap. Must not know how the table looks.
"""

from heapq import nsmallest

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.model.sighting import Sighting

SPAN = 30 * 86_400
MOST_OPEN = 10_000
KEPT = 20


class Busy(Struct, frozen=True):
    """One posting and its findings. `title` and `sent` (Unix time) are those of its first finding."""

    series_id: str
    title: str
    archive: str
    domain: str
    author: str
    revision: int
    sent: int
    count: int
    confirmed: int
    rules: tuple[str, ...]


class Busiest:
    """Counts series while findings go by."""

    def __init__(self) -> None:
        self._open: dict[str, Busy] = {}
        self._kept: dict[str, Busy] = {}

    def add(self, sighting: Sighting) -> None:
        """One more finding, not older than those before."""
        name = sighting.series_id or sighting.message_id
        found = self._open.get(name)
        now = _one(name, sighting)
        self._open[name] = _together(found, now) if found else now
        if not found:
            self._close(sighting.sent)

    def rows(self) -> tuple[Busy, ...]:
        """The series with the most findings, most first, the newer first among equals."""
        return tuple(nsmallest(KEPT, self._all(), key=_rank))

    def _all(self) -> list[Busy]:
        merged = dict(self._kept)
        for name, busy in self._open.items():
            merged[name] = _together(merged[name], busy) if name in merged else busy
        return list(merged.values())

    def _close(self, now: int) -> None:
        """Forget what is over: series open too long, the oldest where there are too many."""
        while self._open:
            name, oldest = next(iter(self._open.items()))
            if oldest.sent + SPAN >= now and len(self._open) <= MOST_OPEN:
                return
            del self._open[name]
            before = self._kept.get(name)
            self._kept[name] = _together(before, oldest) if before else oldest
            if len(self._kept) > 2 * KEPT:
                kept = nsmallest(KEPT, self._kept.values(), key=_rank)
                self._kept = {busy.series_id: busy for busy in kept}


def _one(name: str, sighting: Sighting) -> Busy:
    return Busy(
        series_id=name,
        title=sighting.subject,
        archive=sighting.archive,
        domain=sighting.domain,
        author=sighting.author,
        revision=sighting.revision,
        sent=sighting.sent,
        count=1,
        confirmed=int(sighting.standing.value == "confirmed"),
        rules=(sighting.rule,),
    )


def _together(first: Busy, more: Busy) -> Busy:
    return replace(
        first,
        count=first.count + more.count,
        confirmed=first.confirmed + more.confirmed,
        rules=tuple(dict.fromkeys((*first.rules, *more.rules))),
    )


def _rank(busy: Busy) -> tuple[int, int, str]:
    return -busy.count, -busy.sent, busy.series_id
