"""How fast an audit is, beside the floor of reading and beside others, all of it measured in one run.

    python benchmarks/audit.py [ARCHIVE] [--rounds 5] [--linux ~/linux] [--b4 b4] [--page docs/audit-speed.md]

ARCHIVE is a repository in the format of public-inbox v2, or a bundle of one. Every run is a process of its own,
start-up included, with caches of its own; CPU is user and system of it and of all processes below. In each round
all runs come one after the other, and ratios are those of one round. Ends with 1 if a bound is broken, but for
a part of the archive (`--limit`), on which start-up weighs more than all else.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from auditing import archive
from auditing.machine import machine
from auditing.page import page, tables
from auditing.rounds import Others, measured
from labelled.tables import Table


def main() -> int:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("archive", type=Path, nargs="?", default=archive.DEFAULT)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=int, default=0, help="only the first so many mails")
    parser.add_argument("--sample", type=int, default=1000, help="mails for b4 and Patchwork")
    parser.add_argument("--patches", type=int, default=100, help="patches for checkpatch")
    parser.add_argument("--b4", default="b4")
    parser.add_argument("--linux", type=Path, help="a kernel source, for its checkpatch.pl")
    parser.add_argument("--parsearchive", default="", help="Patchwork's command; {} is an mbox")
    parser.add_argument("--page", type=Path, help="write the page there")
    asked = parser.parse_args()
    if not asked.archive.exists():
        print(f"Nothing to measure: there is no {asked.archive}")
        return 0
    who = Others(asked.sample, asked.patches, asked.b4, asked.linux, asked.parsearchive)
    with tempfile.TemporaryDirectory() as name:
        repository = archive.opened(asked.archive, Path(name), asked.limit)
        speeds = measured(repository, Path(name), asked.rounds, who)
    for title, headings, rows in tables(speeds):
        print(Table(title, headings, rows).text())
    if asked.page:
        asked.page.write_text(page(speeds, machine()))
    return int(not speeds.is_good and not asked.limit)


if __name__ == "__main__":
    sys.exit(main())
