"""Sightings as SARIF 2.1.0, written as they come.

Law: what is written validates against the schema of OASIS, however many findings there are, and is never held
whole. Must not know formats for people.

Source: OASIS SARIF 2.1.0, sections given at the functions; `reviewbot/sinks/sarif.py` writes that of a run.
"""

from collections.abc import Mapping
from typing import Any, BinaryIO
from urllib.parse import quote

from reviewbot.model.finding import Channel
from reviewbot.model.sighting import Proof, Sighting
from reviewbot.sinks.audit.account import Account, FailureRow, RuleRow, Sightings, TroubleCount
from reviewbot.sinks.audit.csv import day
from reviewbot.sinks.audit.links import Links, web
from reviewbot.sinks.findings_json import encoded
from reviewbot.sinks.sarif import FINGERPRINT, ROOT, SCHEMA_URI, level

SIGHTING = "reviewbotSighting/v1"

Json = dict[str, Any]


def write(
    account: Account, sightings: Sightings, stream: BinaryIO, links: Links | None = None
) -> None:
    """One log with one run; a result stands on a line of its own."""
    index = {row.id: number for number, row in enumerate(account.rules)}
    head = encoded({"$schema": SCHEMA_URI, "version": "2.1.0"}).removesuffix("}")
    run = encoded(_run(account)).removesuffix("}")
    stream.write(f'{head}, "runs": [\n{run}, "results": ['.encode())
    gap = "\n"
    for sighting in sightings:
        result = encoded(_result(sighting, index, links or Links()))
        stream.write(f"{gap}{result}".encode())
        gap = ",\n"
    stream.write(b"\n]}]}\n")


def _run(account: Account) -> Json:
    """§3.14: all of the run but its results."""
    return {
        "tool": {"driver": _driver(account)},
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the source tree."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not account.failures,
                "toolExecutionNotifications": [_failure(row) for row in account.failures],
                "toolConfigurationNotifications": [_trouble(row) for row in account.troubles],
            }
        ],
    }


def _driver(account: Account) -> Json:
    """§3.19: the tool and its rules."""
    driver: Json = {"name": "reviewbot", "rules": [_rule(row) for row in account.rules]}
    return driver | ({"version": account.program} if account.program else {})


def _rule(row: RuleRow) -> Json:
    """§3.49: what is known about a rule."""
    rule: Json = {
        "id": row.id,
        "shortDescription": {"text": row.summary or row.id},
        "defaultConfiguration": {"level": level(row.severity)},
        "properties": {"severity": row.severity.value, "channel": row.channel.value},
    }
    return rule | ({"helpUri": web(row.page)} if web(row.page) else {})


def _result(sighting: Sighting, index: Mapping[str, int], links: Links) -> Json:
    """§3.27: one finding."""
    result: Json = {
        "ruleId": sighting.rule,
        "level": level(sighting.severity),
        "message": {"text": sighting.comment or sighting.rule},
        "locations": [_location(sighting)],
        "partialFingerprints": {FINGERPRINT: sighting.fingerprint, SIGHTING: sighting.key},
        "suppressions": _suppressions(sighting),
        "properties": _properties(sighting),
    }
    if sighting.rule in index:
        result["ruleIndex"] = index[sighting.rule]
    thread = links.mail(sighting.message_id)
    return result | ({"hostedViewerUri": thread} if thread else {})


def _suppressions(sighting: Sighting) -> list[Json]:
    """§3.27.23: an empty list says that the finding is not suppressed."""
    if sighting.channel is not Channel.SUPPRESSED:
        return []
    return [{"kind": "external", "status": "accepted", "justification": sighting.reason}]


def _properties(sighting: Sighting) -> Json:
    """§3.8: what SARIF has no words for."""
    return {
        "channel": sighting.channel.value,
        "reason": sighting.reason,
        "severity": sighting.severity.value,
        "messageId": sighting.message_id,
        "seriesId": sighting.series_id,
        "subject": sighting.subject,
        "archive": sighting.archive,
        "domain": sighting.domain,
        "author": sighting.author,
        "sent": day(sighting.sent),
        "revision": sighting.revision,
        "since": sighting.since,
        "symbol": sighting.symbol,
        "facts": dict(sighting.facts),
        "fate": sighting.fate.value,
        "standing": sighting.standing.value,
        "proofs": [_proof(proof) for proof in sighting.proofs],
    }


def _proof(proof: Proof) -> Json:
    return {"fate": proof.fate.value, "by": proof.by, "how": proof.how}


def _location(sighting: Sighting) -> Json:
    """§3.28: a line of a file, or the commit message."""
    location: Json = {"properties": {"messageId": sighting.message_id}}
    if not sighting.path:
        part = "commit message"
        name = f"<{sighting.message_id}>/{part}"
        return location | {"logicalLocations": [{"name": part, "fullyQualifiedName": name}]}
    uri = quote(sighting.path, errors="replace")
    physical: Json = {"artifactLocation": {"uri": uri, "uriBaseId": ROOT}}
    if sighting.line > 0:
        physical["region"] = {"startLine": sighting.line}
        marked = sighting.quote[sighting.marked : sighting.marked + 1]
        if marked:
            physical["region"]["snippet"] = {"text": marked[0][1:]}
    location["physicalLocation"] = physical
    if sighting.function:
        location["logicalLocations"] = [{"name": sighting.function, "kind": "function"}]
    return location


def _failure(row: FailureRow) -> Json:
    """§3.58: a rule crashed."""
    text = f"rule {row.rule} failed on {row.path or row.message_id}: {row.error}"
    return {"descriptor": {"id": row.rule}, "level": "error", "message": {"text": text}}


def _trouble(row: TroubleCount) -> Json:
    """§3.58: mails that could not be had."""
    cases = "; ".join(f"{case.place}: {case.detail}" for case in row.examples)
    return {
        "descriptor": {"id": row.kind},
        "level": "warning",
        "message": {"text": f"{row.count} mails: {cases}" if cases else f"{row.count} mails"},
        "properties": {"count": row.count},
    }
