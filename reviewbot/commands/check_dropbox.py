"""`reviewbot check --b4-dropbox`: comments left for b4 review, under the patches of its review branch.

Law: nothing is said twice: what reviewers have in b4 already is left out, and so are the patches the maintainer
skips. Must not know what the files look like.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager

import click

from reviewbot.commands.belt import Source, TreeOf, outcomes, standing
from reviewbot.commands.checking import Task
from reviewbot.commands.fetching import fetching
from reviewbot.commands.reach import tell
from reviewbot.errors import InputError
from reviewbot.model.finding import Verdict
from reviewbot.model.series import Patch, SeriesKind
from reviewbot.review.outcome import Outcome
from reviewbot.sinks.b4_dropbox import Leaf, leave, mailbox, texts
from reviewbot.sources.reviewbranch import Leaflet, ReviewBranch, Reviews


def dropbox(task: Task) -> tuple[Outcome, ...]:
    """Leave the comments on each series where b4 looks for them, and say where; returns the outcomes."""
    reviews = Reviews(task.repository)
    if task.words or task.wanted.is_more:
        return tuple(_of_sources(task, reviews))
    branch = reviews.named(task.branch)
    with _standing(task, reviews, branch) as tree_of:
        seen = tuple(_reviewed(task, reviews.mails(branch), tree_of))
    best = max(seen, key=lambda one: len(_pairs(one, branch)), default=None)
    if best is None or not _pairs(best, branch):
        raise InputError(f"{branch.name}: none of its patches could be read")
    _left(task, reviews, branch, best)
    return (best,)


def _of_sources(task: Task, reviews: Reviews) -> Iterator[Outcome]:
    with (
        fetching(task.config.settings, task.wanted, task.trees) as fetcher,
        _standing(task, reviews, None) as tree_of,
    ):
        for one in outcomes(fetcher.sources(task.words), task.kit, tree_of=tree_of):
            ids = [patch.message_id for patch in one.series.patches]
            if not ids or one.series.kind is not SeriesKind.PATCHES:
                continue
            branch = reviews.named(task.branch) if task.branch else reviews.holding(ids)
            _left(task, reviews, branch, one)
            yield one


def _reviewed(task: Task, source: Source, tree_of: TreeOf) -> Iterator[Outcome]:
    return outcomes([source], task.kit, aside=False, tree_of=tree_of)


def _standing(
    task: Task, reviews: Reviews, branch: ReviewBranch | None
) -> AbstractContextManager[TreeOf]:
    """The source trees asked for; else the repository itself, at the commit the branch stands on."""
    if task.trees or task.source_dir is not None:
        return standing(task.trees, task.source_dir, task.base)
    return standing((reviews.top,), None, task.base or (branch.below if branch else ""))


def _left(task: Task, reviews: Reviews, branch: ReviewBranch, outcome: Outcome) -> None:
    """The comments on one series, left for its branch."""
    identity = task.config.settings.identity
    loud = [verdict for verdict in outcome.verdicts if verdict.channel in task.channels]
    leaves = []
    for leaflet, patch in _pairs(outcome, branch):
        said = tuple(v for v in loud if _is_new(v, patch.message_id, leaflet.said))
        if said and not leaflet.is_skipped:
            leaves.append(Leaf(leaflet.number, reviews.diff(leaflet), said))
    cover = outcome.series.cover.message_id if outcome.series.cover else ""
    whole = tuple(v for v in loud if cover and _is_new(v, cover, branch.said))
    files = texts(leaves, whole, identity.rules_url)
    leave(branch.folder, mailbox(identity.name, identity.email), files)
    for name in sorted(files):
        click.echo(branch.folder / name)
    tell(f"{branch.name}: {_many(files)}")


def _many(files: object) -> str:
    return "nothing to say that is not there" if not files else "comments are left for b4 review"


def _is_new(verdict: Verdict, message_id: str, said: str) -> bool:
    """Whether it is about this mail, and none of the words that reviewers have left in b4."""
    words = " ".join(verdict.comment.split())
    return verdict.finding.anchor.message_id == message_id and words not in said


def _pairs(outcome: Outcome, branch: ReviewBranch) -> list[tuple[Leaflet, Patch]]:
    """The patches of the branch that the series has."""
    by_id = {patch.message_id: patch for patch in outcome.series.patches}
    return [(leaf, by_id[leaf.message_id]) for leaf in branch.patches if leaf.message_id in by_id]
