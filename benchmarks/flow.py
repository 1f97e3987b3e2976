"""How much of a source tree the flow model reads, and how fast.

    python benchmarks/flow.py --source linux-6.12 --sample 2000

Every function of every C file (or of a sample, by the hash of the path) goes through the flow model, in child
processes of bounded size. Prints: functions; refused, by reason; functions with an unknown region, by reason;
functions per CPU-second (one over the median time, and over the percentiles); the slowest. 1 where a bound is
broken: one in twenty unknown, or a median below 5,000 functions per CPU-second.
"""

import argparse
import multiprocessing
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from reviewbot.cmodel.flow import Flow, Why
from reviewbot.cmodel.flow_build import reading
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.outline import Function
from reviewbot.cmodel.stretch import whole
from reviewbot.model.diff import Side

MOST_UNKNOWN = 0.05
LEAST_RATE = 5000
_CHUNK = 40


class Seen(Struct, frozen=True):
    """What became of one function: reasons, CPU seconds, steps."""

    place: str
    refused: str
    unknown: tuple[str, ...]
    seconds: float
    steps: int
    is_conditional: bool


def functions(image: Image) -> Iterator[tuple[Function, Flow | Why, float]]:
    """The functions of an image with their flow or the reason why there is none, and the CPU seconds."""
    for function in image.outline.functions:
        clock = time.process_time_ns()
        found = reading(image, function)
        yield function, found, (time.process_time_ns() - clock) / 1e9


def read(paths: Sequence[str]) -> list[Seen]:
    """What became of the functions of some files."""
    seen = []
    for path in paths:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
        if "{" not in text:  # as in headers of register names, which are much of a kernel
            continue
        image = Image(path, Side.NEW, whole(tuple(text.removesuffix("\n").split("\n"))), True)
        for function, found, seconds in functions(image):
            place = f"{path}:{function.first} {function.name}"
            lines = [image.code(n).lstrip() for n in range(function.first, function.last + 1)]
            is_conditional = any(line.startswith("#") for line in lines)
            if isinstance(found, Flow):
                unknown = tuple(step.why.value for step in found.steps if step.why)
                seen.append(Seen(place, "", unknown, seconds, len(found.steps), is_conditional))
            else:
                seen.append(Seen(place, found.value, (), seconds, 0, is_conditional))
    return seen


def files(source: Path, sample: int) -> list[str]:
    """The C files of a tree in order; at most `sample` of them where that is not 0."""
    found = sorted(str(path) for path in source.rglob("*.[ch]") if path.is_file())
    if sample and sample < len(found):
        found = sorted(sorted(found, key=lambda path: zlib.crc32(path.encode()))[:sample])
    return found


def everything(paths: Sequence[str]) -> list[Seen]:
    """What became of all functions, a child process being replaced after a few hundred files."""
    chunks = [paths[at : at + _CHUNK] for at in range(0, len(paths), _CHUNK)]
    with multiprocessing.Pool(1, maxtasksperchild=10) as pool:
        return [seen for chunk in pool.imap(read, chunks) for seen in chunk]


def main() -> int:
    """Measure and print; 1 if a bound is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--source", type=Path, required=True, help="an unpacked source tree")
    parser.add_argument("--sample", type=int, default=0, help="that many files only")
    parser.add_argument("--list", default="", help="also name the functions with this reason")
    parser.add_argument("--most", type=int, default=40, help="how many to name")
    options = parser.parse_args()
    paths = files(options.source, options.sample)
    found = everything(paths)
    report(paths, found)
    if options.list:
        named = (s for s in found if options.list in (s.refused, *s.unknown))
        for one in sorted(named, key=lambda s: zlib.crc32(s.place.encode()))[: options.most]:
            print(one.place)
    median = sorted(seen.seconds for seen in found)[len(found) // 2]
    return int(not_read(found) > MOST_UNKNOWN or 1 / median < LEAST_RATE)


def not_read(found: Sequence[Seen]) -> float:
    """The share of functions that were refused or have an unknown region."""
    return sum(bool(seen.refused or seen.unknown) for seen in found) / max(len(found), 1)


def report(paths: Sequence[str], found: Sequence[Seen]) -> None:
    """Print the figures."""
    total = len(found)
    print(f"{len(paths)} files, {total} functions, {sum(s.steps for s in found)} steps")
    print(f"with a directive inside: {sum(s.is_conditional for s in found)}")
    for name, reasons in (
        ("refused", Counter(s.refused for s in found if s.refused)),
        ("unknown", Counter(why for s in found for why in set(s.unknown))),
    ):
        count = sum(bool(s.refused if name == "refused" else s.unknown) for s in found)
        print(f"{name}: {count} functions ({count / total:.2%})")
        for why, number in reasons.most_common():
            print(f"    {number:7} {number / total:7.3%}  {why}")
    print(f"refused or unknown: {not_read(found):.2%}  bound <= {MOST_UNKNOWN:.0%}")
    times = sorted(seen.seconds for seen in found)
    for part in (0.5, 0.9, 0.99, 0.999):
        at = times[min(int(part * total), total - 1)]
        bound = f"  bound >= {LEAST_RATE}" if part == 0.5 else ""
        print(f"functions per CPU-second, {part:7.1%}: {1 / max(at, 1e-9):9.0f}{bound}")
    print(f"functions per CPU-second, mean   : {total / sum(times):9.0f}")
    slowest = max(found, key=lambda seen: seen.seconds)
    print(f"slowest: {slowest.seconds * 1000:.1f} ms, {slowest.steps} steps, {slowest.place}")


if __name__ == "__main__":
    sys.exit(main())
