"""The machine-readable report, its schema, and its safety."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from reviewbot import __version__
from reviewbot.model.evidence import Evidence, Lack, Origin, lacking
from reviewbot.model.finding import Channel
from reviewbot.model.printable import printable
from reviewbot.review.outcome import Outcome
from reviewbot.sinks.findings_json import as_lines, as_object, schema
from tests.sinks.outcomes import COMMENT, posted, rich, said, whole
from tests.values import series

PUBLISHED = Path(__file__).parents[2] / "docs" / "schema" / "findings-1.json"
WILD = st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Lu", "Po", "Zs"]), max_size=40)


def loaded(*outcomes: Outcome) -> dict[str, object]:
    made: dict[str, object] = json.loads("".join(as_object(outcomes)))
    Draft202012Validator(schema()).validate(made)
    return made


def test_the_published_schema_is_the_one_in_use() -> None:
    assert json.loads(PUBLISHED.read_text()) == schema()


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_an_empty_run_is_a_report_too() -> None:
    made = loaded()
    assert made["schema"] == "reviewbot-findings/1"
    assert made["reviewbot"] == __version__
    assert made["findings"] == []
    assert made["summary"] == {
        "messages": 0,
        "series": 0,
        "patches": 0,
        "problems": 0,
        "replies": 0,
        "failures": 0,
        "channels": {"mail": 0, "draft": 0, "report": 0, "suppressed": 0},
        "suppressed": {},
        "skipped": {},
    }


def test_a_finding() -> None:
    made = loaded(rich())
    (first, *_) = made["findings"]  # type: ignore[misc]
    fingerprint = rich().verdicts[0].finding.fingerprint
    assert first == {
        "rule": "a-rule",
        "channel": "mail",
        "reason": "",
        "severity": "bug",
        "confidence": "high",
        "message_id": "1@example.org",
        "path": "virt/foo.c",
        "line": 2,
        "side": "new",
        "text": "bar();",
        "function": "foo",
        "symbol": "s",
        "facts": {},
        "fingerprint": fingerprint,
        "comment": COMMENT,
        "related": [
            {
                "message_id": "1@example.org",
                "path": "virt/foo.c",
                "line": 2,
                "side": "old",
                "text": "two();",
            },
            {
                "message_id": "2@example.org",
                "path": "virt/foo.c",
                "line": 2,
                "side": "new",
                "text": "bar();",
            },
        ],
        "evidence": None,
    }


@pytest.mark.parametrize(
    ("evidence", "record"),
    [
        (Evidence(Origin.BLOB, "blob 1a2b"), (True, "blob", "", "blob 1a2b")),
        (lacking(Lack.HUNKS, "no"), (False, "diff", "hunks do not apply", "no")),
    ],
)
def test_a_finding_says_how_its_file_was_seen(evidence: Evidence, record: tuple) -> None:
    (line,) = as_lines([Outcome(whole(), (said(evidence=evidence),))])
    names = ("whole", "origin", "lack", "detail")
    assert json.loads(line)["evidence"] == dict(zip(names, record, strict=True))


def test_every_finding_is_there_with_its_reason() -> None:
    found = loaded(rich())["findings"]
    assert [(f["rule"], f["channel"], f["reason"]) for f in found] == [  # type: ignore[attr-defined]
        ("a-rule", "mail", ""),
        ("b-rule", "draft", "confidence is low"),
        ("c-rule", "report", "as configured"),
        ("d-rule", "suppressed", "known"),
        ("tag-rule", "mail", ""),
    ]


def test_a_series() -> None:
    (one,) = loaded(rich())["series"]  # type: ignore[misc]
    patches = [
        {
            "message_id": f"{n}@example.org",
            "subject": f"[PATCH {n}/2] foo: add bar",
            "position": n,
            "files": ["virt/foo.c"],
        }
        for n in (1, 2)
    ]
    assert one == {
        "message_id": "1@example.org",
        "subject": "foo: bar",
        "revision": 1,
        "kind": "patches",
        "project": "",
        "complete": False,
        "missing": [3],
        "patches": patches,
    }


def test_problems_and_gates() -> None:
    known = {"subject": "[PATCH 2/2] foo: add bar", "message_id": "2@example.org"}
    assert loaded(rich())["problems"] == [
        {
            "kind": "missing-patches",
            "detail": "3 of 3",
            "message_id": "1@example.org",
            "subject": "foo: bar",
            "rule": "",
        },
        {"kind": "diff-damaged", "detail": "virt/foo.c: hunk cut short", "rule": "", **known},
        {
            "kind": "gate",
            "detail": "series incomplete (2 of 3)",
            "message_id": "1@example.org",
            "subject": "[PATCH 1/2] foo: add bar",
            "rule": "series-gate",
        },
    ]


def test_a_problem_is_told_once() -> None:
    (patch, *_) = rich().series.patches[1:]
    twice = replace(patch, message=replace(patch.message, problems=patch.problems))
    assert len(loaded(Outcome(series(twice)))["problems"]) == 1  # type: ignore[arg-type]


def test_what_was_not_looked_at() -> None:
    skipped = loaded(rich())["skipped"]
    assert len(skipped) == 4  # type: ignore[arg-type]
    assert skipped[-2:] == [  # type: ignore[index]
        {
            "rule": "f-rule",
            "message_id": "2@example.org",
            "path": "virt/foo.c",
            "reason": "no source tree was given",
            "failed": False,
        },
        {
            "rule": "g-rule",
            "message_id": "2@example.org",
            "path": "virt/foo.c",
            "reason": "TypeError: no",
            "failed": True,
        },
    ]


def test_the_summary_counts_everything() -> None:
    summary = loaded(rich(), Outcome(whole(), (said(Channel.SUPPRESSED, "known"),)))["summary"]
    assert summary == {
        "messages": 2,
        "series": 2,
        "patches": 4,
        "problems": 2,
        "replies": 1,
        "failures": 1,
        "channels": {"mail": 2, "draft": 1, "report": 1, "suppressed": 2},
        "suppressed": {"known": 2},
        "skipped": {"series incomplete, series rules skipped": 1, "no source tree was given": 2},
    }


def test_lines_have_the_keys_of_findings() -> None:
    lines = list(as_lines([rich()]))
    assert all(line.count("\n") == 1 for line in lines)
    assert [json.loads(line) for line in lines] == loaded(rich())["findings"]
    one = {
        "$schema": schema()["$schema"],
        "$ref": "#/$defs/FindingRecord",
        "$defs": schema()["$defs"],
    }
    Draft202012Validator(one).validate(json.loads(lines[0]))


def test_other_channels_than_those_asked_for_are_left_out() -> None:
    drafts = (Channel.DRAFT,)
    made = json.loads("".join(as_object([rich()], drafts)))
    assert [found["rule"] for found in made["findings"]] == ["b-rule"]
    assert made["summary"]["channels"]["mail"] == 2
    assert [json.loads(line) for line in as_lines([rich()], drafts)] == made["findings"]


def test_lines_come_as_series_are_reviewed() -> None:
    def outcomes() -> Iterator[Outcome]:
        yield rich()
        raise AssertionError("asked for more than was needed")

    assert json.loads(next(as_lines(outcomes())))["rule"] == "a-rule"


@given(WILD, WILD)
def test_hostile_text_is_carried_whole_and_safe(subject: str, words: str) -> None:
    patch = posted(1)
    one = series(replace(patch, message=replace(patch.message, subject=subject)))
    outcome = Outcome(one, (said(comment=words, facts={"name": words}, function=subject),))
    wire = "".join(as_object([outcome]))
    assert printable(wire) == wire
    made = json.loads(wire)
    assert made["series"][0]["patches"][0]["subject"] == without_surrogates(subject)
    assert made["findings"][0]["facts"]["name"] == without_surrogates(words)


def without_surrogates(text: str) -> str:
    return "".join("\ufffd" if 0xD800 <= ord(char) <= 0xDFFF else char for char in text)
