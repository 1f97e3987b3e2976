"""The figures of one run of `audit.py`, and the bounds they are held to.

Law: a bound is judged from medians of ratios that were taken in one round. Must not know how it is shown.
"""

from collections.abc import Mapping

from msgspec import Struct

from .peers import Peer
from .running import Cost, Memory, Spread

# Families of rules that the floor of the project's notes was measured with.
FOUNDING = "export,kvm,module"
RATE, RATIO, GAIN, MOST, ALIKE = 8000, 4.0, 1.6, 250, 0.1


class Bound(Struct, frozen=True):
    """Something that is promised: what, the figure, the bound, and whether it is kept."""

    what: str
    figure: str
    bound: str
    is_kept: bool


class Speeds(Struct, frozen=True):
    """What was measured: costs by run and round, memory for the archive and for twice its mails, others.

    Of the mails so many are `patches`: they have a diff.
    """

    mails: int
    patches: int
    name: str
    costs: Mapping[str, tuple[Cost, ...]]
    unfiltered: Cost
    memories: tuple[tuple[str, Memory, Memory], ...]
    peers: tuple[Peer, ...]

    @property
    def rounds(self) -> int:
        """How many there were."""
        return len(self.costs["floor"])

    @property
    def is_good(self) -> bool:
        """Whether every bound is kept."""
        return all(bound.is_kept for bound in self.bounds())

    def spread(self, run: str, what: str) -> Spread:
        """Seconds of a run, `wall` or `cpu`."""
        return Spread.of(getattr(each, what) for each in self.costs[run])

    def rate(self, run: str) -> Spread:
        """Mails for each CPU-second."""
        return Spread.of(self.mails / each.cpu for each in self.costs[run])

    def to_floor(self, run: str) -> Spread:
        """CPU of a run for each CPU-second of the floor."""
        pairs = zip(self.costs[run], self.costs["floor"], strict=True)
        return Spread.of(one.cpu / floor.cpu for one, floor in pairs)

    def gain(self, run: str) -> Spread:
        """Wall of one run for each second that two processes take."""
        pairs = zip(self.costs[run], self.costs["two"], strict=True)
        return Spread.of(one.wall / two.wall for one, two in pairs)

    def bounds(self) -> tuple[Bound, ...]:
        """What is promised of an audit."""
        rate, ratio = self.rate("all"), self.to_floor("all")
        gain = self.gain("all")
        most = max(each.most for _, *both in self.memories for each in both)
        growths = [
            two / one
            for _, *both in self.memories
            for one, two in zip(*map(_parts, both), strict=True)
        ]
        worst = max(growths, key=lambda growth: abs(growth - 1))
        return (
            Bound(
                "mails per CPU-second, one process",
                rate.text(",.0f"),
                f"≥ {RATE:,}",
                rate.middle >= RATE,
            ),
            Bound("CPU ÷ CPU of the floor", ratio.text(), f"≤ {RATIO:g}", ratio.middle <= RATIO),
            Bound(
                "wall of one process ÷ wall of two", gain.text(), f"≥ {GAIN:g}", gain.middle >= GAIN
            ),
            Bound("memory of any process, MB", f"{most:.0f}", f"≤ {MOST}", most <= MOST),
            Bound(
                "memory for twice the mails ÷ for the mails, the worst",
                f"{worst:.2f}",
                "1 ± 10 %",
                abs(worst - 1) <= ALIKE,
            ),
        )


def _parts(taken: Memory) -> tuple[float, ...]:
    """What the driver and the largest worker take."""
    return (taken.driver, *taken.workers[:1])
