"""Findings as SARIF 2.1.0, for dashboards and editors.

Law: what is written validates against the schema of OASIS; a finding in a commit message has a logical place,
one in a file a line. Suppressed findings are there, marked with their reason. Must not know formats for people.

Source: OASIS SARIF 2.1.0, sections given at the functions.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from reviewbot import __version__
from reviewbot.model.finding import Anchor, Channel, Finding, Severity, Verdict
from reviewbot.review.outcome import Outcome, RuleFailure
from reviewbot.rule import Rule
from reviewbot.sinks.findings_json import encoded
from reviewbot.sinks.records import ProblemRecord, evidence_record, problem_records

SCHEMA_URI = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT = "SRCROOT"
FINGERPRINT = "reviewbotFingerprint/v1"

Json = dict[str, Any]


def sarif(
    outcomes: Iterable[Outcome],
    rules: Mapping[str, Rule],
    channels: Collection[Channel] = tuple(Channel),
) -> Iterator[str]:
    """The pieces of one SARIF log; `rules` by id describe the tool, other channels are left out."""
    index = {rule_id: number for number, rule_id in enumerate(rules)}
    results: list[Json] = []
    failures: list[Json] = []
    problems: list[Json] = []
    for outcome in outcomes:
        results += (_result(v, index) for v in outcome.verdicts if v.channel in channels)
        failures += map(_failure, outcome.failures)
        problems += map(_notification, problem_records(outcome))
    run = {
        "tool": {"driver": _driver(rules)},
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the source tree."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not failures,
                "toolExecutionNotifications": failures,
                "toolConfigurationNotifications": problems,
            }
        ],
        "results": results,
    }
    yield encoded({"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def level(severity: Severity) -> str:
    """The SARIF level (§3.27.10) of a severity."""
    if severity in (Severity.BUG, Severity.BUILD):
        return "error"
    return "warning" if severity is Severity.API else "note"


def _driver(rules: Mapping[str, Rule]) -> Json:
    """§3.19: the tool and its rules."""
    return {
        "name": "reviewbot",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in rules.values()],
    }


def _rule(rule: Rule) -> Json:
    """§3.49: what is known about a rule."""
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.doc},
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {"severity": rule.severity.value, "channel": rule.channel.value},
    }


def _result(verdict: Verdict, index: Mapping[str, int]) -> Json:
    """§3.27: one finding."""
    finding = verdict.finding
    result: Json = {
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": {"text": verdict.comment or finding.rule},
        "locations": [_location(finding.anchor, finding)],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "suppressions": _suppressions(verdict),
        "properties": {
            "channel": verdict.channel.value,
            "reason": verdict.reason,
            "severity": finding.severity.value,
            "confidence": finding.confidence.value,
            "messageId": finding.anchor.message_id,
            "symbol": finding.symbol,
            "facts": dict(finding.facts),
        },
    }
    if finding.evidence is not None:
        result["properties"]["evidence"] = msgspec.to_builtins(evidence_record(finding.evidence))
    if finding.rule in index:
        result["ruleIndex"] = index[finding.rule]
    if finding.related:
        result["relatedLocations"] = [_location(anchor) for anchor in finding.related]
    return result


def _suppressions(verdict: Verdict) -> list[Json]:
    """§3.27.23: an empty list says that the finding is not suppressed."""
    if verdict.channel is not Channel.SUPPRESSED:
        return []
    return [{"kind": "external", "status": "accepted", "justification": verdict.reason}]


def _location(anchor: Anchor, finding: Finding | None = None) -> Json:
    """§3.28: the line after the patch; `side` old says that it is the line before, in a property."""
    location: Json = {"properties": {"side": anchor.side.value, "messageId": anchor.message_id}}
    if not anchor.path:
        part = "commit message" if anchor.mail >= 0 else "patch"
        name = f"<{anchor.message_id}>/{part}"
        location["logicalLocations"] = [{"name": part, "fullyQualifiedName": name}]
        return location
    location["physicalLocation"] = {
        "artifactLocation": {"uri": quote(anchor.path, errors="replace"), "uriBaseId": ROOT}
    }
    if anchor.line > 0:
        region = {"startLine": anchor.line, "snippet": {"text": anchor.text}}
        location["physicalLocation"]["region"] = region
    if finding and finding.function:
        location["logicalLocations"] = [{"name": finding.function, "kind": "function"}]
    return location


def _failure(failure: RuleFailure) -> Json:
    """§3.58: a rule crashed."""
    text = f"rule {failure.rule} failed on {failure.path or failure.message_id}: {failure.error}"
    return {"descriptor": {"id": failure.rule}, "level": "error", "message": {"text": text}}


def _notification(problem: ProblemRecord) -> Json:
    """§3.58: something is wrong with a mail."""
    text = f"{problem.subject}: {problem.detail or problem.kind}"
    return {
        "descriptor": {"id": problem.rule or problem.kind},
        "level": "warning",
        "message": {"text": text},
        "properties": {"messageId": problem.message_id},
    }
