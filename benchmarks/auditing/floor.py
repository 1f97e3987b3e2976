"""The floor of an audit: every mail of an archive goes through git into a Python that does nothing with it.

A program of its own, so that all it costs can be told from outside:

    python benchmarks/auditing/floor.py REPOSITORY

Prints mails and bytes.
"""

import subprocess
import sys
from tempfile import TemporaryFile

LOG = ("git", "log", "--raw", "-r", "--no-abbrev", "--no-renames", "--format=%H %at", "HEAD")
BATCH = ("git", "cat-file", "--batch", "--buffer")


def main() -> int:
    """Read all of it."""
    repository = sys.argv[1]
    mails = total = 0
    with TemporaryFile() as ids:
        with subprocess.Popen(LOG, cwd=repository, stdout=subprocess.PIPE) as log:
            ids.writelines(
                b"%s\n" % line.split()[3] for line in log.stdout or () if line[:1] == b":"
            )
        ids.seek(0)
        with subprocess.Popen(
            BATCH, cwd=repository, stdin=ids, stdout=subprocess.PIPE, bufsize=1 << 20
        ) as batch:
            assert batch.stdout is not None
            readline, read = batch.stdout.readline, batch.stdout.read
            while head := readline():
                fields = head.split()
                if len(fields) == 3:
                    total += len(read(int(fields[2]) + 1)) - 1
                    mails += 1
    print(mails, total)
    return 0


if __name__ == "__main__":
    sys.exit(main())
