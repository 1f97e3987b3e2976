"""What etiquette has to say of a letter at the moment it would leave.

Law: only gathers what etiquette asks for: the thread as it is now, what left before, who asked for silence.
What cannot be read again is not known. Must not know what is polite, nor how letters are sent.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from reviewbot.commands.reach import Reach, tell
from reviewbot.commands.wanted import Wanted
from reviewbot.config.load import Config, load
from reviewbot.errors import InputError, ServiceError
from reviewbot.model.letter import Stage
from reviewbot.model.posting import Posting
from reviewbot.model.said import Departure, Said
from reviewbot.model.series import Series
from reviewbot.review.etiquette import Refusal, Scene, refusals
from reviewbot.sinks.outbox.entry import Entry
from reviewbot.sinks.outbox.outbox import Outbox
from reviewbot.sinks.sending import Reasons
from reviewbot.sinks.transport.settings import Via

# How far back departures are looked at: longer than any series is answered.
_PAST = timedelta(days=365)
_UNAPPROVED = (Stage.HELD, Stage.DROPPED)


def civility(config: Config, outbox: Outbox, reach: Reach, ahead: Sequence[Entry] = ()) -> Reasons:
    """The reasons why a letter must not leave; a thread is read again once for all letters about it.

    `ahead` are letters that would have left before it; it may grow between two questions.
    """
    manners = config.manners()
    drafting = config.settings.transport.via is Via.DRAFTS
    threads: dict[str, Series | None] = {}

    def thread(posting: Posting) -> Series | None:
        if posting.message_id not in threads and config.settings.post.reread:
            for one in _read(posting, reach, partly=drafting):
                threads.update(dict.fromkeys(_mails(one), one))
            threads.setdefault(posting.message_id, None)
        return threads.get(posting.message_id)

    def reasons(entry: Entry, now: datetime) -> Sequence[str]:
        scene = Scene(
            now=now,
            thread=thread(entry.letter.posting),
            said=(*outbox.said(), *_said(ahead, now)),
            departures=(*outbox.departures(now - _PAST), *_departures(ahead, now)),
            objections=outbox.objections(now),
            held=entry.held,
            approved=entry.stage not in _UNAPPROVED,
            drafting=drafting,
        )
        return tuple(map(_spoken, refusals(entry.letter, manners, scene)))

    return reasons


@contextmanager
def civil_now(config: Path | None, outbox: Outbox, offline: bool) -> Iterator[Reasons]:
    """The same for who does not post, in a `with` block; `offline` asks local mirrors alone."""
    with ExitStack() as stack:
        configuration = load(config)
        reach = Reach(configuration.settings, Wanted(offline=offline), (), stack)
        yield civility(configuration, outbox, reach)


def _said(ahead: Iterable[Entry], now: datetime) -> Iterator[Said]:
    """What letters would have said."""
    for entry in ahead:
        posting = entry.letter.posting
        for claim in entry.letter.claims:
            yield Said(
                lineage=posting.lineage,
                fingerprint=claim.fingerprint,
                rule=claim.rule,
                symbol=claim.symbol,
                revision=posting.revision,
                parent=posting.message_id,
                message_id=entry.letter.message_id,
                stage=Stage.SENDING,
                when=now,
            )


def _departures(ahead: Iterable[Entry], now: datetime) -> Iterator[Departure]:
    for entry in ahead:
        posting = entry.letter.posting
        author = posting.author.email.lower()
        yield Departure(entry.letter.message_id, posting.series, posting.lineage, author, now)


def _read(posting: Posting, reach: Reach, *, partly: bool) -> Sequence[Series]:
    """The series and its revisions, as they are to be had now; what keeps from reading them is said.

    Where somebody who may know more did not answer they count only if `partly` will do.
    """
    try:
        found, troubles = reach.reread(posting.message_id)
    except (InputError, ServiceError) as error:
        tell(f"the thread of {posting.message_id} is not read again: {error}")
        return ()
    for trouble in troubles:
        tell(f"the thread of {posting.message_id} is not wholly read again: {trouble}")
    return found if partly or not troubles else ()


def _mails(series: Series) -> Iterator[str]:
    """The Message-IDs of what may have been answered."""
    if series.cover is not None:
        yield series.cover.message_id
    yield from (patch.message_id for patch in series.patches)


def _spoken(refusal: Refusal) -> str:
    return f"{refusal.reason} (rule {refusal.rule})"
