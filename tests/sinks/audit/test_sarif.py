"""SARIF of an audit: valid, streamed, and saying what became of each finding.

The official schema is looked for where tests/sinks/test_sarif.py looks for it.
"""

import io
import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema.validators import validator_for

from reviewbot.model.finding import Channel
from reviewbot.model.printable import printable
from reviewbot.model.sighting import Fate, Proof, Sighting
from reviewbot.sinks.audit.account import Account
from reviewbot.sinks.audit.sarif import SIGHTING, write
from reviewbot.sinks.sarif import FINGERPRINT
from tests.sinks.audit.invented import Many, account, hostile, sighting
from tests.sinks.test_sarif import SCHEMA, fits


def log(sightings: Iterable[Sighting], about: Account | None = None) -> dict[str, Any]:
    stream = io.BytesIO()
    write(about or account(), list(sightings), stream)
    made: dict[str, Any] = json.loads(stream.getvalue())
    return made


def run(*sightings: Sighting) -> dict[str, Any]:
    (one,) = log(sightings)["runs"]
    made: dict[str, Any] = one
    return made


@pytest.mark.skipif(SCHEMA is None, reason="no copy of the SARIF 2.1.0 schema")
@pytest.mark.parametrize("count", [0, 1, 300])
def test_the_log_validates(count: int) -> None:
    assert SCHEMA is not None
    official = json.loads(SCHEMA.read_text())
    validator_for(official)(official).validate(log(Many(count)))
    validator_for(official)(official).validate(log([], Account((), (), ())))


def test_objects_have_the_keys_they_may_have() -> None:
    one = run(*Many(20), sighting(path="", line=0))
    fits("run", one)
    fits("driver", one["tool"]["driver"])
    for rule in one["tool"]["driver"]["rules"]:
        fits("rule", {key: value for key, value in rule.items() if key != "helpUri"})
    for result in one["results"]:
        fits("result", {key: value for key, value in result.items() if key != "hostedViewerUri"})
        for location in result["locations"]:
            fits("location", location)
            fits("physicalLocation", location.get("physicalLocation", {}))
    for kind in ("toolExecutionNotifications", "toolConfigurationNotifications"):
        for notification in one["invocations"][0][kind]:
            fits("notification", notification)


def test_a_result() -> None:
    proofs = (Proof(Fate.NAMED, "2@example.org", "a reply names it"),)
    (result,) = run(sighting(proofs=proofs))["results"]
    assert result["ruleId"] == "get-without-put"
    assert result["level"] == "error"
    assert result["hostedViewerUri"] == "https://lore.kernel.org/r/2010000000.1-2@example.com/"
    assert result["partialFingerprints"] == {
        FINGERPRINT: sighting().fingerprint,
        SIGHTING: sighting().key,
    }
    (location,) = result["locations"]
    assert location["physicalLocation"]["region"] == {
        "startLine": 218,
        "snippet": {"text": "\tlumen_get(lumen->host);"},
    }
    properties = result["properties"]
    assert (properties["fate"], properties["standing"]) == ("named", "confirmed")
    assert properties["proofs"] == [
        {"fate": "named", "by": "2@example.org", "how": "a reply names it"}
    ]


def test_the_index_leads_to_the_rule() -> None:
    one = run(*Many(30))
    rules = one["tool"]["driver"]["rules"]
    for result in one["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert "ruleIndex" not in run(sighting(rule="other"))["results"][0]


def test_what_is_suppressed_says_why() -> None:
    one = sighting(channel=Channel.SUPPRESSED, reason="answered")
    (result,) = run(one)["results"]
    assert result["suppressions"][0]["justification"] == "answered"


def test_troubles_and_failures_are_notifications() -> None:
    (invocation,) = run()["invocations"]
    assert invocation["executionSuccessful"] is False
    (failure,) = invocation["toolExecutionNotifications"]
    assert failure["message"]["text"].endswith(
        "failed on virt/foo/arm/vgic/vgic-lumen.c: KeyError: 'lock'"
    )
    texts = [note["message"]["text"] for note in invocation["toolConfigurationNotifications"]]
    assert texts == ["12 mails: fooarm/0.git 1f3a77c2: the object is not there", "3 mails"]


@given(st.lists(hostile(), max_size=3))
def test_every_log_is_json_and_printable(sightings: list[Sighting]) -> None:
    stream = io.BytesIO()
    write(account(), sightings, stream)
    text = stream.getvalue().decode()
    assert len(json.loads(text)["runs"][0]["results"]) == len(sightings)
    assert printable(text) == text
