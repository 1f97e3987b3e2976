"""docs/audit-speed.md: what was measured, as tables for a terminal and for a page."""

from collections.abc import Iterator

from .peers import Peer
from .running import Memory
from .speeds import FOUNDING, Speeds

Rows = tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]]

HEAD = """<!-- Written by `python benchmarks/audit.py --page docs/audit-speed.md`. -->
# How fast an audit is

All of it was measured in one run: {rounds} rounds, in each of which every run came once; shown are the medians, with
the least and the most. Every run is a process of its own, start-up included, with caches of its own. CPU is user and
system of it and of all processes below it, git too. Ratios travel; seconds are those of the machine.

- **Archive**: {name}, {mails} mails. It is not part of this repository.
- **Machine**: {machine}.
- **Floor**: every mail goes once through `git log` and `git cat-file --batch --buffer` into a Python that does
  nothing with it (`benchmarks/auditing/floor.py`). No audit can be faster than that.
"""
RUNS = {
    "floor": "the floor: read only",
    "all": "one process, all rules, no index yet",
    "again": "the same once more, index kept",
    "founding": f"one process, only `{FOUNDING}`, no index yet",
    "one": "a driver and one worker",
    "two": "a driver and two workers",
}
OTHERS = """
They do other things with a mail than an audit does: Patchwork files it in a database, b4 makes series of it, and
checkpatch looks at its style. What they share is that they have to go through all of it. `--no-filter` is an audit that
reads every patch as they do. Each runs in one process that is started once; b4 without its start.
"""


def page(speeds: Speeds, machine: str) -> str:
    """The whole page."""
    head = HEAD.format(
        rounds=speeds.rounds, name=speeds.name, mails=f"{speeds.mails:,}", machine=machine
    )
    parts = [head]
    for title, headings, rows in tables(speeds):
        parts += [f"\n## {title[:1].upper()}{title[1:]}\n"]
        if title == "beside others":
            parts += [OTHERS]
        rule = ["---", *("---:" for _ in headings[1:])]
        parts += [f"\n| {' | '.join(row)} |" for row in (headings, rule, *rows)]
        parts += ["\n"]
    return "".join(parts)


def tables(speeds: Speeds) -> Iterator[Rows]:
    """Titles, headings and rows."""
    yield (
        "bounds",
        ("what", "measured", "bound", ""),
        tuple(
            (b.what, b.figure, b.bound, "kept" if b.is_kept else "BROKEN") for b in speeds.bounds()
        ),
    )
    yield (
        "runs",
        ("run", "wall, s", "CPU, s", "mails per CPU-second", "CPU ÷ floor"),
        tuple(_runs(speeds)),
    )
    yield (
        "memory",
        ("MB at the most", "the archive", "twice the mails", "ratio"),
        tuple(row for run, one, two in speeds.memories for row in _memory(run, one, two)),
    )
    headings = (
        "who",
        "mails per CPU-second",
        "patches per CPU-second",
        "audit ÷ it",
        "audit, no filter ÷ it",
        "",
    )
    yield "beside others", headings, tuple(_others(speeds))


def _runs(speeds: Speeds) -> Iterator[tuple[str, ...]]:
    for run, words in RUNS.items():
        wall, cpu = speeds.spread(run, "wall"), speeds.spread(run, "cpu")
        yield (
            words,
            wall.text(),
            cpu.text(),
            speeds.rate(run).text(",.0f"),
            speeds.to_floor(run).text(),
        )
    for run in ("all", "one"):
        yield f"wall of “{RUNS[run]}” ÷ of two workers", speeds.gain(run).text(), "", "", ""


def _memory(run: str, one: Memory, two: Memory) -> Iterator[tuple[str, ...]]:
    pairs = [(f"{run}, driver", one.driver, two.driver)]
    for number, both in enumerate(zip(one.workers, two.workers, strict=False), 1):
        pairs.append((f"{run}, worker {number}", *both))
    pairs.append((f"{run}, the largest git", one.git, two.git))
    for words, before, after in pairs:
        ratio = f"{after / before:.2f}" if before else "–"
        yield words, f"{before:.0f}", f"{after:.0f}", ratio


def _others(speeds: Speeds) -> Iterator[tuple[str, ...]]:
    seconds = (speeds.spread("all", "cpu").middle, speeds.unfiltered.cpu)
    totals = {"mails": speeds.mails, "patches": speeds.patches}
    for who, each in zip(("reviewbot audit", "reviewbot audit --no-filter"), seconds, strict=True):
        yield who, *(f"{total / each:,.0f}" for total in totals.values()), "", "", ""
    for peer in speeds.peers:
        cells = (_rate(peer) if peer.what == what else "" for what in totals)
        yield (
            peer.name,
            *cells,
            *(_than(totals[peer.what] / each, peer) for each in seconds),
            peer.why,
        )


def _rate(peer: Peer) -> str:
    return f"{peer.rate:,.1f}" if peer.rate else "–"


def _than(ours: float, peer: Peer) -> str:
    return f"{ours / peer.rate:,.1f}" if peer.rate else ""
