"""What the scorer of the benchmark makes of the findings of one tool: it is the judge, here it is only read."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from .sets import Label

ALL = 10**9

_MISSED = re.compile(r"^  (?:\S*/)?(\S+)\.patch ", re.MULTILINE)
_ALARM = re.compile(r"^  (?:\S*/)?(\S+)\.patch [^|\n]*\| .* (\S+)$", re.MULTILINE)
_RULE = re.compile(r"^  (\S+) +(\d+) +(\d+) ", re.MULTILINE)


class Score(Struct, frozen=True):
    """The scorer's own words, its figures, the ids of missed faults, the false alarms as (id, rule)."""

    text: str
    data: Mapping[str, Any]
    missed: tuple[str, ...]
    alarms: tuple[tuple[str, str], ...]

    def recall(self, dimension: str, value: str) -> tuple[int, int]:
        """Found, of how many: `recall("class", "A")`."""
        found, expected = self.data["recall"].get(f"{dimension}|{value}", (0, 0))
        return found, expected

    @property
    def values(self) -> tuple[tuple[str, str], ...]:
        """The dimensions and their values, in order."""
        return tuple(sorted(tuple(key.split("|", 1)) for key in self.data["recall"]))

    @property
    def right(self) -> int:
        """Findings that are faults."""
        return int(self.data["tp"])

    @property
    def wrong(self) -> int:
        """Findings that are none."""
        return int(self.data["fp"])

    @property
    def clean(self) -> Mapping[str, tuple[int, int, int]]:
        """For each group of clean patches: patches, findings, patches with a finding."""
        return {name: tuple(row) for name, row in self.data["clean"].items()}

    @property
    def by_rule(self) -> Mapping[str, tuple[int, int]]:
        """Right and wrong findings by the tool's rule."""
        _, _, rest = self.text.partition("by the tool's rule")
        rows, _, _ = rest.partition("\n\n")
        return {rule: (int(right), int(wrong)) for rule, right, wrong in _RULE.findall(rows)}


def score(
    scorer: Path,
    labels: Iterable[Label],
    findings: Iterable[Mapping[str, Any]],
    names: Path,
    folder: Path,
) -> Score:
    """Run the scorer over findings; `names` is the map of rules, `folder` a place for its files."""
    given = written(folder / "labels.jsonl", labels)
    found = written(folder / "findings.jsonl", findings)
    figures = folder / "score.json"
    arguments = ("--labels", given, "--findings", found, "--rules", names, "--json", figures)
    command = (sys.executable, scorer, *arguments, "--misses", str(ALL))
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    report, _, listed = done.stdout.partition("\nmissed\n")
    missed, _, alarms = listed.partition("\nfalse alarms\n")
    return Score(
        report,
        json.loads(figures.read_text(encoding="utf-8")),
        tuple(_MISSED.findall(missed)),
        tuple(_ALARM.findall(alarms)),
    )


def written(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """The rows as JSON Lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def in_channels(
    findings: Sequence[Mapping[str, Any]], channels: Iterable[str]
) -> list[Mapping[str, Any]]:
    """The findings that go to one of the channels; those of other tools have none and all count."""
    wanted = {*channels}
    return [one for one in findings if one.get("channel", "") in wanted or "channel" not in one]
