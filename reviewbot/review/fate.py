"""Fate: the findings of all revisions of a series become sightings, each with what happened next.

What is known of a finding counts by weight: that it was fixed or named confirms it; that the tree has it as it
was posted contradicts it only where neither is known, since a person who says what is wrong, or the author who
changes it, has looked, while a merge may only show that nobody did: the AP bus was merged with a leak that it
kept for a year and a half. That a patch was dropped, or the finding kept, says nothing.

Law: each defect is one sighting, told of the newest revision that has it. Must not know archives.
"""

from collections.abc import Callable, Iterator, Sequence

from reviewbot.model.finding import Anchor, Finding
from reviewbot.model.message import Address
from reviewbot.model.series import Patch
from reviewbot.model.sighting import Fate, Proof, Sighting
from reviewbot.review.aftermath import aftermath
from reviewbot.review.defects import Defect, defects
from reviewbot.review.families import sent
from reviewbot.review.outcome import Outcome
from reviewbot.review.revision import Revision
from reviewbot.review.voices import voices

_WEIGHT = (Fate.FIXED, Fate.NAMED, Fate.MERGED, Fate.DROPPED, Fate.KEPT, Fate.OPEN)
# Lines shown above and below the one that was found, and how much of each.
_BEFORE = 5
_AFTER = 3
_WIDTH = 200


def sightings(
    family: Sequence[Outcome], archive: str, merged: Callable[[Finding], str | None]
) -> Iterator[Sighting]:
    """The defects of one series and what became of each.

    `family` are the outcomes of all its revisions, oldest first, judged as on the day they were sent: what came
    later must not have changed the channel. `archive` is the name of the list. `merged`
    gives the name of the commit or tree that has a finding as it was posted, or None; it is asked only about
    findings in the newest revision.
    """
    revisions = tuple(map(Revision, family))
    for defect in defects(revisions):
        yield _sighting(defect, revisions, archive, tuple(_proofs(defect, revisions, merged)))


def _proofs(
    defect: Defect, family: Sequence[Revision], merged: Callable[[Finding], str | None]
) -> list[Proof]:
    """All that is known, the weightiest first."""
    found = [*voices(defect, family)]
    newest = defect.newest
    if (after := aftermath(defect, family)) is not None:
        found.append(after)
    if newest.at == len(family) - 1 and (commit := merged(newest.finding)):
        found.append(Proof(Fate.MERGED, commit, f"as posted in {family[newest.at].name}"))
    if after is None and (kept := _kept(defect, family)):
        found.append(kept)
    found.sort(key=lambda proof: _WEIGHT.index(proof.fate))
    return found or [Proof(Fate.OPEN)]


def _kept(defect: Defect, family: Sequence[Revision]) -> Proof | None:
    """That a patch was sent again with the defect in it."""
    first, last = defect.seen[0], defect.newest
    by = last.finding.anchor.message_id
    if by == first.finding.anchor.message_id:
        return None
    return Proof(Fate.KEPT, by, f"{family[last.at].name} has it still")


def _sighting(
    defect: Defect, family: Sequence[Revision], archive: str, proofs: tuple[Proof, ...]
) -> Sighting:
    verdict, finding = defect.newest.verdict, defect.newest.finding
    revision = family[defect.newest.at]
    series = revision.outcome.series
    patch = revision.patches.get(finding.anchor.message_id)
    author = patch.author if patch else series.author
    quote, marked = _quote(patch, finding.anchor) if patch else ((), 0)
    return Sighting(
        rule=finding.rule,
        severity=finding.severity,
        channel=verdict.channel,
        reason=verdict.reason,
        fingerprint=finding.fingerprint,
        archive=archive,
        message_id=finding.anchor.message_id,
        series_id=series.message_id,
        subject=patch.message.subject if patch else series.subject,
        author=author.name or author.email,
        domain=_domain(author),
        sent=sent(patch.message) if patch else revision.sent,
        revision=series.revision,
        since=family[defect.seen[0].at].outcome.series.revision,
        path=finding.anchor.path,
        function=finding.function,
        symbol=finding.symbol,
        line=finding.anchor.line,
        comment=verdict.comment,
        quote=quote,
        marked=marked,
        superseded=bool(series.superseded_by),
        facts=finding.facts,
        lists=patch.message.list_ids if patch else (),
        proofs=proofs,
    )


def _domain(author: Address) -> str:
    return author.email.rpartition("@")[2].lower() if "@" in author.email else ""


def _quote(patch: Patch, anchor: Anchor) -> tuple[tuple[str, ...], int]:
    """The lines of the mail round a place, and which of them is the place; those of its hunk only."""
    lines = patch.message.body.split("\n")
    if not 0 <= anchor.mail < len(lines):
        return (), 0
    hunks = [
        (hunk.mail, hunk.lines[-1].mail) for f in patch.files for hunk in f.hunks if hunk.lines
    ]
    first, last = next(
        ((first, last) for first, last in hunks if first <= anchor.mail <= last),
        (0, max(0, patch.diff_mail - 1)),
    )
    start = max(first, anchor.mail - _BEFORE, 0)
    end = max(anchor.mail, min(last, anchor.mail + _AFTER))
    shown = tuple(line[:_WIDTH] for line in lines[start : end + 1])
    return shown, anchor.mail - start
