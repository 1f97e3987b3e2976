"""What a person names becomes mails: files are read here, for the rest `reach` is called.

Law: where only files are named nothing is imported that talks to git, a database or a server. Must not know
what becomes of the mails.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from itertools import chain, islice
from os.path import exists
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.commands.wanted import Wanted
from reviewbot.config.settings import Settings
from reviewbot.model.message import RawMessage
from reviewbot.sources.files import STDIN, read

if TYPE_CHECKING:
    from reviewbot.commands.reach import Reach


class Fetcher:
    """Gets what is named; of use while the `with` block of `fetching` runs."""

    def __init__(
        self, settings: Settings, wanted: Wanted, trees: Sequence[Path], stack: ExitStack
    ) -> None:
        self._asked = (settings, wanted, trees, stack)
        self._wanted = wanted
        self._reach: Reach | None = None

    def sources(self, words: Iterable[str]) -> Iterator[Iterable[RawMessage]]:
        """The mails of each word, then those of the search and of the range that are wanted.

        Raises UsageError, InputError and ServiceError, when it comes to what is wrong.
        """
        for word in words:
            if word == STDIN:
                yield self._standard_input()
            elif word and exists(word):  # noqa: PTH110 - of Path, NUL and long names raise
                yield read(word)
            else:
                yield self.reach.named(word)
        if self._wanted.is_more:
            yield from (found.mails for found in self.reach.further())

    @property
    def reach(self) -> "Reach":
        """Whatever can be asked; nothing is opened before it is."""
        if self._reach is None:
            self._reach = import_module("reviewbot.commands.reach").Reach(*self._asked)
        return self._reach

    def _standard_input(self) -> Iterable[RawMessage]:
        """The mails there; one alone may stand for its series, as when it is piped from a mail program."""
        given = read(STDIN)
        first = tuple(islice(given, 2))
        if len(first) > 1 or import_module("reviewbot.sources.gather").is_whole(first[0]):
            return chain(first, given)
        return self.reach.rest(first[0]).mails


@contextmanager
def fetching(settings: Settings, wanted: Wanted, trees: Sequence[Path] = ()) -> Iterator[Fetcher]:
    """A fetcher, open in a `with` block: the mails it gives are of use until its end."""
    with ExitStack() as stack:
        yield Fetcher(settings, wanted, trees, stack)
