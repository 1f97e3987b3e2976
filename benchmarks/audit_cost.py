"""What an audit costs by the million mails, and what all of lore would take on a cluster: measured, then reckoned.

    python benchmarks/audit_cost.py [ARCHIVE] [--grow 2000000] [--page docs/audit-cost.md]

An audit with all rules is carried out in this process, part by part: what workers do, what the driver does, what its
databases take, and how many bytes jobs and results are. Then jobs that do nothing go through worker processes and
through a real Dask scheduler, and an index is filled with invented rows, to see what it costs as it grows.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from auditing import archive, tasks
from auditing.costpage import page
from auditing.estimate import Measured
from auditing.growth import grown, shape
from auditing.machine import machine
from auditing.running import audit, cost, environment, memory
from auditing.weighing import spent, weighed

JOBS = 2_000


def main() -> int:
    """Measure, and print or write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("archive", type=Path, nargs="?", default=archive.DEFAULT)
    parser.add_argument("--limit", type=int, default=0, help="only the first so many mails")
    parser.add_argument("--grow", type=int, default=2_000_000, help="mails of the invented index")
    parser.add_argument("--jobs", type=int, default=JOBS, help="jobs that do nothing")
    parser.add_argument("--page", type=Path, help="write the page there")
    asked = parser.parse_args()
    if not asked.archive.exists():
        print(f"Nothing to weigh: there is no {asked.archive}")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ.update(environment(folder))
        repository = archive.opened(asked.archive, folder, asked.limit)
        found = measured(repository, folder, asked.grow, asked.jobs)
    text = page(found, repository.name.removesuffix(".git"), machine())
    if asked.page:
        asked.page.write_text(text)
    else:
        print(text)
    return 0


def measured(repository: Path, folder: Path, grow: int, jobs: int) -> Measured:
    """All that the page is made of."""
    told("an audit, weighed")
    weights = weighed(repository, folder / "weighed")
    begin = spent()
    archive.git("-C", repository, *archive.LOG)
    history = spent() - begin
    home = folder / "whole"
    home.mkdir()
    command = audit([repository], home / "report", "--executor", "inline")
    whole = cost(command, environment(home)).cpu
    told("memory")
    options = ("--executor", "processes", "--jobs", "2")
    taken = memory(audit([repository], folder / "report", *options), environment(folder))
    told("jobs that do nothing")
    pipe, dask = tasks.processes(jobs), tasks.dask(folder / "dask", jobs)
    told("an index that grows")
    like = shape(folder / "weighed" / "index")
    growth = tuple(grown(folder / "grown", like, grow))
    return Measured(weights, history, whole, taken, pipe, dask, growth)


def told(what: str) -> None:
    """Say on stderr how far it is."""
    print(f"{what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
