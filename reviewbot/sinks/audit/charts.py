"""Charts: where the bars of a chart stand, as numbers for SVG.

Law: all charts of a report share one axis of time, with so few bars that each can be seen; a bar's length is
its count and nothing else. Plain arithmetic; must not know colours, words or files.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from reviewbot.sinks.audit.score import Score

WIDTH = 960
HEIGHT = 150
SPARK = 20
MOST_BARS = 96
# The widest bar: few bars do not fill the chart.
_WIDEST = 40
# Months in a bar: a month, a quarter, half a year, a year; more where that is still too fine.
_UNITS = (1, 3, 6, 12)
_YEAR = 12
_LABELS = 12


class Bar(Struct, frozen=True):
    """One bar: `x` and `width`, and for each part how far down it begins and how high it is; its months."""

    x: float
    width: float
    parts: tuple[tuple[float, float], ...]
    score: Score
    name: str


class Tick(Struct, frozen=True):
    """A mark on an axis: where, and what it says."""

    place: float
    text: str


class Timeline(Struct, frozen=True):
    """An axis of time: its first month (see `tables.month`), the months in a bar, the bars."""

    first: int
    unit: int
    count: int

    def sums(self, months: Mapping[int, int]) -> list[int]:
        """What the months of each bar have together."""
        bars = [0] * self.count
        for when, number in months.items():
            bars[(when - self.first) // self.unit] += number
        return bars

    def name(self, bar: int) -> str:
        """The months of a bar: `2021-04`, `2021-04 to 2021-06`, or a year."""
        begin = self.first + bar * self.unit
        end = begin + self.unit - 1
        if self.unit == _YEAR:
            return str(begin // _YEAR)
        return month_name(begin) if begin == end else f"{month_name(begin)} to {month_name(end)}"

    @property
    def step(self) -> float:
        """How far it is from one bar to the next."""
        return min(_WIDEST, WIDTH / self.count)

    @property
    def room(self) -> int:
        """How many bars a small row has room for."""
        return max(self.count, WIDTH // _WIDEST)

    def years(self) -> list[Tick]:
        """Where years begin, as many as have room for their number; within one year, its first month."""
        first, last = -(-self.first // _YEAR), (self.first + self.count * self.unit - 1) // _YEAR
        step = next(s for s in (1, 2, 5, 10, 20, 50, 1000) if (last - first) // s < _LABELS)
        scale = self.step / self.unit
        ticks = [
            Tick(_short((year * _YEAR - self.first) * scale), str(year))
            for year in range(first, last + 1)
            if year % step == 0
        ]
        return ticks or [Tick(0, month_name(self.first))]


def timeline(months: Iterable[int]) -> Timeline | None:
    """An axis that has all these months, beginning with a whole bar; None without any."""
    known = sorted(months)
    if not known:
        return None
    span = known[-1] - known[0] + 1
    unit = next((u for u in _UNITS if span / u <= MOST_BARS), 0)
    unit = unit or -(-span // MOST_BARS // _YEAR) * _YEAR
    first = known[0] // unit * unit
    return Timeline(first, unit, (known[-1] - first) // unit + 1)


def stacked(axis: Timeline, months: Mapping[int, Score]) -> list[Bar]:
    """The findings over time, each bar parted into confirmed, contradicted and unknown from below."""
    scores = [Score()] * axis.count
    for when, score in months.items():
        scores[(when - axis.first) // axis.unit] += score
    top = steps(score.fires for score in scores)[-1]
    width = axis.step
    return [
        Bar(_short(n * width), _short(width * 0.84), _parts(score, top), score, axis.name(n))
        for n, score in enumerate(scores)
        if score.fires
    ]


def _parts(score: Score, top: int) -> tuple[tuple[float, float], ...]:
    parts, floor = [], float(HEIGHT)
    for count in (score.confirmed, score.contradicted, score.unknown):
        height = HEIGHT * count / top
        floor -= height
        parts.append((_short(floor), _short(height)))
    return tuple(parts)


def grid(axis: Timeline, months: Mapping[int, Score]) -> list[Tick]:
    """The lines across a stacked chart, at round numbers."""
    counts = axis.sums({when: score.fires for when, score in months.items()})
    marks = steps(counts)
    return [Tick(_short(HEIGHT * (1 - mark / marks[-1])), f"{mark:,}") for mark in marks[1:]]


def steps(counts: Iterable[int]) -> list[int]:
    """Round numbers from 0 to at least the largest of `counts`, two to five of them."""
    most = max((*counts, 1))
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if most <= 4 * step:
                return list(range(0, -(-most // step) * step + 1, step))
        size *= 10


def spark(axis: Timeline, months: Mapping[int, int]) -> str:
    """The SVG path of one small row of bars, `SPARK` high, to its own scale."""
    counts = axis.sums(months)
    most = max((*counts, 1))
    return "".join(
        f"M{n} {SPARK}V{_short(SPARK - max(1.5, SPARK * count / most)):g}h.8V{SPARK}z"
        for n, count in enumerate(counts)
        if count
    )


def peak(axis: Timeline, months: Mapping[int, int]) -> str:
    """In words what a row of bars shows: the most, and when that was."""
    counts = axis.sums(months)
    most = max(counts, default=0)
    return f"at most {most:,} ({axis.name(counts.index(most))})" if most else "nothing dated"


def widths(score: Score, most: int, width: float = 100) -> Sequence[tuple[float, float]]:
    """Where the three parts of a lying bar begin, and how wide they are; `most` fills the whole `width`."""
    parts, x = [], 0.0
    for count in (score.confirmed, score.contradicted, score.unknown):
        wide = width * count / max(1, most)
        parts.append((_short(x), _short(wide)))
        x += wide
    return parts


def month_name(when: int) -> str:
    """A month as ISO 8601 has it: `2021-04`."""
    return f"{when // _YEAR}-{when % _YEAR + 1:02}"


def _short(number: float) -> float:
    return round(number, 2)
