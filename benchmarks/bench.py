"""Run the labelled benchmark: recall, precision and false alarms, with a tree and without, beside other tools.

    python benchmarks/bench.py                                  everything, into the terminal
    python benchmarks/bench.py --page docs/benchmark.md         and as the page
    python benchmarks/bench.py --only class=A --tool tree       a part of it, to work with
    python benchmarks/bench.py --misses                         why each fault was missed

The patches are not part of the checkout: `../shared/bench` has them, and the scorer. Each patch is reviewed
alone. Coccinelle is asked where `spatch` is installed, checkpatch where a kernel source is; what is not there is
passed over, with the reason.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from labelled.belt import Task, causes, run
from labelled.checkpatch import checkpatch, findings
from labelled.page import Listing, page
from labelled.scoring import Score, in_channels, score, written
from labelled.sets import NAMES, Label, LabelledSet, sets
from labelled.tables import ALL, tables

HERE = Path(__file__).resolve().parent
BENCH = HERE.parents[1] / "shared" / "bench"
RULE_NAMES = HERE / "rule_names.json"
PACK = HERE / "cocci"

TREE, PLAIN, COCCINELLE, CHECKPATCH = "tree", "plain", "coccinelle", "checkpatch"
# What `reviewbot review` shows unless it is asked for less.
SHOWN = ("mail", "draft", "report")
TITLES = {
    TREE: "with a tree",
    PLAIN: "without a tree",
    COCCINELLE: "Coccinelle",
    CHECKPATCH: "checkpatch",
}


class Run(msgspec.Struct, frozen=True):
    """What one tool found, its tasks by id where reviewbot ran it, and a note for people."""

    findings: list[Mapping[str, Any]]
    tasks: dict[str, Task]
    note: str
    failures: list[str]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bench", nargs="?", type=Path, default=BENCH, help="the benchmark's folder")
    parser.add_argument("--set", action="append", choices=NAMES, dest="names", metavar="SET")
    parser.add_argument("--tool", action="append", choices=[*TITLES], dest="tools", metavar="TOOL")
    parser.add_argument("--only", action="append", default=[], metavar="FIELD=VALUE,…")
    parser.add_argument("--limit", type=int, default=0, metavar="N", help="patches of each set")
    parser.add_argument("--jobs", type=int, default=1, metavar="N")
    parser.add_argument(
        "--channel", action="append", dest="channels", help="what counts as said; default: mail"
    )
    parser.add_argument("--select", action="append", default=[], metavar="RULE")
    parser.add_argument("--config", type=Path, default=None, metavar="FILE")
    parser.add_argument("--kernel", type=Path, help="a kernel source with scripts/checkpatch.pl")
    parser.add_argument("--misses", action="store_true", help="list misses and alarms by cause")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the page")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep findings and figures here")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    scorer = options.bench / "score.py"
    if not scorer.is_file():
        print(f"Nothing to run: the labelled benchmark is not at {options.bench}.")
        return 0
    chosen = [*sets(options.bench, options.names or NAMES, options.only, options.limit)]
    chosen = [one for one in chosen if one.labels]
    if not chosen:
        print("Nothing to run: no patch is labelled like this.")
        return 0
    with tempfile.TemporaryDirectory(prefix="reviewbot-bench-") as scratch:
        folder = options.keep or Path(scratch)
        return measured(options, chosen, scorer, folder)


def measured(
    options: argparse.Namespace, chosen: Sequence[LabelledSet], scorer: Path, folder: Path
) -> int:
    """Run the tools, score, print; 1 if a rule failed anywhere."""
    runs: dict[str, Run] = {}
    notes: dict[str, str] = {}
    for tool in options.tools or TITLES:
        begin = time.monotonic()
        made = ran(tool, options, chosen, folder)
        if isinstance(made, str):
            notes[TITLES[tool]] = f"did not run: {made}."
            print(f"{TITLES[tool]}: skipped, {made}")
            continue
        runs[tool], notes[TITLES[tool]] = made, made.note
        print(f"{TITLES[tool]}: {time.monotonic() - begin:.0f} s. {made.note}")
        written(folder / f"{tool}.jsonl", made.findings)
    channels = options.channels or ["mail"]
    scores = {
        TITLES[tool]: dict(scored(tool, one, chosen, scorer, channels, folder))
        for tool, one in runs.items()
    }
    if not scores:
        return 0
    aloud = {
        f"{TITLES[tool]}, drafts too": dict(
            scored(tool, one, chosen, scorer, SHOWN, folder / "all")
        )
        for tool, one in runs.items()
        if tool in (TREE, PLAIN)
    }
    figures = [*tables(scores, aloud)]
    print("", *(table.text() for table in figures), sep="\n")
    listings = []
    if options.misses or options.page:
        for tool in (tool for tool in (TREE, PLAIN) if tool in runs):
            found = listing(tool, runs[tool], scores[TITLES[tool]][ALL], chosen, options.jobs)
            listings.append(found)
            print(found.text())
    if options.page:
        options.page.write_text(page(figures, listings, notes), encoding="utf-8")
        print(f"{options.page} written")
    failures = [failure for one in runs.values() for failure in one.failures]
    print(f"rule failures: {len(failures)}", *failures[:20], sep="\n  ")
    return int(bool(failures))


def ran(
    tool: str, options: argparse.Namespace, chosen: Sequence[LabelledSet], folder: Path
) -> Run | str:
    """What a tool finds in all patches, or why it did not run."""
    if tool == CHECKPATCH:
        script = checkpatch(options.kernel)
        if isinstance(script, str):
            return script
        patches = {label["id"]: one.patch(label) for one in chosen for label in one.labels}
        found = [*findings(script, patches, options.jobs)]
        return Run(found, {}, f"of {script.parents[1].name}; every message counts.", [])
    config, select = options.config, tuple(options.select)
    if tool == COCCINELLE:
        if shutil.which("spatch") is None:
            return "spatch (Debian package coccinelle) is not installed"
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "coccinelle.toml"
        config.write_text(f'packs = ["{PACK}"]\n', encoding="utf-8")
        select = tuple(path.stem for path in sorted((PACK / "rules").glob("*.cocci")))
    tasks = {
        label["id"]: Task(
            id=label["id"],
            patch=str(one.patch(label)),
            tree=str(one.tree) if one.tree and tool != PLAIN else "",
            config=str(config or ""),
            select=select,
        )
        for one in chosen
        for label in one.labels
    }
    results = run([*tasks.values()], options.jobs, TITLES[tool])
    found = [finding for result in results for finding in result.findings]
    if tool == COCCINELLE:  # a match counts wherever it goes: the mail is our own caution
        found = [{k: v for k, v in one.items() if k != "channel"} for one in found]
    skips = Counter(skip for result in results for skip in set(result.skips))
    note = f"{len(results)} patches, each alone"
    note += "".join(f"; {count} with checks skipped: {why}" for why, count in skips.most_common(3))
    failures = [failure for result in results for failure in result.failures]
    return Run(found, tasks, f"{note}.", failures)


def scored(
    tool: str,
    one: Run,
    chosen: Sequence[LabelledSet],
    scorer: Path,
    channels: Sequence[str],
    folder: Path,
) -> Iterator[tuple[str, Score]]:
    """The scores of each set and of all together."""
    said = in_channels(one.findings, channels)
    parts = {part.name: part.labels for part in chosen}
    if len(chosen) > 1 or not parts:
        parts[ALL] = tuple(label for part in chosen for label in part.labels)
    for name, labels in parts.items():
        ids = {label["id"] for label in labels}
        mine = [finding for finding in said if finding["id"] in ids]
        found = score(scorer, labels, mine, RULE_NAMES, folder / tool / name)
        yield name, found
        if len(parts) == 1:
            yield ALL, found


def listing(tool: str, one: Run, found: Score, chosen: Sequence[LabelledSet], jobs: int) -> Listing:
    """Every miss and every false alarm of a tool with its cause."""
    labels = {label["id"]: label for part in chosen for label in part.labels}
    by_file = {Path(label["patch"]).stem: patch_id for patch_id, label in labels.items()}
    names = msgspec.json.decode(RULE_NAMES.read_bytes(), type=dict[str, list[str]])
    missed = [by_file[stem] for stem in found.missed]
    why = causes([(one.tasks[patch], labels[patch], names) for patch in missed], jobs)
    alarms = [(by_file[stem], rule) for stem, rule in found.alarms]
    return Listing(
        TITLES[tool],
        tuple(zip(why, missed, strict=True)),
        tuple((f"{rule} on {what(labels[patch])}", patch) for patch, rule in alarms),
    )


def what(label: Label) -> str:
    """What a patch is on which a false alarm was raised."""
    if label["bug"]:
        return f"a faulty patch, but not at its fault ({label['class']} {label['kind']})"
    if label["class"] == "F":
        return "a merged patch"
    twin = label.get("twin_kind") or "unmodified"
    return f"a clean patch ({twin}: {label.get('mutated_class') or label['class']} {label['kind']})"


if __name__ == "__main__":
    sys.exit(main())
