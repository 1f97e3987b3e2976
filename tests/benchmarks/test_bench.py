"""The labelled benchmark: its machinery on invented patches, and the map of rules, which is complete."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.labelled import checkpatch
from benchmarks.labelled.belt import carried
from benchmarks.labelled.page import Listing, folded
from benchmarks.labelled.sets import chosen, twin
from benchmarks.labelled.tables import Table, grouped, per_thousand, percent
from reviewbot.model.match import Match
from reviewbot.review.rulebook import rulebook
from reviewbot.sources.spatch import Spatch
from tests.benchmarks.invented import KINDS, OLD, benchmark, label
from tests.sources.programs import needs_spatch
from tests.sources.repositories import needs_git
from tests.values import file_change

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "benchmarks" / "bench.py"
PACK = ROOT / "benchmarks" / "cocci"
SCORER = ROOT / ".." / "shared" / "bench" / "score.py"
NAMES = frozenset(
    [
        "ref-leak",
        "double-put",
        "use-after-put",
        "null-before-put",
        "module-ref",
        "fops-owner",
        "unchecked-get",
        "symbol-put",
        "missing-get",
        "get-after-publish",
        "new-export",
        "export-license",
    ]
)
needs_scorer = pytest.mark.skipif(
    not SCORER.is_file(), reason="../shared is not beside this checkout"
)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(ROOT)}
    command = (sys.executable, str(SCRIPT), *arguments)
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


# The map of rules


def test_every_rule_is_in_the_map() -> None:
    """A rule the benchmark has no name for is there as well, with an empty list."""
    names = json.loads((SCRIPT.parent / "rule_names.json").read_text())
    ids = [rule.id for rule in (*rulebook(), *rulebook([PACK]))]
    assert [rule_id for rule_id in ids if rule_id not in names] == []
    assert {name for rule in names.values() for name in rule} <= NAMES
    assert list(names) == sorted(names)


# A run


def test_without_the_benchmark_there_is_nothing_to_run(tmp_path: Path) -> None:
    done = run(tmp_path, str(tmp_path / "nowhere"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing to run" in done.stdout


@needs_git
@needs_scorer
def test_a_whole_run(tmp_path: Path) -> None:
    bench = benchmark(tmp_path, SCORER)
    page, keep = tmp_path / "page.md", tmp_path / "keep"
    done = run(tmp_path, str(bench), "--jobs", "2", "--page", str(page), "--keep", str(keep))
    assert done.returncode == 0, done.stderr
    text = page.read_text()
    assert "| with a tree | mutations | 1 of 2 | 50.0 % | 1 | 0 | 100.0 % | 100.0 % |" in text
    assert "| without a tree | mutations | 0 of 2 |" in text
    assert "- **acquire lantern_get not in the pair table** (1)\n  u1\n" in text
    assert "- **whole function not seen** (1)\n  e1\n" in text
    assert "Missed with a tree: 1" in text and "False alarms with a tree: 0" in text
    assert "lumen_start" not in text
    (found,) = map(json.loads, (keep / "tree.jsonl").read_text().splitlines())
    assert (found["id"], found["rule"], found["line"]) == ("e1", "ref-leak-on-error-path", 10)
    assert list((tmp_path / "cache" / "reviewbot" / "bench").glob("mutations-*.git"))


@needs_git
@needs_scorer
def test_what_is_not_there_is_passed_over(tmp_path: Path) -> None:
    bench = benchmark(tmp_path, SCORER)
    done = run(tmp_path, str(bench), "--tool", "checkpatch", "--kernel", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert f"checkpatch: skipped, {tmp_path} has no scripts/checkpatch.pl" in done.stdout
    done = run(tmp_path, str(bench), "--only", "class=Z")
    assert (done.returncode, "no patch is labelled like this" in done.stdout) == (0, True)


@needs_git
@needs_scorer
@needs_spatch
def test_coccinelle_on_the_same_patches(tmp_path: Path) -> None:
    done = run(tmp_path, str(benchmark(tmp_path, SCORER)), "--tool", "coccinelle")
    assert done.returncode == 0, done.stderr
    row = next(row for row in done.stdout.splitlines() if row.startswith("  Coccinelle"))
    assert row.split()[1:] == [
        "mutations",
        "1",
        "of",
        "2",
        "50.0",
        "%",
        "1",
        "0",
        "100.0",
        "%",
        "100.0",
        "%",
    ]


@needs_spatch
def test_the_yardsticks_of_coccinelle() -> None:
    script = PACK / "rules" / "spatch-kvm-leak.cocci"
    leaking = OLD.replace(
        "\tlumen->last", "\tif (!lumen->ready)\n\t\treturn -EINVAL;\n\tlumen->last"
    )
    assert Spatch()(script, OLD) == ()
    assert Spatch()(script, leaking) == (Match(10),)


# Its parts


def test_twins_come_with_their_patches() -> None:
    labels = [
        label("e1"),
        label("e1w", twin_of="e1", id="t1"),
        label("u1", kind="put-deleted", id="u1"),
    ]
    assert [one["id"] for one in chosen(labels, ["kind=early-return", "class=A"])] == ["e1", "t1"]
    assert [one["id"] for one in chosen(labels, ["kind=put-deleted,other"])] == ["u1"]
    assert len(chosen(labels, [])) == len(KINDS)
    assert twin({"id": "t1w", "twin_of": "e1"}) == "e1w"
    assert twin({"id": "e1", "twin_of": None}) == ""


def test_a_removed_line_is_told_by_what_took_its_place() -> None:
    file = file_change("foo.c", " a", "-b", "+c", " d", "-e", start=10)
    assert [carried(file, old) for old in (10, 11, 12, 13, 99)] == [10, 12, 12, 12, 99]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (1, ("", 0)),
        (3, ("", 0)),
        (5, ("foo.c", 7)),
        (7, ("foo.c", 8)),
        (8, ("foo.c", 9)),
        (9, ("", 0)),
    ],
)
def test_checkpatch_s_lines_are_those_of_the_patch(
    tmp_path: Path, line: int, place: tuple[str, int]
) -> None:
    rows = [
        "Subject: x",
        "--- a/foo.c",
        "+++ b/foo.c",
        "@@ -7,2 +7,3 @@",
        " a",
        "-b",
        "+c",
        "+d",
        "-- ",
    ]
    patch = tmp_path / "x.patch"
    patch.write_text("\n".join(rows))
    assert checkpatch.place(patch, line) == place


@pytest.mark.skipif(shutil.which("perl") is None, reason="perl is not installed")
def test_checkpatch_is_asked_for_all_at_once(tmp_path: Path) -> None:
    """A script that stands for it: it says one thing about line 4 of every patch."""
    script = tmp_path / "scripts" / "checkpatch.pl"
    script.parent.mkdir()
    script.write_text('print "$_:4: WARNING:ODD_THING: odd\\n" for grep { !/^--/ } @ARGV;\n')
    patch = tmp_path / "x.patch"
    patch.write_text("--- a/foo.c\n+++ b/foo.c\n@@ -7 +7 @@\n+c\n-d\n")
    assert checkpatch.checkpatch(tmp_path) == script
    found = list(checkpatch.findings(script, {"x": patch}))
    assert found == [{"id": "x", "rule": "checkpatch:ODD_THING", "file": "foo.c", "line": 7}]


def test_tables_and_lists() -> None:
    table = Table("recall", ("class", "with a tree"), (("A", "1 of 2"),))
    assert table.text() == "recall\n  class  with a tree\n  A           1 of 2\n"
    assert (
        table.markdown()
        == "### Recall\n\n| class | with a tree |\n| --- | ---: |\n| A | 1 of 2 |\n"
    )
    assert (percent(1, 3), percent(0, 0), per_thousand(1, 8)) == ("33.3 %", "–", "125.0")
    assert list(grouped([("b", "1"), ("a", "2"), ("b", "3")])) == ["b", "a"]
    assert list(folded(["aaa", "bbb", "ccc"], "  ", 10)) == ["  aaa bbb", "  ccc"]
    assert "- **why** (1)\n  x1\n" in Listing("so", (("why", "x1"),), ()).markdown()
