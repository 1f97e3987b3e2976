"""The jobs of the second pass: clusters of mails by their places, and what comes of them.

Law: places and plain values only, so that a job can be sent to any process; its parts come to an end. Must not
know how a cluster is reviewed.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from enum import Enum
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.model.sighting import Sighting
from reviewbot.review.outcome import RuleFailure
from reviewbot.run.audit.terms import Terms
from reviewbot.run.audit.trouble import Trouble
from reviewbot.sources.bulk.volume import Volume

# The number of a volume, and a place in it.
Place = tuple[int, str]
Kind = TypeVar("Kind")


class Near(Struct, frozen=True, array_like=True):
    """One cluster as a worker needs it: the places of the mails that make series, and of the talk under them.

    `marks` are masks of the rules that may fire, one for each of `makers`, low byte first; None where any may.
    `strands`: more may fire in files that one of them adds and another one changes.
    """

    makers: tuple[Place, ...]
    talk: tuple[Place, ...] = ()
    marks: tuple[bytes, ...] | None = None
    strands: bool = False

    def without(self, lost: Set[Place]) -> "Near":
        """The cluster without some of its mails."""
        kept = [number for number, place in enumerate(self.makers) if place not in lost]
        return Near(
            tuple(self.makers[number] for number in kept),
            tuple(place for place in self.talk if place not in lost),
            None if self.marks is None else tuple(self.marks[number] for number in kept),
            self.strands,
        )


class Aim(Enum):
    """What a job is for.

    `alone` reads every mail by itself, to find the one that kills; `again` is without that one.
    """

    FINDINGS = "findings"
    ALONE = "alone"
    AGAIN = "again"


class Judge(Struct, frozen=True):
    """Clusters of one slice with `seeds` mails in which a rule may fire, and the volumes they are in.

    `notes` are troubles that are known already; `is_last` ends the slice. Where it looks for the mail that
    kills (`alone`), `whole` is the cluster that the mails are of. Sightings in patches sent before `since` or
    after `until` (Unix seconds, 0: no bound) are left out.
    """

    number: int
    terms: Terms
    volumes: Mapping[int, Volume]
    clusters: tuple[Near, ...]
    since: int = 0
    until: int = 0
    seeds: int = 0
    notes: tuple[Trouble, ...] = ()
    is_last: bool = True
    aim: Aim = Aim.FINDINGS
    whole: Near | None = None


class Judged(Struct, frozen=True):
    """What came of them: sightings, crashes of rules, mails that could not be read, and counts.

    `counts` are of series by archive (`series of kvmarm`) and of problems by kind (`problem no-date`).
    """

    sightings: tuple[Sighting, ...] = ()
    failures: tuple[RuleFailure, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    counts: Mapping[str, int] = {}


def halves(job: Judge) -> Sequence[Judge]:
    """The two halves of a slice; of a single cluster the halves of its mails, each to be read alone."""
    if job.aim is Aim.AGAIN:
        return ()
    if job.aim is Aim.FINDINGS and len(job.clusters) > 1:
        return tuple(
            replace(job, clusters=part, is_last=last and job.is_last)
            for part, last in _parts(job.clusters)
        )
    (near,) = job.clusters
    mails = (*near.makers, *near.talk)
    if job.aim is Aim.ALONE and len(mails) < 2:
        return ()
    probe = replace(job, aim=Aim.ALONE, whole=job.whole or near)
    return tuple(
        replace(probe, clusters=(Near(part),), is_last=last and job.is_last)
        for part, last in _parts(mails)
    )


def _parts(all_of_them: tuple[Kind, ...]) -> Iterator[tuple[tuple[Kind, ...], bool]]:
    """The two halves, with whether it is the last one."""
    middle = (len(all_of_them) + 1) // 2
    yield all_of_them[:middle], False
    yield all_of_them[middle:], True
