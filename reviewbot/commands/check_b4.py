"""`reviewbot check --b4`: one mail in, b4's JSON about it out.

Law: b4 calls this for each patch while a person waits, so no server is asked; the rest of the series comes from
b4 itself, else from local mirrors and the cache. Must not know what the JSON looks like.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from reviewbot.commands.belt import outcomes, standing
from reviewbot.commands.checking import Task
from reviewbot.commands.fetching import Fetcher, fetching
from reviewbot.errors import InputError, UsageError
from reviewbot.model.message import RawMessage
from reviewbot.parse.mail import message
from reviewbot.review.outcome import Outcome
from reviewbot.sinks.b4_checks import results
from reviewbot.sources.files import STDIN, read
from reviewbot.sources.gather import is_whole
from reviewbot.sources.reviewbranch import Reviews, decoded

TRACKING = "B4_TRACKING_FILE"


def matrix(task: Task) -> tuple[Outcome, ...]:
    """Print b4's JSON about one mail; the outcomes of its series are returned."""
    given, *more = (*read(task.words[0] if task.words else STDIN),)
    if more or len(task.words) > 1:
        raise UsageError("--b4 is about one mail", "b4 hands over one at a time.")
    message_id = message(given).message_id
    wanted = replace(task.wanted, offline=True)
    with (
        standing(task.trees, task.source_dir, task.base) as tree_of,
        fetching(task.config.settings, wanted, task.trees) as fetcher,
    ):
        mails = _series(given, message_id, fetcher)
        seen = tuple(outcomes([mails], task.kit, aside=False, tree_of=tree_of))
    found = results(seen, message_id, task.channels, task.config.settings.identity.rules_url)
    sys.stdout.buffer.write(found)
    return seen


def _series(given: RawMessage, message_id: str, fetcher: Fetcher) -> Iterable[RawMessage]:
    """The mail with the others of its series, as far as they are at hand."""
    if kept := os.environ.get(TRACKING):
        with suppress(InputError):
            others = [mail for mail in _kept(Path(kept)) if message(mail).message_id != message_id]
            if others:
                return [given, *others]
    return (given,) if is_whole(given) else fetcher.reach.rest(given).mails


def _kept(data: Path) -> Iterator[RawMessage]:
    """The mails of the series that b4 has, by the file that it hands to its check commands."""
    try:
        text = data.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"{data}: cannot be read: {error.strerror}") from error
    reviews = Reviews(Path())
    return reviews.mails(reviews.holding(decoded(text, str(data)).message_ids))
