"""Page: how lines for people are laid out: wrapped to a width, coloured if asked for.

Law: every text passes `printable` or `header` here, so that nothing a stranger wrote moves a cursor; colour is
the last thing added. Must not know findings.
"""

from enum import Enum
from textwrap import TextWrapper

import click
from msgspec import Struct

from reviewbot.model.printable import header, printable
from reviewbot.review.wrap import paragraphs

QUOTE_LIMIT = 200
TITLE_LIMIT = 200
NARROWEST = 30


class Style(Enum):
    """What a text is; the value is the colour it gets (empty: none)."""

    PLAIN = ""
    STRONG = "bold"
    SOFT = "dim"
    PATCH = "cyan"
    ADDED = "green"
    REMOVED = "red"
    PROBLEM = "yellow"


class Page(Struct, frozen=True):
    """A terminal of so many columns, with or without colours."""

    width: int = 80
    colour: bool = False

    def title(self, indent: int, text: str, style: Style = Style.PLAIN) -> str:
        """One line, cut rather than wrapped where it is very long."""
        return " " * indent + self._styled(header(text, TITLE_LIMIT), style) + "\n"

    def text(self, indent: int, text: str, style: Style = Style.PLAIN, hang: int = 0) -> str:
        """Paragraphs, wrapped; the lines after the first stand `hang` columns further in."""
        wrapper = TextWrapper(
            max(self.width, indent + hang + NARROWEST),
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hang),
            break_long_words=False,
            break_on_hyphens=False,
        )
        lines = "\n".join(map(wrapper.fill, paragraphs(printable(text))))
        return self._styled(lines, style) + "\n" if lines else ""

    def quote(self, indent: int, line: str) -> str:
        """One quoted line of a diff, cut where it is very long; tabs are kept."""
        shown = printable(line[:QUOTE_LIMIT])
        shown += "..." if len(line) > QUOTE_LIMIT else ""
        style = {"+": Style.ADDED, "-": Style.REMOVED}.get(line[:1], Style.PLAIN)
        return f"{' ' * indent}> {self._styled(shown, style)}\n"

    def _styled(self, text: str, style: Style) -> str:
        if not self.colour or style is Style.PLAIN:
            return text
        if style in (Style.STRONG, Style.SOFT):
            return click.style(text, **{style.value: True})
        return click.style(text, fg=style.value)
