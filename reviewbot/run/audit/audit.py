"""An audit from beginning to end: archives → index → clusters → sightings in the journal.

Law: what is in the journal is never done again, and what is not is done as if for the first time; so an audit
that was cut off ends like one that was not. Must not know terminals or reports.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import Protocol

from msgspec.structs import replace

from reviewbot.errors import InputError
from reviewbot.run.audit.clusters import MOST, Cluster, Mail, Range, clusters, seeds
from reviewbot.run.audit.index import Index
from reviewbot.run.audit.indexing import FATAL, bring
from reviewbot.run.audit.jobs import Aim, Judge, Judged, Near, Place, halves
from reviewbot.run.audit.journal import Journal, Slice
from reviewbot.run.audit.request import Pinned, Request, Span
from reviewbot.run.audit.reviewing import judge
from reviewbot.run.audit.terms import kit, whole_sieve
from reviewbot.run.audit.trouble import Trouble
from reviewbot.run.crew import Crew
from reviewbot.run.halving import Done, Lost, carried_out
from reviewbot.sources.bulk.bodies import TroubleKind

# Mails that make series in one slice: a second or two of work.
SLICE = 300
_EVER = 1 << 62
# More than the clusters of any slice.
_MANY = 1 << 20


class Watcher(Protocol):
    """Who is told how far it is."""

    def looked(self, archive: str, mails: int) -> None:
        """So many more mails of an archive were looked at."""

    def judging(self, mails: int) -> None:
        """Now series are reviewed; in so many mails a rule may fire."""

    def judged(self, mails: int, findings: int) -> None:
        """So many more of these mails were gone through, and so many findings are known in all."""


def audit(request: Request, index: Index, journal: Journal, crew: Crew, watcher: Watcher) -> None:
    """Carry out an audit, or the rest of one. Raises InputError, OutputError, ServiceError."""
    pinned = journal.pinned
    if pinned is None:
        pinned = _pinned(request, index, crew, watcher)
        journal.pin(pinned)
    else:
        _check(index, request, pinned)
    span = _range(request, pinned)
    watcher.judging(seeds(index, span))
    volumes = {one.number: each for one, each in zip(pinned.spans, request.volumes, strict=True)}
    frame = Judge(0, request.terms, volumes, (), request.since, request.until)
    _judge_all(_jobs(index, span, frame, journal), journal, crew, watcher)
    _judge_all(_again(frame, journal), journal, crew, watcher)


def _pinned(request: Request, index: Index, crew: Crew, watcher: Watcher) -> Pinned:
    """Bring the index up to date, and hold the audit to what it has then."""
    spans = []
    for volume in request.volumes:
        told = partial(watcher.looked, volume.name)
        at = bring(index, volume, request.terms.config, crew, told)
        spans.append(Span(at.number, at.age, at.mark))
    ((upto,),) = index.rows("SELECT coalesce(max(id), 0) FROM mail")
    return Pinned(upto, tuple(spans))


def _check(index: Index, request: Request, pinned: Pinned) -> None:
    """Raise InputError where the index is not the one the audit began with."""
    for volume, span in zip(request.volumes, pinned.spans, strict=True):
        at = index.standing(volume)
        if (at.number, at.age) != (span.number, span.age):
            raise InputError(
                f"{volume.name}: was indexed anew since the audit began, so it cannot go on",
                "Start it again without --resume.",
            )


def _range(request: Request, pinned: Pinned) -> Range:
    terms = request.terms
    marks = None
    if terms.filtered and not terms.has_tree:
        chosen = {rule.id for rule in kit(terms).rules}
        names = whole_sieve(terms.config).names
        marks = sum(1 << bit for bit, name in enumerate(names) if name in chosen)
    return Range(
        tuple(span.number for span in pinned.spans),
        pinned.upto,
        marks,
        request.since or -_EVER,
        request.until or _EVER,
    )


def _jobs(index: Index, span: Range, frame: Judge, journal: Journal) -> Iterator[Judge]:
    """The slices that are not in the journal."""
    done = journal.done()
    portion: list[Cluster] = []
    number = 0
    for cluster in clusters(index, span):
        portion.append(cluster)
        if sum(len(each.makers) for each in portion) >= SLICE:
            number += 1
            if number not in done:
                yield _job(frame, number, portion, span.marks is not None)
            portion = []
    if portion and number + 1 not in done:
        yield _job(frame, number + 1, portion, span.marks is not None)


def _job(frame: Judge, number: int, portion: Sequence[Cluster], is_marked: bool) -> Judge:
    near = (
        Near(
            _places(each.makers),
            _places(each.talk),
            tuple(mail.marks for mail in each.makers) if is_marked else None,
            each.strands,
        )
        for each in portion
    )
    return replace(
        frame,
        number=number,
        clusters=tuple(near),
        seeds=sum(each.seeds for each in portion),
        notes=tuple(_cut(each, frame) for each in portion if each.cut),
    )


def _cut(cluster: Cluster, frame: Judge) -> Trouble:
    first = cluster.makers[0]
    detail = f"more than {MOST:,} mails hang together with this one; the rest was left out"
    return Trouble("cut-off", frame.volumes[first.volume].name, first.place, detail)


def _again(frame: Judge, journal: Journal) -> Iterator[Judge]:
    """The clusters in which a mail was found that kills, without it."""
    for number, near in journal.pending():
        yield replace(frame, number=number, clusters=(near,), aim=Aim.AGAIN)


def _judge_all(jobs: Iterator[Judge], journal: Journal, crew: Crew, watcher: Watcher) -> None:
    found = Slice(0)
    guilty: dict[Near, set[Place]] = {}
    for each in carried_out(crew, judge, jobs, halves):
        job = each.job
        match each:
            case Done(_, Judged() as judged):
                found = _with(found, judged)
            case Lost(_, why):
                found = _with(found, _loss(job, why))
        if job.aim is Aim.ALONE and job.whole is not None:
            lost = guilty.setdefault(job.whole, set())
            if isinstance(each, Lost):
                lost.update(job.clusters[0].makers)
        if job.is_last:
            found = _with(found, Judged(troubles=job.notes))
            pending = _pending(guilty, job.number)
            journal.add(replace(found, number=job.number, pending=pending))
            found, guilty = Slice(0), {}
            watcher.judged(job.seeds, len(journal))


def _pending(guilty: Mapping[Near, Set[Place]], number: int) -> tuple[tuple[int, Near], ...]:
    """The clusters to be read again, with negative numbers that no other slice has."""
    left = (near.without(lost) for near, lost in guilty.items())
    return tuple((-number * _MANY - place, near) for place, near in enumerate(left, 1))


def _with(found: Slice, judged: Judged) -> Slice:
    counts = Counter(found.counts)
    counts.update(judged.counts)
    return replace(
        found,
        sightings=(*found.sightings, *judged.sightings),
        failures=(*found.failures, *judged.failures),
        troubles=(*found.troubles, *judged.troubles),
        counts=dict(sorted(counts.items())),
    )


def _loss(job: Judge, why: str) -> Judged:
    """A mail, or a whole cluster, that kills whoever reads it."""
    volume, place = job.clusters[0].makers[0]
    archive = job.volumes[volume].name
    what = "" if job.aim is Aim.ALONE else "the thread of this mail "
    detail = f"{what}{FATAL} ({why})"
    return Judged(troubles=(Trouble(TroubleKind.DAMAGED.value, archive, place, detail),))


def _places(mails: Iterable[Mail]) -> tuple[Place, ...]:
    return tuple((mail.volume, mail.place) for mail in mails)
