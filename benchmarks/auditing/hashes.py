"""What a report is made of, as digests that can be held against each other.

Law: every file of the report counts, whatever it is called; the journal is none of them.
"""

from hashlib import sha256
from pathlib import Path

from msgspec import Struct

FINDINGS = "findings.jsonl"
_JOURNAL = "journal.sqlite3"


class Hashes(Struct, frozen=True):
    """SHA-256 of each file of a report, and how many findings it has."""

    files: dict[str, str]
    findings: int


def hashes(report: Path) -> Hashes:
    """Those of a report in a folder; a file that was left unfinished is one too."""
    files = {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in sorted(report.iterdir())
        if not path.name.startswith(_JOURNAL)
    }
    lines = (report / FINDINGS).read_bytes().count(b"\n") if FINDINGS in files else 0
    return Hashes(files, lines)
