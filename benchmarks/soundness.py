"""Whether the sieve loses a finding: everything is reviewed with every rule, then asked of the marks.

    python benchmarks/soundness.py ../shared/bench/*/patches ../shared/mail --archive kvmarm.git

A file is reviewed alone, a public-inbox repository as a whole. For each rule with a finding in a series some mail
of that series must be marked, or all of them together; reviews are without a source tree and without the prefilter.
Prints: mails, mails with a diff, series; the findings and those that were lost; the share of diffs that is marked,
of all and by rule; microseconds a mail. 1 where a finding was lost.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.config import load
from reviewbot.errors import InputError
from reviewbot.model.message import RawMessage
from reviewbot.model.series import Series, SeriesKind
from reviewbot.model.tree import NoTree
from reviewbot.parse.mail import message
from reviewbot.parse.skim import skim
from reviewbot.parse.thread import series
from reviewbot.review.engine import findings
from reviewbot.review.kit import Kit
from reviewbot.review.sieve import Sieve, sieve
from reviewbot.sources import files
from reviewbot.sources.mirror.epoch import opened
from reviewbot.sources.mirror.history import changes, mails


class Tally(Struct):
    """What was seen so far."""

    mails: int = 0
    diffs: int = 0
    marked: int = 0
    series: int = 0
    found: int = 0
    skimming: float = 0
    marking: float = 0
    lost: list[str] = []
    fired: Counter[str] = Counter()
    by_rule: Counter[str] = Counter()


def _batches(
    paths: Sequence[Path], archives: Sequence[Path]
) -> Iterator[tuple[str, list[RawMessage]]]:
    """The mails that are reviewed together, with where they come from."""
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                try:
                    yield str(file), list(files.read(str(file)))
                except InputError:
                    continue
    for archive in archives:
        with opened(archive) as epoch:
            there = (change for change in changes(epoch) if not change.gone)
            found = [RawMessage(data, change.blob) for change, data in mails(epoch, there)]
        yield str(archive), found


def _ask(name: str, batch: Iterable[RawMessage], kit: Kit, told: Sieve, tally: Tally) -> None:
    marks: dict[str, int] = {}
    texts: dict[str, bytes] = {}
    messages = []
    for raw in batch:
        start = time.process_time()
        seen = skim(raw.data)
        middle = time.process_time()
        mask = told.marks(seen.text)
        tally.marking += time.process_time() - middle
        tally.skimming += middle - start
        tally.mails += 1
        tally.diffs += seen.is_diff
        tally.marked += mask != 0
        tally.by_rule.update(told.rules(mask))
        marks[seen.message_id] = marks.get(seen.message_id, 0) | mask
        texts[seen.message_id] = seen.text
        messages.append(message(raw))
    for one in series(messages):
        if one.kind is SeriesKind.PATCHES and one.patches:
            _judge(name, one, marks, texts, kit, told, tally)


def _judge(
    name: str,
    one: Series,
    marks: dict[str, int],
    texts: dict[str, bytes],
    kit: Kit,
    told: Sieve,
    tally: Tally,
) -> None:
    tally.series += 1
    fired = {found.rule for found in findings(one, kit, NoTree()).findings}
    tally.found += len(fired)
    tally.fired.update(fired)
    ids = [patch.message_id for patch in one.patches]
    mask = 0
    for each in ids:
        mask |= marks.get(each, 0)
    missing = fired - set(told.rules(mask))
    if missing:
        missing -= set(told.rules(told.together([texts.get(each, b"") for each in ids])))
    tally.lost += [f"{rule}: {one.message_id} ({name})" for rule in sorted(missing)]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path, help="mails, mboxes, folders")
    parser.add_argument(
        "--archive", action="append", default=[], type=Path, help="a public-inbox repository"
    )
    parser.add_argument("--slow", action="store_true", help="without hyperscan")
    given = parser.parse_args()
    kit = load(None).kit((), (), ())
    told = sieve(kit.rules, kit.pairs, kit.options, fast=not given.slow)
    told.marks(b"diff")
    tally = Tally()
    for name, batch in _batches(given.paths, given.archive):
        _ask(name, batch, replace(kit, prefilter=False), told, tally)
    print(f"{tally.mails} mails, {tally.diffs} with a diff, {tally.series} series of patches")
    print(f"{tally.found} rules with a finding in a series, {len(tally.lost)} lost")
    each = 1e6 / max(tally.mails, 1)
    print(f"skim {tally.skimming * each:.1f} µs, marks {tally.marking * each:.1f} µs a mail (CPU)")
    print(
        f"marked: {tally.marked} mails, {tally.marked / max(tally.diffs, 1):.1%} of those with a diff"
    )
    for rule in told.names:
        print(f"{tally.by_rule[rule]:7} marked {tally.fired[rule]:6} fired  {rule}")
    print(*tally.lost, sep="\n")
    return 1 if tally.lost else 0


if __name__ == "__main__":
    sys.exit(main())
