"""What reviewbot makes of a folder of mail: totals, problems by kind, how often each rule fires.

    python benchmarks/corpus.py ../shared/mail/patches
    python benchmarks/corpus.py --each ../shared/mail        every file for itself
    python benchmarks/corpus.py --show mail ../shared/mail/patches/none

`--each` reviews every file alone, as `reviewbot review FILE` does; without it everything below a folder is
one input. `--show CHANNEL` prints the findings of that channel to be read. Rates are per 1,000 patches.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from reviewbot.config import load
from reviewbot.errors import InputError
from reviewbot.model.message import Message
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.review.outcome import Outcome
from reviewbot.review.review import review
from reviewbot.sources.files import read


def inputs(paths: list[Path], each: bool) -> Iterator[list[Path]]:
    """The files, in the portions in which they are reviewed."""
    files = [f for p in paths for f in (sorted(p.rglob("*")) if p.is_dir() else [p]) if f.is_file()]
    yield from ([file] for file in files) if each else [files]


def mails(files: list[Path], unusable: Counter[str]) -> list[Message]:
    """The mails of these files; what cannot be read is counted by its sentence's last clause."""
    found: list[Message] = []
    for file in files:
        try:
            found.extend(message(raw) for raw in read(str(file)))
        except InputError as error:
            unusable[str(error).rpartition(": ")[2]] += 1
    return found


def main() -> None:
    """Review, count, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--each", action="store_true")
    parser.add_argument("--show", action="append", default=[])
    parser.add_argument("--select", action="append", default=[])
    parser.add_argument("--no-prefilter", action="store_true")
    options = parser.parse_args()
    kit = load().kit(select=options.select)
    if options.no_prefilter:
        kit = replace(kit, prefilter=False)
    total: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    fires: Counter[tuple[str, str]] = Counter()
    skips: Counter[tuple[str, str]] = Counter()
    unusable: Counter[str] = Counter()
    failures: list[str] = []
    clock = time.process_time()
    for files in inputs(options.paths, options.each):
        messages = mails(files, unusable)
        total["messages"] += len(messages)
        problems.update(p.kind.value for m in messages for p in m.problems)
        for one in series(messages):
            outcome = review(one, kit)
            total["series"] += 1
            total["kind " + one.kind.value] += 1
            total["patches"] += len(one.patches)
            total["replies written"] += len(outcome.replies)
            problems.update(p.kind.value for p in one.problems)
            problems.update(p.kind.value for patch in one.patches for p in patch.problems)
            fires.update((v.finding.rule, v.channel.value) for v in outcome.verdicts)
            fires.update((v.finding.rule, "gate") for v in outcome.gates)
            skips.update((s.rule, s.reason.value) for s in outcome.skipped)
            failures += [f"{f.rule} on {f.message_id}: {f.error}" for f in outcome.failures]
            show(outcome, options.show)
    spent = time.process_time() - clock
    print(f"{spent:.1f} CPU-s, {total['patches'] / max(spent, 1e-9):.0f} patches/CPU-s")
    for name, counter in (("totals", total), ("problems", problems), ("unusable files", unusable)):
        print(f"\n{name}")
        for key, count in sorted(counter.items()):
            print(f"  {count:7} {key}")
    print("\nfires (rule, channel): number, per 1,000 patches")
    for (rule, channel), count in sorted(fires.items()):
        print(f"  {rule:32} {channel:10} {count:6} {1000 * count / max(total['patches'], 1):8.2f}")
    print("\nskipped")
    for (rule, reason), count in sorted(skips.items()):
        print(f"  {rule:32} {reason:50} {count:6}")
    print(f"\nrule failures: {len(failures)}", *failures[:20], sep="\n  ")


def show(outcome: Outcome, channels: list[str]) -> None:
    """Findings of these channels with the diff around them, to be read."""
    bodies = {patch.message_id: patch.message for patch in outcome.series.patches}
    for verdict in outcome.verdicts:
        if verdict.channel.value not in channels:
            continue
        finding, mail = verdict.finding, bodies[verdict.finding.anchor.message_id]
        lines = mail.body.split("\n")
        at = finding.anchor.mail
        print(f"\n=== {finding.rule} ({verdict.channel.value}; {verdict.reason}) {mail.origin}")
        print(
            f"    {mail.subject}\n    {finding.anchor.path}:{finding.anchor.line} {finding.function}()"
        )
        for number in range(max(0, at - 8), min(len(lines), at + 9)):
            print(f"  {'→' if number == at else ' '} {lines[number][:130]}")
        print("    SAYS: " + verdict.comment)


if __name__ == "__main__":
    main()
