"""References that the functions of a whole source tree forget, for reading: every function is looked at as it is.

    python benchmarks/standing.py --source ~/linux-6.12 virt/kvm arch/x86/kvm drivers/vfio

Prints one line a finding: file, function, line of the exit, object, getter, what proves it. There is no change here,
so what is printed stood in the tree already; reviewbot itself never tells of it.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from reviewbot.cmodel.balance import Balance
from reviewbot.cmodel.flow_build import flow
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.owed import Owed, Proof
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.stretch import whole
from reviewbot.config import load
from reviewbot.model.diff import Side


def main() -> int:
    """Read every C file below the folders; the exit status is 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", type=Path, required=True, help="an unpacked kernel source")
    parser.add_argument("--locks", action="store_true", help="locks in place of references")
    parser.add_argument("folders", nargs="+", help="folders below it")
    asked = parser.parse_args()
    table = load().kit().pairs
    pairs = table.of_locks if asked.locks else table
    counted: Counter[str] = Counter()
    begun = time.process_time()
    for folder in asked.folders:
        for path in sorted((asked.source / folder).rglob("*.c")):
            for line in _findings(path, str(path.relative_to(asked.source)), pairs, counted):
                print(line)
    spent = time.process_time() - begun
    print(f"{dict(counted)} in {spent:.1f} CPU-s", file=sys.stderr)
    return 0


def _findings(path: Path, name: str, pairs: PairTable, counted: Counter[str]) -> Iterator[str]:
    """The findings of one file, a line each."""
    lines = path.read_text("utf-8", "replace").splitlines()
    image = Image(name, Side.NEW, whole(tuple(lines)), True)
    balance = Balance(pairs)
    for function in image.outline.functions:
        counted["functions"] += 1
        graph = flow(image, function)
        if graph is None:
            counted["not read"] += 1
            continue
        for walk in balance.walks(graph, function):
            counted["objects"] += 1
            owed = Owed(walk)
            for end in walk.ends if walk.is_complete else ():
                proof = owed.proof(end)
                if proof is Proof.SIBLING:
                    counted["found"] += 1
                    line = graph.steps[end.step].line
                    take = next(iter(walk.ledger.takes.values()))
                    yield f"{name}:{line} {function.name}() {walk.ledger.text} by {take.getter.name}"
                    break


if __name__ == "__main__":
    sys.exit(main())
