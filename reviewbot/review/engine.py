"""Engine: a series × the rules → findings, skips and rule failures.

Law: a rule gets the evidence it declared or is skipped with the reason; one rule's crash is that rule's
failure and the rest goes on. The prefilter only saves work, it never changes what is found. Must not know
any single rule, nor what becomes of a finding.
"""

import traceback
from collections.abc import Collection, Iterator
from typing import TypeVar

from msgspec.structs import replace

from reviewbot.cmodel.change import (
    FunctionChange,
    PatchChange,
    SeriesChange,
    SourceChange,
    series_change,
)
from reviewbot.cmodel.learnt import learnt
from reviewbot.cmodel.pairs import PairTable
from reviewbot.model.finding import Channel, Finding, Hit
from reviewbot.model.problem import ProblemKind
from reviewbot.model.series import Series, SeriesKind
from reviewbot.model.skip import Abstention, SkipReason
from reviewbot.model.tree import NoTree, Tree
from reviewbot.parse.project import project
from reviewbot.review.kit import Kit
from reviewbot.review.outcome import Found, RuleFailure, Skip
from reviewbot.review.prefilter import Prefilter
from reviewbot.rule import Needs, Rule

Subject = SeriesChange | PatchChange | SourceChange | FunctionChange
Event = Finding | Skip | RuleFailure
Made = TypeVar("Made")

UNSEEN = frozenset(
    {
        ProblemKind.DIFF_DAMAGED,
        ProblemKind.NOT_REVIEWED,
        ProblemKind.LINE_TOO_LONG,
        ProblemKind.NO_DIFF,
        ProblemKind.PREREQUISITES,
    }
)


def findings(series: Series, kit: Kit, tree: Tree) -> Found:
    """Everything the kit's rules find in one series, in order of patch, file and line."""
    change = series_change(series, tree)
    kit, crashed = _taught(kit, change)
    foreign = frozenset(_foreign(series))
    events = [event for rule in kit.rules for event in _events(rule, change, kit, foreign)]
    place = {patch.message_id: number for number, patch in enumerate(series.patches)}
    found = sorted(
        (event for event in events if isinstance(event, Finding)),
        key=lambda f: (place.get(f.anchor.message_id, -1), f.anchor.mail, f.rule, f.symbol),
    )
    return Found(
        findings=tuple(f for f in found if f.channel is not Channel.GATE),
        gates=tuple(f for f in found if f.channel is Channel.GATE),
        skipped=tuple(dict.fromkeys(event for event in events if isinstance(event, Skip))),
        failures=(*crashed, *(event for event in events if isinstance(event, RuleFailure))),
    )


def _taught(kit: Kit, change: SeriesChange) -> tuple[Kit, tuple[RuleFailure, ...]]:
    """The kit with the pairs that the series itself shows; a crash leaves it as it is."""
    series = change.series
    is_asked = any(rule.takes_pairs for rule in kit.rules)
    if not is_asked or series.project or series.kind is not SeriesKind.PATCHES:
        return kit, ()
    found = tuple(_guarded("learnt-pairs", change, _learnt(change, kit)))
    crashed = tuple(event for event in found if isinstance(event, RuleFailure))
    pairs = next((table for table in found if isinstance(table, PairTable)), kit.pairs)
    return (kit if pairs is kit.pairs else replace(kit, pairs=pairs)), crashed


def _learnt(change: SeriesChange, kit: Kit) -> Iterator[PairTable]:
    yield learnt(change, kit.pairs)


def _foreign(series: Series) -> Iterator[str]:
    """The patches that are for another project; a kernel series may carry one for kvmtool."""
    for patch in series.patches:
        if project(patch.subject, patch.message, (file.path for file in patch.files)):
            yield patch.message_id


def _events(
    rule: Rule, change: SeriesChange, kit: Kit, foreign: Collection[str]
) -> Iterator[Event]:
    for subject in _subjects(rule, change, kit):
        reason = _missing_evidence(rule, subject, change, foreign)
        if reason is not None:
            yield _skip(rule, subject, reason, _detail(subject, reason))
            continue
        if rule.wants & Needs.TREE and isinstance(change.tree, NoTree):
            yield _skip(rule, change, SkipReason.FORM_NEEDS_TREE)
        yield from _attempt(rule, subject, change, kit)


def _attempt(rule: Rule, subject: Subject, change: SeriesChange, kit: Kit) -> Iterator[Event]:
    """The findings of one rule on one subject, what it abstains from; a crash becomes its failure."""
    return _guarded(rule.id, subject, _told(rule, subject, change, kit))


def _told(rule: Rule, subject: Subject, change: SeriesChange, kit: Kit) -> Iterator[Event]:
    for hit in rule.run(subject, kit.pairs, kit.options.get(rule.id)):
        if isinstance(hit, Abstention):
            yield _skip(rule, subject, hit.reason, hit.detail)
        else:
            yield _stamped(rule, hit, kit, change)


def _guarded(name: str, subject: Subject, made: Iterator[Made]) -> Iterator[Made | RuleFailure]:
    """What is made, up to a crash, which becomes the failure of who makes it."""
    try:
        yield from made
    except Exception as crash:  # noqa: BLE001 – the rule is at fault, the other rules go on
        message_id, path = _address(subject)
        text = f"{type(crash).__name__}: {crash}"
        yield RuleFailure(name, message_id, path, text, traceback.format_exc())


def _stamped(rule: Rule, hit: Hit, kit: Kit, change: SeriesChange) -> Finding:
    """A hit with the rule's data and the evidence on it; the hit may only be quieter than the rule."""
    channel = kit.channels.get(rule.id, rule.channel)
    if hit.channel is not None and hit.channel.rank > channel.rank:
        channel = hit.channel
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        confidence=hit.confidence or rule.confidence,
        channel=channel,
        anchor=hit.anchor,
        related=hit.related,
        function=hit.function,
        symbol=hit.symbol,
        facts=hit.facts,
        evidence=change.evidence(hit.anchor),
    )


def _subjects(rule: Rule, change: SeriesChange, kit: Kit) -> Iterator[Subject]:
    """What the rule subscribed to, as far as one of its triggers is in it.

    With a tree, the triggers of a rule that needs whole functions may stand beyond the diff.
    """
    wanted = kit.filters[rule.id]
    sees_all = bool(rule.needs & Needs.FUNCTION) and not isinstance(change.tree, NoTree)
    patches = [patch for patch in change.patches if sees_all or _is_met(wanted, patch)]
    if rule.subject is SeriesChange:
        if patches or rule.channel is Channel.GATE:
            yield change
    elif rule.subject is PatchChange:
        yield from patches
    else:
        for source in (source for patch in patches for source in patch.sources):
            is_beyond = not wanted.meets(source.spoken, (source.text,))
            if is_beyond and not (sees_all and wanted.meets(source.called, source.context)):
                continue
            if not sees_all and rule.glance is not None and not rule.glance(source):
                continue
            if rule.subject is SourceChange or _is_in_parts(rule, source):
                yield source
            else:
                yield from (f for f in source.functions if wanted.meets(f.called, (f.text,)))


def _is_in_parts(rule: Rule, source: SourceChange) -> bool:
    """Whether the rule needs whole functions and surely none is seen."""
    return bool(rule.needs & Needs.FUNCTION) and not source.shows_functions


def _is_met(wanted: Prefilter, patch: PatchChange) -> bool:
    """Whether a trigger is in the mail of the patch."""
    return wanted.meets(patch.called, (patch.patch.message.body,))


def _missing_evidence(
    rule: Rule, subject: Subject, change: SeriesChange, foreign: Collection[str]
) -> SkipReason | None:
    """Why the rule may not look at the subject, or None when it may."""
    series = change.series
    if rule.channel is Channel.GATE:
        return None
    if series.kind is not SeriesKind.PATCHES:
        return SkipReason.NOT_PATCHES
    is_of_one_patch = not isinstance(subject, SeriesChange)
    if series.project or (is_of_one_patch and _address(subject)[0] in foreign):
        return SkipReason.NOT_KERNEL
    if any(problem.kind is ProblemKind.STABLE_BACKPORT for problem in series.problems):
        return SkipReason.BACKPORT
    if Needs.SERIES in rule.needs and not _complete(series):
        return SkipReason.INCOMPLETE
    if Needs.TREE in rule.needs and isinstance(change.tree, NoTree):
        return SkipReason.NO_TREE
    if Needs.FUNCTION in rule.needs and not _is_seen(rule, subject):
        return SkipReason.PARTIAL
    return None


def _detail(subject: Subject, reason: SkipReason) -> str:
    """Why not more of the file is seen, where that is what a rule lacks."""
    if reason is not SkipReason.PARTIAL:
        return ""
    source = subject.source if isinstance(subject, FunctionChange) else subject
    return source.evidence.detail if isinstance(source, SourceChange) else ""


def _is_seen(rule: Rule, subject: Subject) -> bool:
    """Whether a function is seen whole; other subjects look for that themselves."""
    if isinstance(subject, FunctionChange):
        return subject.new.whole
    return rule.subject is not FunctionChange


def _complete(series: Series) -> bool:
    """Whether every line of the series can be seen."""
    of_patches = (problem for patch in series.patches for problem in patch.problems)
    unseen = any(problem.kind in UNSEEN for problem in (*series.problems, *of_patches))
    return series.complete and not unseen


def _skip(rule: Rule, subject: Subject, reason: SkipReason, detail: str = "") -> Skip:
    message_id, path = _address(subject)
    return Skip(rule.id, message_id, path, reason, detail)


def _address(subject: Subject) -> tuple[str, str]:
    """Message-ID and path of a subject, for people who look for it."""
    if isinstance(subject, SeriesChange):
        return subject.series.message_id, ""
    if isinstance(subject, PatchChange):
        return subject.patch.message_id, ""
    source = subject if isinstance(subject, SourceChange) else subject.source
    return source.patch.message_id, source.path
