"""Records: what `--format json` says, as types; the published schema is made from them.

Law: a field that is published keeps its name and meaning within `reviewbot-findings/1`; new ones may join. A
record holds plain values only, and line numbers, which mails never do. Must not know how it is encoded.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from reviewbot.model.diff import Side
from reviewbot.model.evidence import Evidence, Origin
from reviewbot.model.finding import Anchor, Channel, Confidence, Severity, Verdict
from reviewbot.model.message import Message
from reviewbot.model.problem import Problem
from reviewbot.model.series import Patch, Series, SeriesKind
from reviewbot.review.outcome import Outcome
from reviewbot.sinks.tally import Tally

SCHEMA = "reviewbot-findings/1"


class PatchRecord(Struct, frozen=True):
    """One patch: `position` is the `m` of `m/n`, null without; `files` are paths after the change."""

    message_id: str
    subject: str
    position: int | None
    files: tuple[str, ...]


class SeriesRecord(Struct, frozen=True):
    """One posting. `project` is empty for the kernel; `missing` are positions no mail was found for."""

    message_id: str
    subject: str
    revision: int
    kind: SeriesKind
    project: str
    complete: bool
    missing: tuple[int, ...]
    patches: tuple[PatchRecord, ...]


class PlaceRecord(Struct, frozen=True):
    """A line of a file: 1-based, after the patch (`side` new) or, if it is removed, before it (old).

    In a commit message `path` is empty and `line` 0. `text` is the line without its sign.
    """

    message_id: str
    path: str
    line: int
    side: Side
    text: str


class EvidenceRecord(Struct, frozen=True):
    """How the file of a finding was seen.

    `whole` is true where all of the file was seen, and `origin` where its text was found: `blob`, by the id
    in the diff; `base-commit`, `base`, `tag` (the newest before the mail), `head`, by its path at that commit;
    `source`, in a folder; `series`, as an earlier patch leaves it; `diff`, in the patch itself. Where only the
    hunks were seen `lack` is the reason, else it is empty. `detail` says it in words.
    """

    whole: bool
    origin: Origin
    lack: str
    detail: str


class FindingRecord(Struct, frozen=True):
    """One finding: what rule, where it goes and why, the place (see `PlaceRecord`), the words.

    `fingerprint` is the same in the next revision of the series. `evidence` is null in a commit message.
    """

    rule: str
    channel: Channel
    reason: str
    severity: Severity
    confidence: Confidence
    message_id: str
    path: str
    line: int
    side: Side
    text: str
    function: str
    symbol: str
    facts: Mapping[str, str | int]
    fingerprint: str
    comment: str
    related: tuple[PlaceRecord, ...]
    evidence: EvidenceRecord | None = None


class ProblemRecord(Struct, frozen=True):
    """Something wrong with what was submitted. `rule` is the gate that found it, or empty."""

    kind: str
    detail: str
    message_id: str
    subject: str
    rule: str


class SkipRecord(Struct, frozen=True):
    """What a rule did not look at. `failed` is true where the rule crashed; `reason` is then the error."""

    rule: str
    message_id: str
    path: str
    reason: str
    failed: bool


class FixedRecord(Struct, frozen=True):
    """What was said of an earlier revision, in our mail `said`, and is no longer found in this series."""

    rule: str
    symbol: str
    fingerprint: str
    revision: int
    message_id: str
    said: str


class Report(Struct, frozen=True):
    """Everything that came of a run."""

    schema: str
    reviewbot: str
    series: tuple[SeriesRecord, ...]
    findings: tuple[FindingRecord, ...]
    problems: tuple[ProblemRecord, ...]
    skipped: tuple[SkipRecord, ...]
    summary: Tally
    fixed: tuple[FixedRecord, ...]


def series_record(series: Series) -> SeriesRecord:
    """The record of a series."""
    return SeriesRecord(
        message_id=series.message_id,
        subject=series.subject,
        revision=series.revision,
        kind=series.kind,
        project=series.project,
        complete=series.complete,
        missing=series.missing,
        patches=tuple(_patch(patch) for patch in series.patches),
    )


def finding_record(verdict: Verdict) -> FindingRecord:
    """The record of a finding and its verdict."""
    finding, anchor = verdict.finding, verdict.finding.anchor
    return FindingRecord(
        rule=finding.rule,
        channel=verdict.channel,
        reason=verdict.reason,
        severity=finding.severity,
        confidence=finding.confidence,
        message_id=anchor.message_id,
        path=anchor.path,
        line=anchor.line,
        side=anchor.side,
        text=anchor.text,
        function=finding.function,
        symbol=finding.symbol,
        facts=dict(finding.facts),
        fingerprint=finding.fingerprint,
        comment=verdict.comment,
        related=tuple(_place(other) for other in finding.related),
        evidence=evidence_record(finding.evidence),
    )


def fixed_records(outcome: Outcome) -> Iterator[FixedRecord]:
    """What was said of an earlier revision and is no longer found."""
    where = outcome.series.message_id
    for one in outcome.fixed:
        yield FixedRecord(
            one.rule, one.symbol, one.fingerprint, one.revision, where, one.message_id
        )


def evidence_record(evidence: Evidence | None) -> EvidenceRecord | None:
    """The record of how a file was seen."""
    if evidence is None:
        return None
    lack = evidence.lack.value if evidence.lack is not None else ""
    return EvidenceRecord(evidence.lack is None, evidence.origin, lack, evidence.detail)


def problem_records(outcome: Outcome) -> Iterator[ProblemRecord]:
    """What is wrong with a series, its patches and its other mails, and what the gates say; each once."""
    return iter(dict.fromkeys(_problems(outcome)))


def skip_records(outcome: Outcome) -> Iterator[SkipRecord]:
    """What rules did not look at, and where they crashed."""
    for skip in outcome.skipped:
        reason = f"{skip.reason.value}: {skip.detail}" if skip.detail else skip.reason.value
        yield SkipRecord(skip.rule, skip.message_id, skip.path, reason, False)
    for failure in outcome.failures:
        yield SkipRecord(failure.rule, failure.message_id, failure.path, failure.error, True)


def messages(series: Series) -> Iterator[Message]:
    """Every mail of a series: cover letter, patches, follow-ups."""
    if series.cover is not None:
        yield series.cover
    yield from (patch.message for patch in series.patches)
    yield from (follow_up.message for follow_up in series.follow_ups)


def _problems(outcome: Outcome) -> Iterator[ProblemRecord]:
    series = outcome.series
    subjects = {mail.message_id: mail.subject for mail in messages(series)}
    for problem in series.problems:
        yield _problem(problem, series.message_id, series.subject)
    for patch in series.patches:
        for problem in patch.problems:
            yield _problem(problem, patch.message_id, patch.message.subject)
    for mail in messages(series):
        for problem in mail.problems:
            yield _problem(problem, mail.message_id, mail.subject)
    for verdict in outcome.gates:
        place = verdict.finding.anchor.message_id or series.message_id
        subject = subjects.get(place, series.subject)
        yield ProblemRecord("gate", verdict.comment, place, subject, verdict.finding.rule)


def _problem(problem: Problem, message_id: str, subject: str) -> ProblemRecord:
    return ProblemRecord(problem.kind.value, problem.detail, message_id, subject, "")


def _patch(patch: Patch) -> PatchRecord:
    files = tuple(file.path for file in patch.files)
    return PatchRecord(patch.message_id, patch.message.subject, patch.subject.position, files)


def _place(anchor: Anchor) -> PlaceRecord:
    return PlaceRecord(anchor.message_id, anchor.path, anchor.line, anchor.side, anchor.text)
