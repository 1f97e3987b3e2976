"""How far an audit is, on stderr: a line that changes on a terminal, else a plain line now and then.

Law: shows and keeps nothing; must not know how the work is done.
"""

import sys
from collections.abc import Callable
from time import monotonic
from types import TracebackType
from typing import Self

import click

from reviewbot.model.printable import header

# Seconds before anything is said, between two changes of a line, and between two plain lines.
_FIRST = 1.0
_OFTEN = 0.2
_SELDOM = 10.0
_NAME = 40
_CLEAR = "\r\x1b[K"


class Progress:
    """Told of every slice; says the rate, what is left, and the findings so far."""

    def __init__(self, is_terminal: bool | None = None, clock: Callable[[], float] = monotonic):
        self._is_terminal = sys.stderr.isatty() if is_terminal is None else is_terminal
        self._clock = clock
        self._due = clock() + _FIRST
        self._begin = clock()
        self._done = 0
        self._total = 0
        self._archive = ""
        self._shown = False

    def __enter__(self) -> Self:
        """Nothing: it speaks when it is told something."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the line away."""
        if self._shown and self._is_terminal:
            click.echo(_CLEAR, err=True, nl=False)

    def looked(self, archive: str, mails: int) -> None:
        """So many more mails of an archive were looked at."""
        if archive != self._archive:
            self._archive, self._done, self._begin = archive, 0, self._clock()
        self._done += mails
        self._say(f"reading {header(archive, _NAME)}: {self._done:,} mails, {self._rate:,.0f}/s")

    def judging(self, mails: int) -> None:
        """Now series are reviewed; in so many mails a rule may fire."""
        self._archive, self._done, self._total, self._begin = "", 0, mails, self._clock()

    def judged(self, mails: int, findings: int) -> None:
        """So many more of these mails were gone through, and so many findings are known in all."""
        self._done += mails
        share = self._done / self._total if self._total else 1.0
        word = "finding" if findings == 1 else "findings"
        self._say(
            f"reviewing: {self._done:,} of {self._total:,} patches that may say something"
            f" ({share:.0%}), {findings:,} {word}{self._left}"
        )

    @property
    def _rate(self) -> float:
        return self._done / max(self._clock() - self._begin, 1e-3)

    @property
    def _left(self) -> str:
        """The time that is left, at the rate so far."""
        seconds = (self._total - self._done) / self._rate if self._rate else 0.0
        return f", {_span(seconds)} left" if seconds >= 1 else ""

    def _say(self, line: str) -> None:
        now = self._clock()
        if now < self._due:
            return
        self._due = now + (_OFTEN if self._is_terminal else _SELDOM)
        self._shown = True
        if self._is_terminal:
            click.echo(f"{_CLEAR}{line}", err=True, nl=False)
        else:
            click.echo(f"reviewbot: {line}", err=True)


def _span(seconds: float) -> str:
    """A time in words: `40 s`, `12 min`, `3 h 05 min`."""
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02} min"
