"""`reviewbot post --send` is killed again and again; what became of each letter?

    python benchmarks/crashes.py --kills 200

A real server of mail runs in another process and keeps what it takes before it says so, as a server must. Rounds
of 50 approved letters are sent by `reviewbot post --send --offline`, which is killed with SIGKILL after a random
time and started again, until nothing is left to send. In every other round the server's own copies are the folder
of sent mails that `transport.sent` names. Afterwards each letter must have arrived exactly once, or be undecided;
ends with 1 if one arrived twice, or was lost.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from functools import reduce
from pathlib import Path

from crashing.rounds import LETTERS, Figures, rounds


def main() -> int:
    """Run rounds until there were enough kills; print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--letters", type=int, default=LETTERS)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        every = list(rounds(Path(name), asked.letters, asked.kills, asked.seed))
        left = (line for path in Path(name).glob("*/steps") for line in path.read_text().split())
        steps = Counter(left)
    total = reduce(Figures.plus, every)
    seconds = time.monotonic() - began
    print(f"{total.kills} kills in {len(every)} rounds of {asked.letters} letters, {seconds:.0f} s")
    for field in Figures.__struct_fields__[1:]:
        print(f"  {field.replace('_', ' '):20} {getattr(total, field):5}")
    ends = ", ".join(f"{step} {count}" for step, count in sorted(steps.items()) if step != "QUIT")
    print(f"  connections that ended after: {ends}")
    return not total.sound


if __name__ == "__main__":
    sys.exit(main())
