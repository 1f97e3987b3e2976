"""What the review of a long series costs with a kernel tree: wall, CPU, memory.

    python benchmarks/series.py --tree ~/linux.git [--patches 26] [--files 109] [--mbox FILE]

The series is invented: every patch changes one long file (of about --lines lines) and some others, all of them
files that mention a trigger of the rules, always as the patches before it left them. Its ids are those git would give, so the tree knows
the texts the first patch of each file starts from, and only those. With --mbox the mails of that file are
reviewed in its place.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from hashlib import sha1
from pathlib import Path
from typing import NamedTuple

WORDS = ("kvm_get_kvm", "try_module_get", "EXPORT_SYMBOL_GPL")
FOLDERS = ("virt", "drivers/vfio", "arch/x86/kvm", "arch/s390/kvm", "drivers/s390", "drivers/gpu")
# What the patches add; as in real series, most of it is of no concern to any rule.
ADDED = (
    ("\tlamp_count(lamp);",),
    ("\tkvm_get_kvm(lamp->kvm);", "\tlamp_run(lamp->kvm);", "\tkvm_put_kvm(lamp->kvm);"),
    ("\tlamp_mark(lamp, 1);", "\tlamp_count(lamp);"),
    ("\tif (lamp->count > 1)", "\t\tlamp_mark(lamp, 2);"),
    ("\tif (!try_module_get(lamp->owner))", "\t\tlamp_count(lamp);"),
    ("\tlamp->count = lamp_number(lamp);",),
    ("\tWRITE_ONCE(lamp->seen, true);",),
    ("\tlamp_trace(lamp, __func__);", "\tlamp_count(lamp);"),
)
CONTEXT = 3
WALL, MEMORY = 3.0, 300

MAIL = """From mboxrd@z Thu Jan  1 00:00:00 1970
From: A. Author <a@example.org>
Date: Mon, 02 Dec 2024 09:{number:02}:00 +0000
Subject: [PATCH {number}/{total}] lamp: Count part {number}
Message-ID: <{number}@example.org>
In-Reply-To: <1@example.org>

Count part {number}.

Signed-off-by: A. Author <a@example.org>
---
{diffs}--\x20
2.39.5

"""


class Cost(NamedTuple):
    """Seconds of wall and CPU, MiB of memory at the most, of one run and the git below it."""

    wall: float
    cpu: float
    memory: float


def git(tree: Path, *arguments: str) -> str:
    """What a git command prints in the tree."""
    done = subprocess.run(("git", "-C", tree, *arguments), capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def chosen(tree: Path, number: int, length: int) -> dict[str, list[str]]:
    """The lines of so many C files that mention a trigger, by path, the one of about that length first."""
    words = [part for word in WORDS for part in ("-e", word)]
    found = git(tree, "grep", "-lzw", *words, "HEAD", "--", *FOLDERS).split("\0")
    paths = sorted(name.partition(":")[2] for name in found if name.endswith(".c"))
    texts = paths[:: max(len(paths) // number, 1)]
    counted = git(tree, "grep", "-cz", "", "HEAD", "--", *paths).split("\n")
    lines = {
        name.partition(":")[2]: int(n) for name, _, n in (r.partition("\0") for r in counted if r)
    }
    longest = min(paths, key=lambda path: abs(lines[path] - length))
    ordered = [longest, *(path for path in texts if path != longest)][:number]
    return {path: git(tree, "show", f"HEAD:{path}").split("\n")[:-1] for path in ordered}


def places(lines: Sequence[str]) -> list[int]:
    """Where a statement may be put in: before the last `return` of a function."""
    ends = (n for n, line in enumerate(lines) if line == "}" and n > CONTEXT)
    return [n - 1 for n in ends if lines[n - 1].startswith("\treturn") and lines[n - 1][-1] == ";"]


def changed(path: str, lines: list[str], number: int) -> tuple[str, list[str]]:
    """The diff of the numbered patch for a file, and the lines after it."""
    free = places(lines)
    picked = sorted({free[(number * 7 + n * 13) % len(free)] for n in range(3)}) if free else [0]
    result, hunks, done = [], [], 0
    for place in (p for n, p in enumerate(picked) if not n or p - picked[n - 1] > 2 * CONTEXT):
        added = ADDED[(number + place) % len(ADDED)]
        first, last = max(place - CONTEXT, 0), min(place + CONTEXT, len(lines))
        result += [*lines[done:place], *added]
        start = len(result) - len(added) - (place - first) + 1
        old, new = last - first, last - first + len(added)
        hunks.append(f"@@ -{first + 1},{old} +{start},{new} @@")
        hunks += [f" {line}" for line in lines[first:place]]
        hunks += [f"+{line}" for line in added]
        hunks += [f" {line}" for line in lines[place:last]]
        done = place
    result += lines[done:]
    index = f"index {blob_id(lines)}..{blob_id(result)} 100644"
    head = (f"diff --git a/{path} b/{path}", index, f"--- a/{path}", f"+++ b/{path}")
    return "".join(f"{line}\n" for line in (*head, *hunks)), result


def blob_id(lines: Sequence[str]) -> str:
    """The id git would give the text, abbreviated as in a kernel tree."""
    data = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
    return sha1(b"blob %d\0%s" % (len(data), data)).hexdigest()[:12]


def mails(texts: dict[str, list[str]], total: int) -> Iterator[str]:
    """The mails of the series; each patch changes the first file and its share of the others."""
    first, *others = texts
    for number in range(1, total + 1):
        share = others[number - 1 :: total]
        diffs = []
        for path in (first, *share, others[number % len(others)]):
            diff, texts[path] = changed(path, texts[path], number)
            diffs.append(diff)
        yield MAIL.format(number=number, total=total, diffs="".join(diffs))


def cost(arguments: Sequence[str]) -> Cost:
    """What a cold `reviewbot review` of the arguments takes."""
    command = (sys.executable, "-m", "reviewbot", "review", "--format", "jsonl", *arguments)
    clock = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - clock
    if status:
        raise SystemExit(f"reviewbot ended with {os.waitstatus_to_exitcode(status)}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def main() -> int:
    """Measure and print; 1 if a bound is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--tree", type=Path, required=True, help="a git repository of the kernel")
    parser.add_argument("--patches", type=int, default=26)
    parser.add_argument("--files", type=int, default=109)
    parser.add_argument("--lines", type=int, default=6000, help="of the file all patches change")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--mbox", type=Path, help="review this in place of an invented series")
    parser.add_argument("--keep", type=Path, help="write the invented series there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        mbox = options.mbox or options.keep or Path(folder) / "series.mbox"
        if not options.mbox:
            texts = chosen(options.tree, options.files, options.lines)
            longest = len(next(iter(texts.values())))
            mbox.write_text("".join(mails(texts, options.patches)), errors="surrogateescape")
            print(
                f"{options.patches} patches, {len(texts)} files, every patch changes one of {longest} lines"
            )
        runs = {
            "with the tree": [
                cost(["--tree", str(options.tree), str(mbox)]) for _ in range(options.runs)
            ],
            "without": [cost([str(mbox)]) for _ in range(options.runs)],
        }
    broken = False
    for name, found in runs.items():
        best = min(found)
        middle = sorted(found)[len(found) // 2]
        memory = max(run.memory for run in found)
        broken |= middle.wall > WALL or memory > MEMORY
        print(
            f"{name:14} {middle.wall:6.2f} s wall (best {best.wall:.2f}, bound {WALL:.0f})"
            f" {middle.cpu:6.2f} s CPU {memory:5.0f} MiB (bound {MEMORY})"
        )
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
