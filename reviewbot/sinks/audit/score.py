"""Score: how often something was found, and what the archive says of it.

Law: findings whose fate says nothing count neither for nor against a rule: precision is the share of the
confirmed among those that were decided, and never stands without the number it is made of. Must not know rules.

Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference (1927): the interval.
"""

from math import sqrt

from msgspec import Struct

# The quantile of the normal distribution for 95 % of all cases.
_Z = 1.959964


class Score(Struct, frozen=True):
    """How many findings were confirmed, contradicted, or neither."""

    confirmed: int = 0
    contradicted: int = 0
    unknown: int = 0

    @property
    def fires(self) -> int:
        """All findings."""
        return self.confirmed + self.contradicted + self.unknown

    @property
    def decided(self) -> int:
        """Those that the archive says something of."""
        return self.confirmed + self.contradicted

    @property
    def precision(self) -> float | None:
        """The share of the confirmed among the decided, 0 to 1; None where nothing is decided."""
        return self.confirmed / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float]:
        """Where the precision lies with 95 % certainty, from and to (0 to 1), by Wilson's formula."""
        if not self.decided:
            return 0.0, 1.0
        count, share = self.decided, self.confirmed / self.decided
        square = _Z * _Z
        middle = share + square / (2 * count)
        reach = _Z * sqrt(share * (1 - share) / count + square / (4 * count * count))
        scale = 1 + square / count
        return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)

    def __add__(self, other: "Score") -> "Score":
        """Both together."""
        return Score(
            self.confirmed + other.confirmed,
            self.contradicted + other.contradicted,
            self.unknown + other.unknown,
        )
