"""Findings as JSON: one object for a run, or one line for each finding.

Law: the output follows `docs/schema/findings-1.json`, which is generated from the records, and is safe to look
at on a terminal without losing a character. Must not know where outcomes come from.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from inspect import cleandoc
from typing import Any

import msgspec
from msgspec.structs import replace

from reviewbot import __version__
from reviewbot.model.finding import Channel
from reviewbot.model.printable import escaped
from reviewbot.review.outcome import Outcome
from reviewbot.sinks.records import (
    SCHEMA,
    FindingRecord,
    FixedRecord,
    ProblemRecord,
    Report,
    SeriesRecord,
    SkipRecord,
    finding_record,
    fixed_records,
    messages,
    problem_records,
    series_record,
    skip_records,
)
from reviewbot.sinks.tally import Tally

ALL = tuple(Channel)


def encoded(value: object, indent: int | None = None) -> str:
    """JSON text of a value made of structs and plain types, with unsafe characters as `\\uXXXX`."""
    plain = msgspec.to_builtins(value)
    return escaped(json.dumps(plain, ensure_ascii=False, indent=indent))


def report(outcomes: Iterable[Outcome], channels: Collection[Channel] = ALL) -> Report:
    """The record of a whole run; findings of other channels than `channels` are only counted."""
    series: list[SeriesRecord] = []
    findings: list[FindingRecord] = []
    problems: list[ProblemRecord] = []
    skipped: list[SkipRecord] = []
    fixed: list[FixedRecord] = []
    tally = Tally()
    ids: set[str] = set()
    for outcome in outcomes:
        ids.update(outcome.series.duplicates)
        ids.update(mail.message_id for mail in messages(outcome.series))
        wrong = list(problem_records(outcome))
        series.append(series_record(outcome.series))
        findings += (finding_record(v) for v in outcome.verdicts if v.channel in channels)
        problems += wrong
        skipped += skip_records(outcome)
        fixed += fixed_records(outcome)
        tally = tally.plus(outcome, sum(not record.rule for record in wrong))
    return Report(
        schema=SCHEMA,
        reviewbot=__version__,
        series=tuple(series),
        findings=tuple(findings),
        problems=tuple(problems),
        skipped=tuple(skipped),
        summary=replace(tally, messages=len(ids)),
        fixed=tuple(fixed),
    )


def as_object(outcomes: Iterable[Outcome], channels: Collection[Channel] = ALL) -> Iterator[str]:
    """The pieces of one JSON object for the whole run."""
    yield encoded(report(outcomes, channels), indent=2) + "\n"


def as_lines(outcomes: Iterable[Outcome], channels: Collection[Channel] = ALL) -> Iterator[str]:
    """One line of JSON for each finding of `channels`, as soon as its series is reviewed."""
    for outcome in outcomes:
        for verdict in outcome.verdicts:
            if verdict.channel in channels:
                yield encoded(finding_record(verdict)) + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `as_object`; a line of `as_lines` is its `$defs/FindingRecord`."""
    described: dict[str, Any] = _with_clean_words(msgspec.json.schema(Report))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        **described,
    }


def _with_clean_words(value: Any) -> Any:
    """A schema whose descriptions are indented alike with every release of Python (3.13 strips docstrings)."""
    if isinstance(value, dict):
        return {
            key: cleandoc(inner)
            if key == "description" and isinstance(inner, str)
            else _with_clean_words(inner)
            for key, inner in value.items()
        }
    return value
