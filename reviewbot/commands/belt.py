"""Sources become outcomes: the whole belt, for commands that review.

Law: mails of all sources are threaded together, so that the files of one series may be named one by one.
Must not know what becomes of an outcome.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path

import click

from reviewbot.commands.progress import shown
from reviewbot.commands.stats import Watch
from reviewbot.errors import UsageError
from reviewbot.model.message import Message, RawMessage
from reviewbot.model.printable import printable
from reviewbot.model.series import Series
from reviewbot.model.tree import NoTree, Tree
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.review.history import NOTHING, Memory
from reviewbot.review.kit import Kit
from reviewbot.review.outcome import Outcome
from reviewbot.review.review import review
from reviewbot.sources.files import read

TreeOf = Callable[[Series], Tree]
MemoryOf = Callable[[Series], Memory]
# A path, `-`, or mails that were fetched.
Source = str | Iterable[RawMessage]


def no_tree(_series: Series) -> Tree:
    """For every series: no tree."""
    return NoTree()


def no_memory(_series: Series) -> Memory:
    """For every series: nothing was said of it before."""
    return NOTHING


def outcomes(
    sources: Iterable[Source],
    kit: Kit,
    watch: Watch | None = None,
    *,
    aside: bool = True,
    tree_of: TreeOf = no_tree,
    memory_of: MemoryOf = no_memory,
) -> Iterator[Outcome]:
    """The outcome of every series in the sources (paths, `-`, or mails), one after the other.

    With `aside` what comes of it is not written to the terminal, so that progress may be shown there.
    `tree_of` gives the source tree a series is seen with, `memory_of` what was said of it before. Raises
    InputError for a source without mail.
    """
    clock = watch or Watch()
    found = series_in(sources, clock)
    reviewed = clock.each(
        "review", (review(one, kit, tree_of(one), memory_of(one)) for one in found)
    )
    return shown(reviewed, "reviewing", len(found)) if aside else reviewed


def standing(
    trees: Sequence[Path], source: Path | None, base: str
) -> AbstractContextManager[TreeOf]:
    """The source trees that --tree, --source and --base ask for, open in a `with` block.

    Nothing is imported and no process started where none is asked for. Raises InputError for a tree that
    cannot be used, UsageError for a base that is in no tree.
    """
    if base and not trees:
        raise UsageError("--base needs a --tree in which the revision is looked up")
    if not trees and source is None:
        return nullcontext(no_tree)
    opened = import_module("reviewbot.sources.trees").opened
    found: AbstractContextManager[TreeOf] = opened(trees, source, base, _tell)
    return found


def _tell(trouble: str) -> None:
    click.echo(printable(f"reviewbot: {trouble}"), err=True)


def series_in(sources: Iterable[Source], watch: Watch) -> tuple[Series, ...]:
    """The series that the mails of all sources make."""
    messages = list(shown(_messages(sources, watch), "reading"))
    with watch.measure("thread"):
        return tuple(series(messages))


def _messages(sources: Iterable[Source], watch: Watch) -> Iterator[Message]:
    mails = (
        raw for source in sources for raw in (read(source) if isinstance(source, str) else source)
    )
    for raw in watch.each("read", mails):
        with watch.measure("parse"):
            parsed = message(raw)
        yield parsed
