"""Why a fault was missed, as far as a program can tell: the first thing that stood in the way.

It asks the same model the rules ask. What it cannot tell is "not analysed" or "followed, and no rule is sure".
"""

import re
from collections.abc import Iterator, Mapping
from itertools import chain

from msgspec import Struct

from reviewbot.cmodel.balance import Balance
from reviewbot.cmodel.change import series_change
from reviewbot.cmodel.flow import Flow, Kind
from reviewbot.cmodel.flow_build import reading
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.source import FunctionChange, SourceChange
from reviewbot.model.finding import Channel
from reviewbot.model.tree import Tree
from reviewbot.review.outcome import Outcome

from .sets import Label

OTHER = "not analysed"
# Skips that stop a rule for a whole series or patch.
OUT_OF_SCOPE = frozenset(("NOT_KERNEL", "BACKPORT", "NOT_PATCHES", "DAMAGED"))

_CALL = re.compile(r"([A-Za-z_]\w*) ?\(")


class Miss(Struct, frozen=True):
    """A fault that was not told: its label, what the review made of the patch, and what it could see.

    `names` are the benchmark's names by rule.
    """

    label: Label
    outcomes: tuple[Outcome, ...]
    trees: tuple[Tree, ...]
    pairs: PairTable
    names: Mapping[str, list[str]]


def cause(miss: Miss) -> str:
    """A short reason; the same words for the same reason, so that misses can be counted by it."""
    return next(chain(_said(miss), _seen(miss)), OTHER)


def _said(miss: Miss) -> Iterator[str]:
    """What the outcomes say themselves."""
    if not any(outcome.series.patches for outcome in miss.outcomes):
        yield "the mail is not read as a patch"
    wanted = {name for expected in miss.label["expect"] for name in expected["rules"]}
    files = {expected["file"] for expected in miss.label["expect"]}
    verdicts = [v for o in miss.outcomes for v in o.verdicts if v.finding.anchor.path in files]
    for verdict in verdicts:
        if verdict.channel is not Channel.MAIL and wanted & {
            *miss.names.get(verdict.finding.rule, ())
        }:
            yield f"held back as {verdict.channel.value}: {verdict.finding.rule}, {verdict.reason}"
    for verdict in verdicts:
        if verdict.channel is Channel.MAIL:
            is_kin = wanted & {*miss.names.get(verdict.finding.rule, ())}
            what = "at another line" if is_kin else "of another kind"
            yield f"told as something {what}: {verdict.finding.rule}"
    for skip in (skip for outcome in miss.outcomes for skip in outcome.skipped):
        if skip.reason.name in OUT_OF_SCOPE:
            yield f"not looked at: {skip.reason.value}"


def _seen(miss: Miss) -> Iterator[str]:
    """What can be seen of the functions in which something was expected."""
    if miss.label["class"] == "D":
        return
    for expected in miss.label["expect"]:
        sources = [*_sources(miss, expected["file"])]
        if not sources:
            yield "the file is not in the patch"
        for source in sources:
            yield from _in_source(miss, source, expected.get("function") or "")


def _sources(miss: Miss, path: str) -> Iterator[SourceChange]:
    for outcome, tree in zip(miss.outcomes, miss.trees, strict=True):
        yield from (s for s in series_change(outcome.series, tree).sources if s.path == path)


def _in_source(miss: Miss, source: SourceChange, name: str) -> Iterator[str]:
    if not name:
        return
    change = next((change for change in source.functions if change.new.name == name), None)
    if change is None:
        known = source.new.outline.function(name)
        if known is None:
            yield "the function is not found in what is visible"
        elif not known.whole:
            yield "whole function not seen"
        else:
            yield "no line of the function is touched"
        return
    if not change.new.whole:
        yield "whole function not seen"
        return
    flow = reading(source.new, change.new)
    if not isinstance(flow, Flow):
        yield f"function not read: {flow.value}"
        return
    if change.old is not None:
        old = reading(source.old, change.old)
        if not isinstance(old, Flow):
            yield f"function before the patch not read: {old.value}"
            return
    yield from _unknown_calls(miss)
    yield from _references(miss, change, flow)


def _unknown_calls(miss: Miss) -> Iterator[str]:
    """Calls of the label that no pair names."""
    pairs, acquire = miss.pairs, miss.label.get("acquire")
    known = {*pairs.by_getter, *pairs.by_loop}
    if acquire and acquire not in known:
        yield f"acquire {acquire} not in the pair table"
    releases = miss.label.get("release") or []
    if releases and not any(name in pairs.by_putter for name in releases):
        yield f"release {releases[0]} not in the pair table"


def _references(miss: Miss, change: FunctionChange, flow: Flow) -> Iterator[str]:
    """What the walk through the function says of the references it follows."""
    objects = _objects(miss)
    if not objects:
        return
    followed = Balance(miss.pairs).walks(flow, change.new)
    mine = [walk for walk in followed if walk.ledger.pair.object in objects]
    if not mine:
        yield "no reference of that kind is followed through the function"
    for walk in mine:
        if not walk.is_complete:
            yield "too many paths"
    for step in flow.steps:
        if mine and step.kind is Kind.UNKNOWN:
            yield f"unknown step in the function: {step.why.value if step.why else 'no reason'}"
    for walk in mine:
        if walk.ledger.mixed:
            yield "a put may stand in a step that is not plain"
        for number in sorted(walk.ledger.touched):
            yield f"reference may be handed over at {_what(flow, number)}"
    if mine:
        yield "followed, and no rule is sure"


def _objects(miss: Miss) -> set[str]:
    """The kinds of objects that the label's calls take or put."""
    calls = {miss.label.get("acquire"), *(miss.label.get("release") or ())}
    return {
        pair.object
        for pair in miss.pairs.pairs
        if calls & {*pair.put, *(getter.name for getter in (*pair.get, *pair.loop))}
    }


def _what(flow: Flow, number: int) -> str:
    """What a step that may hand a reference over does."""
    step = flow.steps[number]
    if step.kind is Kind.EXIT:
        return "a return"
    if step.kind is not Kind.STATEMENT:
        return "a condition"
    if re.match(r"[^()=]+ =(?!=)", step.text):
        return "an assignment"
    return "a call" if _CALL.search(step.text) else "a statement"
