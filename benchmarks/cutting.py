"""Audits are killed again and again, driver and workers, and resumed: is the report what it would have been?

    python benchmarks/cutting.py [ARCHIVE] [--kills 100] [--seed 1] [--limit 2000]

An audit with two workers is run undisturbed; then rounds of the same, each with a new index and a new journal, are
struck by SIGKILL at random times: the driver, or one of its workers. One kill in six waits until the report is being
written, which is soon done. What was killed is started again with --resume until it ends. Then every file of the
report must be the one of the undisturbed run, and no other may be there. Mails lie in the page cache from the first
run on. Prints what was hit; ends with 1 if a report differs, if a run ended by itself otherwise than well, or if a
process outlived its driver.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from random import Random

from auditing import archive
from auditing.hashes import Hashes, hashes
from auditing.kills import PHASES, VICTIMS, Round, Trial, slices, struck
from auditing.running import audit, cost, environment
from labelled.tables import Table

FORMS = ("html", "markdown", "csv", "jsonl", "sarif")
WAY = ("--executor", "processes", "--jobs", "2")
MOST_ROUNDS = 1000


def main() -> int:
    """Run rounds until there were enough kills; print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("archive", type=Path, nargs="?", default=archive.DEFAULT)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=0, help="only the first so many mails")
    asked = parser.parse_args()
    if not asked.archive.exists():
        print(f"Nothing to kill: there is no {asked.archive}")
        return 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repository = archive.opened(asked.archive, folder, asked.limit)
        trial, whole = undisturbed(repository, folder)
        print(
            f"{repository.name}: {archive.count(repository):,} mails, {whole.findings:,} findings,"
            f" {trial.slices} slices, {trial.span:.1f} s undisturbed; files: {', '.join(whole.files)}"
        )
        every = list(rounds(trial, whole, folder, asked.kills, asked.seed))
    return told(every, time.monotonic() - began)


def undisturbed(repository: Path, folder: Path) -> tuple[Trial, Hashes]:
    """An audit that nobody disturbs: how it is run, and what it writes."""
    home = folder / "undisturbed"
    home.mkdir()
    forms = (*FORMS, "parquet") if find_spec("duckdb") else FORMS
    options = (*WAY, "--format", ",".join(forms))
    spent = cost(audit([repository], home / "report", *options), environment(home))
    count = slices(home / "report")
    # The folder of the report is filled in for each round.
    return (
        Trial((str(repository), *options), {}, home / "report", spent.wall, count),
        hashes(home / "report"),
    )


def rounds(
    trial: Trial, whole: Hashes, folder: Path, kills: int, seed: int
) -> Iterator[tuple[Round, list[str]]]:
    """Rounds with so many kills in all, each with the files that differ."""
    chance = Random(seed)
    left, span = kills, trial.span
    source, *options = trial.command
    for number in range(MOST_ROUNDS):
        if left <= 0:
            return
        home = folder / f"round-{number}"
        home.mkdir()
        report = home / "report"
        command = audit([Path(source)], report, *options)
        this = Trial(command, environment(home), report, span, trial.slices)
        found = struck(this, chance, left)
        left -= sum(found.kills.values())
        if not found.kills:
            # A run that nobody struck; the first one may have been slow.
            span = min(span, found.seconds)
        made = hashes(report) if report.is_dir() else Hashes({}, 0)
        names = {*made.files, *whole.files}
        other = sorted(name for name in names if made.files.get(name) != whole.files.get(name))
        said = f"DIFFERS: {', '.join(other)}" if other else "identical"
        print(
            f"round {number + 1}: {sum(found.kills.values())} kills, {said}",
            file=sys.stderr,
            flush=True,
        )
        yield found, other


def told(every: list[tuple[Round, list[str]]], seconds: float) -> int:
    """Print what came of it; 1 if something went wrong."""
    hit: Counter[tuple[str, str]] = Counter()
    for one, _ in every:
        hit.update(one.kills)
    print(Table(*table(hit)).text())
    runs = sum(one.runs for one, _ in every)
    outlived = sum(one.outlived for one, _ in every)
    complaints = [words for one, _ in every for words in one.complaints]
    same = sum(not other for _, other in every)
    print(f"{sum(hit.values())} kills in {len(every)} rounds of {runs} runs, {seconds:.0f} s")
    print(f"  reports as undisturbed            {same} of {len(every)}")
    print(f"  processes that outlived a driver  {outlived}")
    print(f"  runs that ended badly unkilled    {len(complaints)}")
    for words in complaints:
        print(f"\n{words}")
    return int(same < len(every) or bool(outlived) or bool(complaints))


def table(
    hit: Mapping[tuple[str, str], int],
) -> tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Kills by what was going on and by what was killed."""
    rows = [(phase, *(str(hit.get((phase, victim), 0)) for victim in VICTIMS)) for phase in PHASES]
    sums = (sum(hit.get((phase, victim), 0) for phase in PHASES) for victim in VICTIMS)
    return "kills", ("killed during", *VICTIMS), (*rows, ("all", *map(str, sums)))


if __name__ == "__main__":
    sys.exit(main())
