"""Match: a line of a file that a program for semantic matches has found, and the question put to it.

Law: a match is a place in one text, nothing more; whether a patch brought it in is told elsewhere. Must not
know which program it is, nor how it is started.
"""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from reviewbot.model.skip import Abstention


class Match(Struct, frozen=True):
    """A matched line, 1-based; `message` is what the semantic patch prints about it, often nothing."""

    line: int
    message: str = ""


# Runs the semantic patch in a file over the text of one C file.
Matcher = Callable[[Path, str], tuple[Match, ...] | Abstention]
