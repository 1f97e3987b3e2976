"""The real belt over single patches, each alone: one process for each worker, not one for each patch."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import cache
from multiprocessing import Pool
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from msgspec import Struct

from reviewbot.config import load
from reviewbot.errors import InputError
from reviewbot.model.diff import FileChange, Side
from reviewbot.model.finding import Verdict
from reviewbot.model.series import Series
from reviewbot.model.tree import NoTree, Tree
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.review.kit import Kit
from reviewbot.review.outcome import Outcome
from reviewbot.review.review import review
from reviewbot.sources.files import read
from reviewbot.sources.trees import opened

from .causes import Miss, cause
from .sets import Label


class Task(Struct, frozen=True):
    """One patch to review: its label's id, its file, the tree (or empty), configuration, rules."""

    id: str
    patch: str
    tree: str = ""
    config: str = ""
    select: tuple[str, ...] = ()


class Result(Struct, frozen=True):
    """What came of a patch: findings as the scorer wants them, skips by reason, what failed."""

    id: str
    findings: tuple[dict[str, Any], ...]
    skips: tuple[str, ...]
    failures: tuple[str, ...]


def run(tasks: Sequence[Task], jobs: int, title: str) -> list[Result]:
    """The results, in order."""
    return [*told(each(reviewed, tasks, jobs), len(tasks), title)]


def causes(tasks: Sequence[tuple[Task, Label, dict[str, list[str]]]], jobs: int) -> list[str]:
    """For each missed patch, with its label and the names of rules: why it was missed."""
    return [*told(each(explained, tasks, jobs), len(tasks), "causes")]


def each(function: Any, tasks: Sequence[Any], jobs: int) -> Iterator[Any]:
    """The function's results, in order; in this process where there is one job."""
    if jobs <= 1:
        yield from map(function, tasks)
        return
    with Pool(jobs) as pool:
        yield from pool.imap(function, tasks, chunksize=8)
        pool.close()
        pool.join()


def told(results: Iterator[Any], total: int, title: str) -> Iterator[Any]:
    """The results again, with progress on stderr where that is a terminal."""
    for number, result in enumerate(results, 1):
        if sys.stderr.isatty() and (number % 50 == 0 or number == total):
            end = "\n" if number == total else ""
            print(f"\r{title}: {number} of {total}", end=end, file=sys.stderr, flush=True)
        yield result


def reviewed(task: Task) -> Result:
    """One patch through the belt."""
    found: list[dict[str, Any]] = []
    skips: list[str] = []
    failures: list[str] = []
    try:
        outcomes = [*outcomes_of(task)]
    except InputError as error:
        return Result(task.id, (), (str(error).rpartition(": ")[2],), ())
    for outcome in outcomes:
        skips += [skip.reason.value for skip in outcome.skipped]
        failures += [f"{f.rule} on {task.id}: {f.error}" for f in outcome.failures]
        found += [{"id": task.id, **record(outcome, verdict)} for verdict in outcome.verdicts]
    return Result(task.id, tuple(found), tuple(skips), tuple(failures))


def explained(missed: tuple[Task, Label, dict[str, list[str]]]) -> str:
    """Why the fault of a patch was missed."""
    task, label, names = missed
    try:
        seen = [*outcomes_of(task)]
    except InputError:
        return "the mail is not read as a patch"
    trees = tuple(tree_of(task, outcome.series) for outcome in seen)
    return cause(Miss(label, tuple(seen), trees, kit_of(task).pairs, names))


def outcomes_of(task: Task) -> Iterator[Outcome]:
    """The outcome of every series in the file of a patch; there is one, as a rule."""
    for one in series(message(raw) for raw in read(task.patch)):
        yield review(one, kit_of(task), tree_of(task, one))


def record(outcome: Outcome, verdict: Verdict) -> dict[str, Any]:
    """A finding as the scorer wants it: the line is that of the file after the patch."""
    finding = verdict.finding
    return {
        "rule": finding.rule,
        "file": finding.anchor.path,
        "line": line_after(outcome.series, verdict),
        "function": finding.function,
        "symbol": finding.symbol,
        "channel": verdict.channel.value,
    }


def line_after(series: Series, verdict: Verdict) -> int:
    """The line of a finding in the new file; of a removed line, the one that took its place."""
    anchor = verdict.finding.anchor
    if anchor.side is Side.NEW:
        return anchor.line
    files = (
        file
        for patch in series.patches
        if patch.message_id == anchor.message_id
        for file in patch.files
        if file.path == anchor.path
    )
    return next((carried(file, anchor.line) for file in files), anchor.line)


def carried(file: FileChange, old: int) -> int:
    """The number in the new file of the first line that is kept at or behind an old line of a hunk."""
    for hunk in file.hunks:
        if any(line.old == old for line in hunk.lines):
            kept = [line for line in hunk.lines if line.old >= old and line.new]
            behind = [line.new for line in hunk.lines if line.new]
            return kept[0].new if kept else (behind or [old])[-1]
    return old


@cache
def kit(config: str, select: tuple[str, ...]) -> Kit:
    """The kit of a worker."""
    return load(Path(config) if config else None).kit(select=select)


def kit_of(task: Task) -> Kit:
    """The kit a task asks for."""
    return kit(task.config, task.select)


@cache
def repositories() -> ExitStack:
    """The repositories of a worker, closed when it ends."""
    stack = ExitStack()
    Finalize(None, stack.close, exitpriority=1)
    return stack


@cache
def repository(path: str) -> Any:
    """A repository, open as long as the worker lives."""
    return repositories().enter_context(opened((Path(path),)))


def tree_of(task: Task, one: Series) -> Tree:
    """The tree a series of the task stands on."""
    found: Tree = repository(task.tree)(one) if task.tree else NoTree()
    return found
