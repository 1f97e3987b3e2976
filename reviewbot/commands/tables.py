"""Tables for people, on a terminal or in a pipe.

Law: in a pipe a row is one line, whatever its length. Must not know what is in a table. Imports rich, so it
is imported by commands that show a table, never by one that only may.
"""

from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from reviewbot.model.printable import printable

UNBOUNDED = 10_000


def show(headings: Sequence[str], rows: Iterable[Sequence[str]], stream: TextIO) -> None:
    """Write rows below their headings, columns aligned; the last column wraps on a terminal."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in headings:
        last = heading == headings[-1]
        table.add_column(heading, no_wrap=not last, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    width = None if stream.isatty() else UNBOUNDED
    console = Console(file=stream, width=width, highlight=False)
    with console.capture() as captured:
        console.print(table)
    stream.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())
