"""Whether an audit finds the same whoever does the work, and whether mails are passed over or all reviewed.

    python benchmarks/sameness.py [ARCHIVE] [--limit 2000]

The same archive is audited with an index of its own each time: in one process, there without the filter, with two
worker processes, and with Dask: a real scheduler and two real workers that it reaches over TCP. Printed are the
SHA-256 of the findings (findings.jsonl) and the seconds. Without the filter every finding must be the same; with
another executor every file of the report. Ends with 1 where something differs.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from auditing import archive
from auditing.hashes import FINDINGS
from auditing.ways import DASK, Way, gone
from labelled.tables import Table

HEADINGS = ("way", "wall, s", "CPU, s", "findings", "SHA-256 of the findings", "")


def main() -> int:
    """Audit in every way; 1 if they differ."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("archive", type=Path, nargs="?", default=archive.DEFAULT)
    parser.add_argument("--limit", type=int, default=0, help="only the first so many mails")
    asked = parser.parse_args()
    if not asked.archive.exists():
        print(f"Nothing to compare: there is no {asked.archive}")
        return 0
    found = []
    with tempfile.TemporaryDirectory() as name:
        repository = archive.opened(asked.archive, Path(name), asked.limit)
        print(f"{repository.name}: {archive.count(repository):,} mails")
        for way in gone(repository, Path(name)):
            print(f"{way.name}: {way.cost.wall:.1f} s", file=sys.stderr, flush=True)
            found.append(way)
    if DASK not in [way.name for way in found]:
        print("Dask is not installed (pip install 'reviewbot[dask]'): not compared")
    print(Table("the same archive, audited", HEADINGS, tuple(rows(found))).text())
    return int(any(way.differs(found[0].made) for way in found))


def rows(found: Sequence[Way]) -> Iterator[tuple[str, ...]]:
    """The ways as rows of the table; what Dask's workers spent is not known."""
    for way in found:
        spent = (f"{way.cost.wall:.1f}", "" if way.name == DASK else f"{way.cost.cpu:.1f}")
        other = way.differs(found[0].made)
        verdict = f"DIFFER: {', '.join(other)}" if other else "identical"
        digest = way.made.files.get(FINDINGS, "")
        yield way.name, *spent, str(way.made.findings), digest, "" if way is found[0] else verdict


if __name__ == "__main__":
    sys.exit(main())
