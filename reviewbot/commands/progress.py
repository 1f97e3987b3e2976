"""Progress of long work, on stderr.

Law: nothing is shown but on a terminal, and nothing in the first second; rich is imported only when
something is shown. Must not know what the work is.
"""

import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from time import monotonic
from typing import Any, TypeVar

Item = TypeVar("Item")

PATIENCE = 1.0


def shown(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """The items; after a second a line counts them, out of `total` where that is known."""
    if not sys.stderr.isatty():
        yield from items
        return
    begin = monotonic()
    bar: Any = None
    try:
        for number, item in enumerate(items, 1):
            yield item
            if bar is None and monotonic() - begin > PATIENCE:
                bar = _started(what, total)
            if bar is not None:
                bar.update(bar.task_ids[0], completed=number)
    finally:
        if bar is not None:
            bar.stop()


def _started(what: str, total: int | None) -> Any:
    rich = import_module("rich.progress")
    console = import_module("rich.console").Console(stderr=True)
    columns = (rich.TextColumn("{task.description}"), rich.BarColumn(), rich.MofNCompleteColumn())
    bar = rich.Progress(*columns, console=console, transient=True)
    bar.add_task(what, total=total)
    bar.start()
    return bar
