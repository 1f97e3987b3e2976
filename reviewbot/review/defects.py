"""Defects: the findings of all revisions of a series, each defect once.

Two findings of different revisions are of one defect where their fingerprints agree (of several in one patch
those on lines that read the same), or where only the name of the function, of the object or of the file is
another and the old one is gone. Of a defect that several patches of a revision show the first counts; two
places in one patch are two.

Law: what may be the same is the same: a fault that has moved is never taken for one that was fixed and another.
Must not know what became of a defect.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence

from msgspec import Struct

from reviewbot.model.finding import Finding, Verdict
from reviewbot.review.place import squeezed
from reviewbot.review.revision import Revision


class Seen(Struct, frozen=True):
    """A defect in one revision; `at` is the index of the revision in the family."""

    at: int
    verdict: Verdict

    @property
    def finding(self) -> Finding:
        """What was found."""
        return self.verdict.finding


class Defect(Struct, frozen=True):
    """A defect in all revisions that have it, oldest first."""

    seen: list[Seen]

    @property
    def newest(self) -> Seen:
        """It in the last revision that has it."""
        return self.seen[-1]


Key = Callable[[Finding], Hashable | None]


def defects(family: Sequence[Revision]) -> list[Defect]:
    """The defects of a family (oldest revision first), in the order in which they were first seen."""
    found: list[Defect] = []
    for at, revision in enumerate(family):
        left = [Seen(at, verdict) for verdict in revision.verdicts]
        open_ = list(found)
        for number, key in enumerate(_KEYS):
            left = list(_placed(left, open_, key, None if number < _SURE else revision))
        found += (Defect([one]) for one in left)
    return found


def _placed(
    left: Sequence[Seen], open_: Sequence[Defect], key: Key, moved: Revision | None
) -> Iterator[Seen]:
    """Put those that are of an open defect into it; the others again. `moved` is where names may differ."""
    if not left:
        return
    waiting: dict[Hashable, list[Defect]] = {}
    for defect in reversed(open_):
        if defect.newest.at < left[0].at and (name := key(defect.newest.finding)) is not None:
            waiting.setdefault(name, []).append(defect)
    for one in left:
        name = key(one.finding)
        candidates = waiting.get(name, []) if name is not None else []
        if candidates and (
            moved is None or _is_gone(candidates[-1].newest.finding, one.finding, moved)
        ):
            candidates.pop().seen.append(one)
        else:
            yield one


def _is_gone(old: Finding, new: Finding, revision: Revision) -> bool:
    """Whether what the finding has another name for now no longer stands there."""
    if old.function != new.function:
        return not revision.has(old.function, new.anchor.path)
    if old.symbol != new.symbol:
        return not revision.has(old.symbol, new.anchor.path)
    return old.anchor.path not in revision.words


def _line(finding: Finding) -> Hashable | None:
    return finding.fingerprint, squeezed(finding.anchor.text)


def _fingerprint(finding: Finding) -> Hashable | None:
    return finding.fingerprint


def _but_function(finding: Finding) -> Hashable | None:
    return (finding.rule, finding.anchor.path, finding.symbol) if finding.symbol else None


def _but_symbol(finding: Finding) -> Hashable | None:
    return (finding.rule, finding.anchor.path, finding.function, "") if finding.function else None


def _but_path(finding: Finding) -> Hashable | None:
    return (finding.rule, finding.function, finding.symbol) if finding.symbol else None


# From the surest; those before `_SURE` are the same by their names.
_KEYS: tuple[Key, ...] = (_line, _fingerprint, _but_function, _but_symbol, _but_path)
_SURE = 2
