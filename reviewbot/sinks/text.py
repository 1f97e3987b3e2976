"""Findings for people: series, patch, quoted lines, words, and one line that counts.

Law: nothing reaches the terminal that was not made printable; every finding that is not shown is counted with
its reason. Colours only where asked for. Must not know where the text goes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import TextWrapper

import click

from reviewbot.model.finding import Anchor, Channel, Finding, Verdict
from reviewbot.model.printable import header, printable
from reviewbot.review.outcome import Outcome
from reviewbot.review.wrap import paragraphs
from reviewbot.sinks.records import problem_records
from reviewbot.sinks.tally import Tally

WIDTH = 80
QUOTE_LIMIT = 200
TITLE_LIMIT = 200
SHOWN = (Channel.MAIL, Channel.DRAFT)
_SIGN_COLOURS = {"+": "green", "-": "red"}


class Page:
    """How lines are laid out: their width, and whether they are coloured."""

    def __init__(self, width: int, colour: bool) -> None:
        self.width = width
        self.colour = colour

    def title(self, indent: int, text: str, **style: object) -> str:
        """One line, never wrapped."""
        return " " * indent + self._styled(header(text, TITLE_LIMIT), **style) + "\n"

    def text(self, indent: int, text: str, hang: int = 0, **style: object) -> str:
        """Paragraphs, wrapped; lines after the first are `hang` columns further in."""
        first, more = " " * indent, " " * (indent + hang)
        wrapper = TextWrapper(
            max(self.width, indent + hang + 20),
            initial_indent=first,
            subsequent_indent=more,
            break_long_words=False,
            break_on_hyphens=False,
        )
        lines = "\n".join(map(wrapper.fill, paragraphs(printable(text))))
        return self._styled(lines, **style) + "\n" if lines else ""

    def quote(self, indent: int, line: str) -> str:
        """One quoted line with its sign, cut where it is very long."""
        shown = printable(line)
        shown = shown if len(shown) <= QUOTE_LIMIT else shown[: QUOTE_LIMIT - 3] + "..."
        return " " * indent + "> " + self._styled(shown, fg=_SIGN_COLOURS.get(line[:1])) + "\n"

    def _styled(self, text: str, **style: object) -> str:
        return click.style(text, **style) if self.colour else text  # type: ignore[arg-type]
