"""SARIF, against the schema where one is at hand, and what it says.

The official schema is other people's file and is not kept here. It is looked for in the npm packages that
ship it, installed beside this checkout (`npm install --no-save @microsoft/jest-sarif`, or the larger
`@microsoft/sarif-multitool-linux`), and where SARIF_SCHEMA points.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema.validators import validator_for
from msgspec import structs

from reviewbot.cmodel.change import PatchChange
from reviewbot.model.evidence import Lack, lacking
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.review.outcome import Outcome
from reviewbot.rule import Rule
from reviewbot.sinks.sarif import FINGERPRINT, level, sarif
from tests.sinks.outcomes import COMMENT, at, rich, said, whole
from tests.values import make_rule

ROOT = Path(__file__).parents[2]
PLACES = [
    Path(os.environ.get("SARIF_SCHEMA", "")),
    ROOT / "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json",
    ROOT / "node_modules/@microsoft/sarif-multitool-linux/sarif-2.1.0.json",
]
SCHEMA = next((path for path in PLACES if path.is_file()), None)


def check(change: PatchChange) -> Iterator[Hit]:
    yield from ()


def rules(*ids: str) -> dict[str, Rule]:
    return {name: make_rule(name, check) for name in ids}


def run(*outcomes: Outcome, known: tuple[str, ...] = ("a-rule", "b-rule")) -> dict[str, Any]:
    log = json.loads("".join(sarif(outcomes, rules(*known))))
    assert log["version"] == "2.1.0"
    (one,) = log["runs"]
    made: dict[str, Any] = one
    return made


@pytest.mark.skipif(SCHEMA is None, reason="no copy of the SARIF 2.1.0 schema (see this file)")
@pytest.mark.parametrize("outcomes", [(), (rich(),), (rich(), Outcome(whole()))], ids=range(3))
def test_the_log_validates(outcomes: tuple[Outcome, ...]) -> None:
    assert SCHEMA is not None
    official = json.loads(SCHEMA.read_text())
    log = json.loads("".join(sarif(outcomes, rules("a-rule", "b-rule"))))
    validator_for(official)(official).validate(log)


# What the schema asks for of the objects that are written, so that it is looked after without the file:
# allowed keys, the required ones first (§3.14, §3.18-20, §3.27-30, §3.33, §3.35, §3.49, §3.58).
KEYS = {
    "run": ("tool", "results invocations originalUriBaseIds columnKind"),
    "driver": ("name", "version semanticVersion rules"),
    "rule": ("id", "shortDescription fullDescription defaultConfiguration properties"),
    "result": (
        "message",
        "ruleId ruleIndex level locations relatedLocations partialFingerprints suppressions properties",
    ),
    "location": ("", "physicalLocation logicalLocations properties"),
    "physicalLocation": ("", "artifactLocation region"),
    "logicalLocation": ("", "name fullyQualifiedName kind"),
    "region": ("", "startLine snippet"),
    "suppression": ("kind", "status justification"),
    "invocation": (
        "executionSuccessful",
        "toolExecutionNotifications toolConfigurationNotifications",
    ),
    "notification": ("message", "descriptor level properties"),
}


def fits(kind: str, value: dict[str, Any]) -> None:
    required, optional = (set(names.split()) for names in KEYS[kind])
    assert required <= value.keys() <= required | optional, kind


def test_every_object_has_the_keys_it_may_have() -> None:
    one = run(rich())
    fits("run", one)
    fits("driver", one["tool"]["driver"])
    for rule in one["tool"]["driver"]["rules"]:
        fits("rule", rule)
    for result in one["results"]:
        fits("result", result)
        for suppression in result["suppressions"]:
            fits("suppression", suppression)
        for location in (*result["locations"], *result.get("relatedLocations", ())):
            fits("location", location)
            physical = location.get("physicalLocation", {})
            fits("physicalLocation", physical)
            fits("region", physical.get("region", {}))
            for logical in location.get("logicalLocations", ()):
                fits("logicalLocation", logical)
    (invocation,) = one["invocations"]
    fits("invocation", invocation)
    for name in ("toolExecutionNotifications", "toolConfigurationNotifications"):
        for notification in invocation[name]:
            fits("notification", notification)


def test_rules_are_described() -> None:
    known = run()["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in known] == ["a-rule", "b-rule"]
    assert known[0]["shortDescription"] == {"text": "A defect."}
    assert known[0]["defaultConfiguration"] == {"level": "error"}


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        (Severity.BUG, "error"),
        (Severity.BUILD, "error"),
        (Severity.API, "warning"),
        (Severity.NIT, "note"),
        (Severity.INFO, "note"),
    ],
)
def test_levels(severity: Severity, expected: str) -> None:
    assert level(severity) == expected


def test_a_result() -> None:
    found = said(function="foo", related=(at("-two();"),))
    (result,) = run(Outcome(whole(), (found,)))["results"]
    assert result["ruleId"] == "a-rule"
    assert result["ruleIndex"] == 0
    assert result["level"] == "error"
    assert result["message"] == {"text": COMMENT}
    assert result["partialFingerprints"] == {FINGERPRINT: found.finding.fingerprint}
    assert result["suppressions"] == []
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "virt/foo.c", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 2, "snippet": {"text": "bar();"}},
    }
    assert location["logicalLocations"] == [{"name": "foo", "kind": "function"}]
    (related,) = result["relatedLocations"]
    assert related["properties"] == {"side": "old", "messageId": "1@example.org"}


def test_a_finding_in_a_commit_message_has_a_logical_place() -> None:
    (location,) = run(rich())["results"][-1]["locations"]
    assert "physicalLocation" not in location
    assert location["logicalLocations"] == [
        {"name": "commit message", "fullyQualifiedName": "<1@example.org>/commit message"}
    ]


def test_a_suppressed_finding_says_why() -> None:
    (result,) = run(Outcome(whole(), (said(Channel.SUPPRESSED, "known"),)))["results"]
    assert result["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "known"}
    ]


def test_a_rule_that_is_not_described_has_no_index() -> None:
    (result,) = run(Outcome(whole(), (said(rule="other"),)))["results"]
    assert "ruleIndex" not in result


def test_other_channels_than_those_asked_for_are_left_out() -> None:
    log = json.loads("".join(sarif([rich()], rules("a-rule"), (Channel.DRAFT,))))
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["b-rule"]


def test_a_path_is_written_as_a_uri() -> None:
    odd = said(where=structs.replace(at("+bar();"), path="a b/ü%.c", line=0))
    (result,) = run(Outcome(whole(), (odd,)))["results"]
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/%C3%BC%25.c"
    assert "region" not in location["physicalLocation"]


def test_problems_and_failures_are_notifications() -> None:
    (invocation,) = run(rich())["invocations"]
    assert invocation["executionSuccessful"] is False
    (failure,) = invocation["toolExecutionNotifications"]
    assert failure["descriptor"] == {"id": "g-rule"}
    assert failure["message"]["text"] == "rule g-rule failed on virt/foo.c: TypeError: no"
    ids = [note["descriptor"]["id"] for note in invocation["toolConfigurationNotifications"]]
    assert ids == ["missing-patches", "diff-damaged", "series-gate"]
    assert run(Outcome(whole()))["invocations"][0]["executionSuccessful"] is True


def test_a_result_says_how_its_file_was_seen() -> None:
    seen = said(evidence=lacking(Lack.SHALLOW, "a shallow clone"))
    (first, second) = run(Outcome(whole(), (seen, said())))["results"]
    assert first["properties"]["evidence"] == {
        "whole": False,
        "origin": "diff",
        "lack": "shallow clone",
        "detail": "a shallow clone",
    }
    assert "evidence" not in second["properties"]
