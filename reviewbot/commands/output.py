"""Outcomes become bytes in one of the formats, and bytes go to a file or to stdout.

Law: stdout is written as series are reviewed. Must not know how outcomes come about.
"""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from reviewbot.commands.stream import opened, told
from reviewbot.model.finding import Channel
from reviewbot.review.outcome import Outcome
from reviewbot.rule import Rule
from reviewbot.sinks.drafts import mbox, save
from reviewbot.sinks.findings_json import as_lines, as_object
from reviewbot.sinks.page import Page
from reviewbot.sinks.sarif import sarif
from reviewbot.sinks.text import text

FORMATS = ("text", "mail", "json", "jsonl", "sarif")
WIDEST = 100
PIPE_WIDTH = 80


class Look(Struct, frozen=True):
    """How findings are shown: the format, the channels, and for text colour and columns."""

    format: str = "text"
    channels: tuple[Channel, ...] = tuple(Channel)
    color: str = "auto"
    width: int | None = None


def write(
    outcomes: Iterable[Outcome], look: Look, rules: Mapping[str, Rule], output: Path | None
) -> None:
    """Write the outcomes to `output`, or to stdout; `rules` by id describe the tool in SARIF.

    Mails go into one mbox, or, where `output` is a folder, into a file each. Raises UsageError if
    `output` cannot be opened, OutputError if it cannot be written to its end.
    """
    if look.format == "mail" and output is not None and output.is_dir():
        replies = [reply for outcome in outcomes for reply in outcome.replies]
        with told(output):
            for path in save(replies, output, _now()):
                sys.stderr.write(f"{path}\n")
        return
    with opened(output) as stream:
        for piece in _pieces(outcomes, look, rules, output is None):
            with told(output):
                stream.write(piece)
                if stream.isatty():
                    stream.flush()


def _pieces(
    outcomes: Iterable[Outcome], look: Look, rules: Mapping[str, Rule], stdout: bool
) -> Iterator[bytes]:
    """The outcomes in the format asked for, piece by piece."""
    match look.format:
        case "mail":
            return mbox((reply for outcome in outcomes for reply in outcome.replies), _now())
        case "json":
            return _encoded(as_object(outcomes, look.channels))
        case "jsonl":
            return _encoded(as_lines(outcomes, look.channels))
        case "sarif":
            return _encoded(sarif(outcomes, rules, look.channels))
    encoding = (sys.stdout.encoding if stdout else None) or "utf-8"
    return _encoded(text(outcomes, _page(look, stdout), look.channels), encoding)


def _page(look: Look, stdout: bool) -> Page:
    """The page of the text format: that of the terminal, if it goes to one."""
    terminal = stdout and sys.stdout.isatty()
    columns = min(shutil.get_terminal_size().columns, WIDEST) if terminal else PIPE_WIDTH
    auto = terminal and not os.environ.get("NO_COLOR")
    return Page(look.width or columns, look.color == "always" or (look.color == "auto" and auto))


def _encoded(pieces: Iterable[str], encoding: str = "utf-8") -> Iterator[bytes]:
    return (piece.encode(encoding, "backslashreplace") for piece in pieces)


def _now() -> datetime:
    return datetime.now(UTC).astimezone()
