"""The example pages of the rules, for tests; their grammar is in `reviewbot.parse.page`."""

from collections.abc import Iterator
from pathlib import Path

from reviewbot.parse import page
from reviewbot.parse.page import Case, Expected

__all__ = ["Case", "Expected", "cases"]


def cases(path: Path) -> Iterator[Case]:
    """The cases of one page, in order."""
    return page.cases(path.stem, path.read_text())
