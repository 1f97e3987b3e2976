"""From a name to the mails of the series: those of the newest revision and of the threads it lies in.

Law: what is gathered is what would be reviewed if it lay in a file; what was taken from elsewhere, and what
was not found, is said. Must not know how an archive is reached.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from reviewbot.errors import InputError, ServiceError
from reviewbot.model.message import MADE_UP, Message, RawMessage
from reviewbot.model.series import Series, SeriesKind
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.sources.archive import Archive
from reviewbot.sources.kindred import is_kin, kept
from reviewbot.sources.pile import ids, number, own_ids
from reviewbot.sources.search import Search
from reviewbot.sources.spool import Spool


class Wish(Struct, frozen=True):
    """Which revisions are wanted: the newest; with `as_named` the one named; with `every_revision` all."""

    every_revision: bool = False
    as_named: bool = False


class Gathered(Struct, frozen=True):
    """What was gathered: all mails, those of the patches in their order, and what a person should know.

    `series` are those whose patches they are; `troubles`, which are among the notes too, are the archives that
    could not be asked. The mails are read from the spool when they are asked for.
    """

    mails: Sequence[RawMessage]
    patches: Sequence[RawMessage]
    series: tuple[Series, ...] = ()
    notes: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()


NEWEST = Wish()


def gather(
    message_id: str, archives: Sequence[Archive], spool: Spool, wish: Wish = NEWEST
) -> Gathered:
    """The series that a mail is of: a patch, a cover letter or an answer.

    Raises InputError where no archive has the mail, ServiceError where one that may have it did not answer.
    """
    search = Search(archives, spool)
    return _of(search.found(message_id), search, spool, wish)


def gather_change(
    change_id: str, archives: Sequence[Archive], spool: Spool, wish: Wish = NEWEST
) -> Gathered:
    """The newest posting of a change-id, or all. Raises as `gather`."""
    search = Search(archives, spool)
    first = search.first_of(change_id)
    if first is None:
        raise search.failure(f"no mail with the change-id {change_id}")
    return _of(search.found(first.message_id), search, spool, wish)


def is_whole(given: RawMessage) -> bool:
    """Whether nothing can be fetched for this mail: it is a series by itself, or was never sent."""
    said = message(given)
    (alone,) = series((said,))
    whole = alone.kind is SeriesKind.PATCHES and bool(alone.patches) and not alone.missing
    return whole or said.message_id.endswith(MADE_UP)


def gather_rest(
    given: RawMessage, archives: Sequence[Archive], spool: Spool, wish: Wish = NEWEST
) -> Gathered:
    """The series of one mail that is at hand, or that mail alone where it is all there is, or can be had.

    A mail that is a whole series, or was never sent, is nowhere asked for.
    """
    said = message(given)
    search = Search(archives, spool)
    notes: tuple[str, ...] = ()
    if not is_whole(given):
        try:
            return _of(_around(said, given, search), search, spool, wish)
        except (InputError, ServiceError) as error:
            notes = (
                f"only the one mail is looked at, the rest of its series is not there: {error}",
            )
    return at_rest((given,), spool, notes)


def gather_all(
    mails: Iterable[RawMessage], archives: Sequence[Archive], spool: Spool, most: int
) -> Gathered:
    """The threads of the mails that a search found, at most so many; each with all that is in it."""
    search = Search(archives, spool)
    hits = tuple(dict.fromkeys(message(raw).message_id for raw in mails))
    threads = 0
    for message_id in hits:
        if message_id not in search.pile and threads < most:
            search.fetch(message_id)
            threads += 1
    left = sum(message_id not in search.pile for message_id in hits)
    notes = (f"{left} of {len(hits)} mails found are in further threads, which are not fetched",)
    found = search.pile.series()
    return _all_of(found, search, spool, search.notes + (notes if left else ()))


def at_rest(mails: Iterable[RawMessage], spool: Spool, notes: tuple[str, ...] = ()) -> Gathered:
    """Mails of a file: all of them, and the patches of each series of which there is no newer revision."""
    search = Search((), spool)
    search.pile.add(mails)
    return _all_of(search.pile.series(), search, spool, notes)


def _around(said: Message, given: RawMessage, search: Search) -> Series:
    """The series of a mail which the archives may not have yet, while they have what it answers."""
    tried = dict.fromkeys((said.message_id, *said.in_reply_to, *said.references[:1]))
    for message_id in tried:
        if search.fetch(message_id) is not None:
            search.pile.add((given,))
            return search.held(said.message_id)
    raise search.failure(f"no mail with the Message-ID {said.message_id}")


def _of(named: Series, search: Search, spool: Spool, wish: Wish) -> Gathered:
    """What is wanted of a series whose thread lies on the pile."""
    if named.kind is SeriesKind.DISCUSSION:
        notes = (f"no patch in the thread of {named.message_id}", *search.notes)
        chosen = kept(search.pile.series(), named, search.pile.beside(ids(named)))
        return _gathered(search, spool, chosen, (), notes)
    target = search.completed(named)
    if wish.every_revision:
        target = search.completed(search.revisions(target))
    elif not wish.as_named:
        latest = search.latest(target)
        target = latest if latest is target else search.completed(latest)
    found = search.pile.series()
    if wish.every_revision:
        family = [one for one in found if one is target or is_kin(one, target)]
        near = search.pile.beside(each for one in family for each in own_ids(one))
        chosen = [one for one in found if not near.isdisjoint(ids(one))]
    else:
        chosen = kept(found, target, search.pile.beside(own_ids(target)))
    return _gathered(search, spool, chosen, (target,), search.notes)


def _all_of(
    found: Sequence[Series], search: Search, spool: Spool, notes: tuple[str, ...]
) -> Gathered:
    targets = [one for one in found if one.patches and not one.superseded_by]
    return _gathered(search, spool, found, targets, notes)


def _gathered(
    search: Search,
    spool: Spool,
    chosen: Iterable[Series],
    targets: Sequence[Series],
    notes: tuple[str, ...],
) -> Gathered:
    numbers = search.pile.numbers({each for one in chosen for each in ids(one)})
    patches = (number(patch.message) for one in targets for patch in one.patches)
    mails, troubles = spool.mails(numbers), tuple(map(str, search.inquiry.troubles.values()))
    return Gathered(mails, spool.mails(patches), tuple(targets), notes, troubles)
