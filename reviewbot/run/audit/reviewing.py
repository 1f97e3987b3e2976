"""The second pass: clusters of mails are read, reviewed as `reviewbot review` does, and followed to their end.

Law: a cluster's sightings are those that a review of the whole archive would give. The talk under a series is
read only where something was found, since nothing is found in talk. Must not know the index or the journal.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.model.finding import Channel, Finding
from reviewbot.model.message import Message
from reviewbot.model.series import Series
from reviewbot.model.sighting import Sighting
from reviewbot.model.tree import NoTree, Tree
from reviewbot.parse.thread import series
from reviewbot.review.engine import findings
from reviewbot.review.families import families
from reviewbot.review.fate import sightings
from reviewbot.review.kit import Kit
from reviewbot.review.merged import merged
from reviewbot.review.outcome import Outcome, RuleFailure
from reviewbot.review.review import review
from reviewbot.run.audit.jobs import Aim, Judge, Judged, Near
from reviewbot.run.audit.shelf import Shelf
from reviewbot.run.audit.terms import Terms, kit, narrowed, whole_sieve
from reviewbot.sources.bulk.volume import Volume
from reviewbot.sources.trees import opened

TreeOf = Callable[[Series], Tree]


def judge(job: Judge) -> Judged:
    """Review the clusters of a slice."""
    if job.aim is Aim.ALONE:
        return _alone(job)
    return _reviewed(job)


def _alone(job: Judge) -> Judged:
    """Nothing, unless one of the mails kills whoever reads it."""
    for near in job.clusters:
        for place in near.makers:
            _reviewed(replace(job, clusters=(Near((place,)),), aim=Aim.AGAIN))
    return Judged()


def _reviewed(job: Judge) -> Judged:
    with ExitStack() as stack:
        bench = _Bench(job.terms, kit(job.terms), job.volumes, *_trees(job.terms, stack))
        shelf = Shelf(job.volumes)
        shelf.take(place for near in job.clusters for place in near.makers)
        counts: Counter[str] = Counter()
        found: list[Sighting] = []
        failures: list[RuleFailure] = []
        for near in job.clusters:
            judged = _judged(near, shelf, bench)
            found += (one for one in judged.sightings if _is_meant(one, job))
            failures += judged.failures
            counts.update(judged.counts)
    return Judged(
        tuple(found), tuple(failures), tuple(shelf.troubles), dict(sorted(counts.items()))
    )


def _is_meant(one: Sighting, job: Judge) -> bool:
    """Whether its patch was sent in the time that is asked about; one without a date was not."""
    return job.since <= one.sent and (not job.until or one.sent <= job.until)


class _Bench(Struct, frozen=True):
    """Whatever a series is reviewed with; `tip_of` gives the tree in which merged lines are looked for."""

    terms: Terms
    kit: Kit
    volumes: Mapping[int, Volume]
    tree_of: TreeOf
    tip_of: TreeOf

    def archive(self, one: Series) -> str:
        """The name of the archive that a series was read from."""
        read = one.patches[0].message.origin
        names = (each.name for each in self.volumes.values() if read.startswith(each.path))
        return next(names, "")


def _judged(near: Near, shelf: Shelf, bench: _Bench) -> Judged:
    """What comes of one cluster."""
    texts = [shelf.text(place) for place in near.makers] if near.strands else []
    makers = list(shelf.messages(near.makers))
    made = [one for one in series(_there(makers)) if one.patches]
    marks = _marks(near, makers)
    if marks is not None and texts:
        _mark_together(made, makers, texts, marks, bench)
    speaking = {one.message_id for one in made if _speaks(one, marks, bench)}
    counts = _counts(made, bench)
    if not speaking:
        return Judged(counts=counts)
    shelf.take(near.talk)
    whole = series([*_there(makers), *_there(shelf.messages(near.talk))])
    found: list[Sighting] = []
    failures: list[RuleFailure] = []
    for family in families(one for one in whole if one.patches):
        if any(one.message_id in speaking for one in family):
            chosen = _chosen(family, marks, bench)
            outcomes = [_as_sent(one, chosen, bench) for one in family]
            found += _sightings(outcomes, bench)
            failures += (each for outcome in outcomes for each in outcome.failures)
    return Judged(tuple(found), tuple(failures), counts=counts)


def _there(mails: Iterable[Message | None]) -> Iterator[Message]:
    return (each for each in mails if each is not None)


def _mark_together(
    made: Iterable[Series],
    makers: Iterable[Message | None],
    texts: Iterable[bytes],
    marks: dict[str, int],
    bench: _Bench,
) -> None:
    """Mark what may fire in files that one patch of a series adds and another one changes."""
    sieve = whole_sieve(bench.terms.config)
    text_of = {
        each.message_id: text for each, text in zip(makers, texts, strict=True) if each is not None
    }
    for one in made:
        first = one.patches[0].message_id
        found = sieve.together(text_of.get(patch.message_id, b"") for patch in one.patches)
        marks[first] = marks.get(first, 0) | found


def _marks(near: Near, makers: Iterable[Message | None]) -> dict[str, int] | None:
    """The rules that may fire, by Message-ID; None where any rule may fire in any mail."""
    if near.marks is None:
        return None
    found: dict[str, int] = {}
    for each, mask in zip(makers, near.marks, strict=True):
        if each is not None:
            name = each.message_id
            found[name] = found.get(name, 0) | int.from_bytes(mask, "little")
    return found


def _chosen(found: Iterable[Series], marks: Mapping[str, int] | None, bench: _Bench) -> Kit:
    """The kit with the rules that may fire in one of the mails of these series."""
    if marks is None:
        return bench.kit
    mask = 0
    for one in found:
        for patch in one.patches:
            mask |= marks.get(patch.message_id, 0)
    return narrowed(bench.terms, mask)


def _speaks(one: Series, marks: Mapping[str, int] | None, bench: _Bench) -> bool:
    """Whether there is anything to say of a series."""
    chosen = _chosen((one,), marks, bench)
    if all(rule.channel is Channel.GATE for rule in chosen.rules):
        return False
    found = findings(one, chosen, bench.tree_of(one))
    return bool(found.findings or found.failures)


def _as_sent(one: Series, chosen: Kit, bench: _Bench) -> Outcome:
    """The outcome of a series as on the day it was sent: nobody has answered, and no newer revision is out."""
    alone = replace(one, follow_ups=(), superseded_by=0)
    return replace(review(alone, chosen, bench.tree_of(one)), series=one)


def _sightings(outcomes: Sequence[Outcome], bench: _Bench) -> Iterator[Sighting]:
    """The sightings of a family."""
    newest = outcomes[-1].series
    tip = bench.tip_of(newest)
    where = _nowhere if isinstance(tip, NoTree) else merged(tip, outcomes)
    return sightings(outcomes, bench.archive(newest), where)


def _nowhere(_finding: Finding) -> None:
    """Without a tree nobody knows what was merged."""


def _counts(judged: Iterable[Series], bench: _Bench) -> Mapping[str, int]:
    """How many series of which archive there were, and how many problems of which kind."""
    counts: Counter[str] = Counter()
    for one in judged:
        counts[f"series of {bench.archive(one)}"] += 1
        of_patches = (problem for patch in one.patches for problem in patch.problems)
        counts.update(f"problem {each.kind.value}" for each in (*one.problems, *of_patches))
    return counts


def _trees(terms: Terms, stack: ExitStack) -> tuple[TreeOf, TreeOf]:
    """The tree a series is seen with, and the one at its newest commit."""
    if not terms.has_tree:
        return _no_tree, _no_tree
    source = Path(terms.source) if terms.source else None
    paths = tuple(map(Path, terms.trees))
    seen = stack.enter_context(opened(paths, source, terms.base))
    tip = stack.enter_context(opened(paths, source, "HEAD" if paths else ""))
    return seen, lambda one: tip(replace(one, base_commit=""))


def _no_tree(_series: Series) -> Tree:
    return NoTree()
