"""Engine: a series × the rules → findings, skips and rule failures.

Law: a rule gets the evidence it declared or is skipped with the reason; one rule's crash is that rule's
failure and the rest goes on. The prefilter only saves work, it never changes what is found. Must not know
any single rule, nor what becomes of a finding.
"""

import traceback
from collections.abc import Iterator
from functools import cached_property
from typing import TypeVar

from msgspec import Struct
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


class _Sight(Struct, frozen=True, dict=True):
    """A series and who looks at it: what is the same for all rules, found once."""

    change: SeriesChange
    kit: Kit

    @property
    def has_tree(self) -> bool:
        """Whether there is a source tree beyond the mails."""
        return not isinstance(self.change.tree, NoTree)

    @cached_property
    def met(self) -> tuple[tuple[PatchChange, frozenset[str]], ...]:
        """Each patch with the ids of the rules of which a trigger is in its mail."""
        met = self.kit.screen.met
        return tuple((one, met(one.called, one.patch.message.body)) for one in self.change.patches)

    @property
    def asked(self) -> Iterator[Rule]:
        """The rules that may have something to say: gates, and those of which a trigger was met."""
        met = frozenset[str]().union(*(met for _, met in self.met))
        for rule in self.kit.rules:
            sees_all = self.has_tree and Needs.FUNCTION in rule.needs
            if sees_all or rule.channel is Channel.GATE or rule.id in met:
                yield rule

    @cached_property
    def out_of_scope(self) -> SkipReason | None:
        """Why no rule but a gate may look at the series."""
        series = self.change.series
        if series.kind is not SeriesKind.PATCHES:
            return SkipReason.NOT_PATCHES
        if series.project:
            return SkipReason.NOT_KERNEL
        is_backport = any(p.kind is ProblemKind.STABLE_BACKPORT for p in series.problems)
        return SkipReason.BACKPORT if is_backport else None

    @cached_property
    def foreign(self) -> frozenset[str]:
        """The patches that are for another project; a kernel series may carry one for kvmtool."""
        return frozenset(
            patch.message_id
            for patch in self.change.series.patches
            if project(patch.subject, patch.message, (file.path for file in patch.files))
        )

    @cached_property
    def is_complete(self) -> bool:
        """Whether every line of the series can be seen."""
        series = self.change.series
        of_patches = (problem for patch in series.patches for problem in patch.problems)
        unseen = any(problem.kind in UNSEEN for problem in (*series.problems, *of_patches))
        return series.complete and not unseen


def findings(series: Series, kit: Kit, tree: Tree) -> Found:
    """Everything the kit's rules find in one series, in order of patch, file and line."""
    change = series_change(series, tree)
    kit, crashed = _taught(kit, change)
    sight = _Sight(change, kit)
    events = [event for rule in sight.asked for event in _events(rule, sight)]
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


def _events(rule: Rule, sight: _Sight) -> Iterator[Event]:
    for subject in _subjects(rule, sight):
        reason = _missing_evidence(rule, subject, sight)
        if reason is not None:
            yield _skip(rule, subject, reason, _detail(subject, reason))
            continue
        if Needs.TREE in rule.wants and not sight.has_tree:
            yield _skip(rule, sight.change, SkipReason.FORM_NEEDS_TREE)
        yield from _guarded(rule.id, subject, _told(rule, subject, sight))


def _told(rule: Rule, subject: Subject, sight: _Sight) -> Iterator[Event]:
    """The findings of one rule on one subject, and what it abstains from."""
    kit = sight.kit
    for hit in rule.run(subject, kit.pairs, kit.options.get(rule.id)):
        if isinstance(hit, Abstention):
            yield _skip(rule, subject, hit.reason, hit.detail)
        else:
            yield _stamped(rule, hit, kit, sight.change)


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


def _subjects(rule: Rule, sight: _Sight) -> Iterator[Subject]:
    """What the rule subscribed to, as far as one of its triggers is in it.

    With a tree, the triggers of a rule that needs whole functions may stand beyond the diff.
    """
    sees_all = sight.has_tree and Needs.FUNCTION in rule.needs
    patches = [patch for patch, met in sight.met if sees_all or rule.id in met]
    if rule.subject is SeriesChange:
        if patches or rule.channel is Channel.GATE:
            yield sight.change
    elif rule.subject is PatchChange:
        yield from patches
    else:
        for patch in patches:
            for source in patch.sources:
                yield from _of_source(rule, source, sight.kit, sees_all=sees_all)


def _of_source(
    rule: Rule, source: SourceChange, kit: Kit, *, sees_all: bool
) -> Iterator[SourceChange | FunctionChange]:
    """The source file or functions of it, as far as a trigger is there and, of the diff, a glance says yes."""
    wanted = kit.filters[rule.id]
    glance = rule.glance if kit.prefilter and not sees_all else None
    is_near = wanted.meets_in(source)
    if not is_near and not (sees_all and wanted.meets(source.called, source.context)):
        return
    if glance is not None and not glance(source):
        return
    if rule.subject is SourceChange or _is_in_parts(rule, source):
        yield source
        return
    for function in source.functions:
        if wanted.meets_in(function) and (glance is None or glance(function)):
            yield function


def _is_in_parts(rule: Rule, source: SourceChange) -> bool:
    """Whether the rule needs whole functions and surely none is seen."""
    return Needs.FUNCTION in rule.needs and not source.shows_functions


def _missing_evidence(rule: Rule, subject: Subject, sight: _Sight) -> SkipReason | None:
    """Why the rule may not look at the subject, or None when it may."""
    if rule.channel is Channel.GATE:
        return None
    if sight.out_of_scope is not None:
        return sight.out_of_scope
    if not isinstance(subject, SeriesChange) and _address(subject)[0] in sight.foreign:
        return SkipReason.NOT_KERNEL
    if Needs.SERIES in rule.needs and not sight.is_complete:
        return SkipReason.INCOMPLETE
    if Needs.TREE in rule.needs and not sight.has_tree:
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
        return subject.body.whole
    return rule.subject is not FunctionChange


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
