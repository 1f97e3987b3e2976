"""The bundled series: three planted faults, found; one clean patch and a follow-up, left alone."""

import json
from pathlib import Path

import pytest

from reviewbot.cli import run
from reviewbot.errors import ExitCode

ROOT = Path(__file__).resolve().parents[1]
SERIES = ROOT / "examples" / "vfio-lumen.mbox"

PLANTED = [
    (2, "module-get-unchecked", "\ttry_module_get(lumen->pf_owner);"),
    (
        3,
        "kvm-fd-without-get",
        '\treturn anon_inode_getfd("kvm-lumen-counts", &kvm_lumen_counts_fops,',
    ),
    (4, "export-scope-relaxed", "EXPORT_SYMBOL_GPL(lumen_pool_drain);"),
]


@pytest.fixture
def report(capsys: pytest.CaptureFixture) -> dict:
    """What is found in the example, all channels."""
    assert run(["review", "--format", "json", "--channel", "all", str(SERIES)]) == ExitCode.OK
    return json.loads(capsys.readouterr().out)


def test_the_planted_faults_are_found_and_nothing_else_is_said(report: dict) -> None:
    (series,) = report["series"]
    positions = {patch["message_id"]: patch["position"] for patch in series["patches"]}
    said = [(positions[f["message_id"]], f["rule"], f["text"]) for f in report["findings"]]
    assert said == PLANTED
    assert {finding["channel"] for finding in report["findings"]} == {"mail"}
    assert report["problems"] == []


def test_the_series_is_whole(report: dict) -> None:
    (series,) = report["series"]
    assert (series["revision"], series["complete"], series["missing"]) == (2, True, [])
    assert [patch["position"] for patch in series["patches"]] == [1, 2, 3, 4]
    assert report["summary"]["messages"] == 6


def test_the_example_passes_a_gate_it_should_not(capsys: pytest.CaptureFixture) -> None:
    assert run(["review", "--fail-on", "bug", str(SERIES)]) == ExitCode.FINDINGS


@pytest.mark.parametrize("rule", [rule for _, rule, _ in PLANTED])
def test_each_fault_is_found_alone(rule: str, capsys: pytest.CaptureFixture) -> None:
    run(["review", "--select", rule, "--format", "jsonl", str(SERIES)])
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["rule"] == rule


def test_the_mails_answer_the_series(capsys: pytest.CaptureFixture) -> None:
    run(["review", "--format", "mail", str(SERIES)])
    out = capsys.readouterr().out
    for _, rule, text in PLANTED:
        assert rule in out
        assert "\n" + "> +" + text + "\n" in out or "Also found" in out


def test_no_address_of_the_example_can_be_written_to() -> None:
    """Domains of RFC 2606: whoever sends the example's replies by mistake reaches nobody."""
    text = SERIES.read_text()
    domains = {word.strip("<>,").rpartition("@")[2] for word in text.split() if "@" in word}
    assert all(d.endswith(("example.org", "example.com")) for d in domains - {"z", ""}), domains
