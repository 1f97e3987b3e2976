"""Sources become outcomes: the whole belt, for commands that review.

Law: mails of all sources are threaded together, so that the files of one series may be named one by one.
Must not know what becomes of an outcome.
"""

from collections.abc import Iterable, Iterator

from reviewbot.commands.progress import shown
from reviewbot.commands.stats import Watch
from reviewbot.model.message import Message
from reviewbot.model.series import Series
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.review.kit import Kit
from reviewbot.review.outcome import Outcome
from reviewbot.review.review import review
from reviewbot.sources.files import read


def outcomes(
    sources: Iterable[str], kit: Kit, watch: Watch | None = None, *, aside: bool = True
) -> Iterator[Outcome]:
    """The outcome of every series in the sources, one after the other; `-` is standard input.

    With `aside` what comes of it is not written to the terminal, so that progress may be shown there.
    Raises InputError for a source without mail.
    """
    clock = watch or Watch()
    found = series_in(sources, clock)
    reviewed = clock.each("review", (review(one, kit) for one in found))
    return shown(reviewed, "reviewing", len(found)) if aside else reviewed


def series_in(sources: Iterable[str], watch: Watch) -> tuple[Series, ...]:
    """The series that the mails of all sources make."""
    messages = list(shown(_messages(sources, watch), "reading"))
    with watch.measure("thread"):
        return tuple(series(messages))


def _messages(sources: Iterable[str], watch: Watch) -> Iterator[Message]:
    mails = (raw for source in sources for raw in read(source))
    for raw in watch.each("read", mails):
        with watch.measure("parse"):
            parsed = message(raw)
        yield parsed
