"""The figures of a run as tables, for a terminal and for a page."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from .scoring import Score

DIMENSIONS = {
    "class": "class",
    "kind": "kind",
    "rule": "rule of the benchmark",
    "family": "family",
    "form": "form",
    "context": "context (lines around a hunk, or W: the whole function)",
    "acquire in patch": "whether the patch shows the acquire",
}


# Groups of clean patches that other groups hold: by list, by family.
_FINER = re.compile(r"F (?!real|touching)|E unmodified (?!code)")


class Table(Struct, frozen=True):
    """A title, headings, rows of cells."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def text(self) -> str:
        """Columns for a terminal, the first to the left and the others to the right."""
        rows = [self.headings, *self.rows]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join([*_aligned(row, widths)]).rstrip() for row in rows)
        return "\n".join([self.title, *(f"  {line}" for line in lines)]) + "\n"

    def markdown(self) -> str:
        """A table of a page."""
        rule = ["---", *("---:" for _ in self.headings[1:])]
        rows = (f"| {' | '.join(row)} |" for row in (self.headings, rule, *self.rows))
        return "\n".join([f"### {self.title[:1].upper()}{self.title[1:]}", "", *rows]) + "\n"


def _aligned(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    yield row[0].ljust(widths[0])
    for cell, width in zip(row[1:], widths[1:], strict=True):
        yield cell.rjust(width)


# For each tool, by its title: the score of each set, by its name, and of all.
Scores = Mapping[str, Mapping[str, Score]]
ALL = "all"


def tables(scores: Scores, more: Scores) -> Iterator[Table]:
    """Every table of a run; `more` are scores that only the summary shows."""
    yield summary({**scores, **more})
    yield alarms(scores)
    for dimension, words in DIMENSIONS.items():
        table = recall(scores, dimension, f"recall by {words}")
        if table.rows:
            yield table
    yield rules(scores)


def summary(scores: Scores) -> Table:
    """The figures of each tool, set by set; a set without faults has no recall."""
    rows = [
        (tool if name == first else "", name, *_figures(score))
        for tool, sets in scores.items()
        for first in [next(iter(sets))]
        for name, score in sets.items()
    ]
    headings = ("tool", "set", "found", "recall", "right", "wrong", "precision", "told apart")
    return Table("summary", headings, tuple(rows))


def _figures(score: Score) -> tuple[str, ...]:
    found, expected = score.recall(ALL, ALL)
    apart, pairs = score.data["pairs"]
    return (
        f"{found} of {expected}",
        percent(found, expected),
        str(score.right),
        str(score.wrong),
        percent(score.right, score.right + score.wrong),
        percent(apart, pairs),
    )


def alarms(scores: Scores) -> Table:
    """False alarms per 1,000 clean patches, by what the patches are."""
    groups = sorted({name for sets in scores.values() for name in sets[ALL].clean})
    groups = [group for group in groups if not _FINER.match(group)]
    rows = []
    for group in groups:
        figures = [sets[ALL].clean.get(group, (0, 0, 0)) for sets in scores.values()]
        counts = (f"{wrong} ({per_thousand(wrong, total)})" for total, wrong, _ in figures)
        rows.append((group, str(max(total for total, _, _ in figures)), *counts))
    headings = ("clean patches", "patches", *scores)
    return Table("false alarms on clean patches (per 1,000)", headings, tuple(rows))


def recall(scores: Scores, dimension: str, title: str) -> Table:
    """Found of expected, by the values of one dimension of the labels."""
    values = {v for sets in scores.values() for d, v in sets[ALL].values if d == dimension}
    rows = []
    for value in sorted(values):
        cells = (sets[ALL].recall(dimension, value) for sets in scores.values())
        rows.append((value, *(f"{f} of {e} ({percent(f, e)})" for f, e in cells)))
    return Table(title, (dimension, *scores), tuple(rows))


def rules(scores: Scores) -> Table:
    """Right and wrong findings by the tool's own rule; checkpatch has too many kinds of message."""
    found = {rule for sets in scores.values() for rule in sets[ALL].by_rule}
    names = sorted(rule for rule in found if not rule.startswith("checkpatch:"))
    rows = [
        (rule, *(_right_and_wrong(sets[ALL].by_rule.get(rule)) for sets in scores.values()))
        for rule in names
    ]
    return Table("right and wrong findings by rule", ("rule", *scores), tuple(rows))


def _right_and_wrong(figures: tuple[int, int] | None) -> str:
    return f"{figures[0]} / {figures[1]}" if figures else ""


def grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Ids by their cause, the most frequent cause first."""
    found: dict[str, list[str]] = {}
    for cause, patch in pairs:
        found.setdefault(cause, []).append(patch)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def percent(part: int, whole: int) -> str:
    """With one digit behind the point; a dash of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def per_thousand(part: int, whole: int) -> str:
    """With one digit behind the point; a dash of nothing."""
    return f"{1000 * part / whole:.1f}" if whole else "–"
