"""b4's assembly of series from the mboxes of a folder, to be run by the Python that has b4.

    PYTHON benchmarks/auditing/assembly.py FOLDER

Prints b4's release, how many series came of it, and the CPU-seconds, without those of starting.
"""

import logging
import sys
import time
from pathlib import Path

import b4


def main() -> int:
    """Read every mbox, and take every revision of its series."""
    logging.disable(logging.CRITICAL)
    b4.can_network = False
    series = 0
    begin = time.process_time()
    for path in sorted(Path(sys.argv[1]).glob("*.mbox")):
        mailbox = b4.LoreMailbox()
        for mail in b4.mailsplit_bytes(path.read_bytes()):
            mailbox.add_message(mail)
        series += sum(mailbox.get_series(revision) is not None for revision in list(mailbox.series))
    print(b4.__VERSION__, series, f"{time.process_time() - begin:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
