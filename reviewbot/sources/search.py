"""The search for one series: its thread, what is missing in it, and newer revisions.

The steps of b4 (`am`, `mbox --check-newer-revisions`, `--rethread`) in one: the thread of the mail; what was
sent outside it, by author, counters and time; a newer posting, by change-id or by title and author; what is
missing of that.

Law: a question is put to an archive only where its answer can change the outcome; whatever was not found in
the thread of the mail is said. Must not know how an archive is reached.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from reviewbot.errors import InputError
from reviewbot.model.message import Message
from reviewbot.model.problem import ProblemKind
from reviewbot.model.series import Series
from reviewbot.parse.gaps import runs
from reviewbot.parse.mail import message
from reviewbot.sources.archive import Archive, Sought
from reviewbot.sources.inquiry import Inquiry
from reviewbot.sources.kindred import (
    Hit,
    alike,
    hits,
    holder,
    last_sent,
    missing_parts,
    newer,
    newest,
    others,
    sent,
)
from reviewbot.sources.pile import Pile, own_ids
from reviewbot.sources.spool import Spool

# How far from the mails that are there one outside the thread is looked for: who forgot a patch sends it when
# somebody says so. It is the time within which one joins that no cover letter lists.
_NEAR = timedelta(days=1)
# As b4: a title recurs over the years, a series does not.
_YEAR = timedelta(days=365)
# The first hit is nearly always the series; of many hits of a vague title not all are fetched.
_MOST_TRIED = 3
_MOST_THREADS = 50


class Search:
    """One search: what it has found so far, and what a person should know of it."""

    def __init__(self, archives: Sequence[Archive], spool: Spool) -> None:
        self.inquiry = Inquiry(archives)
        self.pile = Pile(spool)
        self._notes: list[str] = []

    @property
    def notes(self) -> tuple[str, ...]:
        """What was taken from elsewhere, what was not found, and which archives could not be asked."""
        troubles = self.inquiry.troubles.values()
        return (*self._notes, *(f"not all could be asked: {error}" for error in troubles))

    def fetch(self, message_id: str) -> Series | None:
        """Put the thread of a mail on the pile; the series the mail is of, or None."""
        self.pile.add(self.inquiry.thread(message_id))
        return holder(self.pile.series(), message_id)

    def found(self, message_id: str) -> Series:
        """As `fetch`; raises InputError where no archive has it, ServiceError where one could not be asked."""
        self.fetch(message_id)
        return self.held(message_id)

    def held(self, message_id: str) -> Series:
        """The series of a mail on the pile. Raises as `found`."""
        named = holder(self.pile.series(), message_id)
        if named is None:
            raise self.failure(f"no mail with the Message-ID {message_id}")
        return named

    def failure(self, what: str) -> Exception:
        """Why nothing was found: an archive could not be asked, or none has it."""
        for error in self.inquiry.troubles.values():
            return error
        return InputError(
            f"{what} in {self.inquiry.names}",
            "A new mail may take minutes to arrive there; a private list has its own archive, or none.",
        )

    def first_of(self, change_id: str) -> Hit | None:
        """The first mail of the newest posting with that change-id, in the first archive that has one."""
        for archive in self.inquiry.archives:
            mails = self.inquiry.asked(archive, archive.posted, Sought(change_id))
            ours = [hit for hit in hits(map(message, mails)) if hit.change_id == change_id]
            if ours:
                return max(ours, key=lambda hit: (hit.subject.revision, hit.date))
        return None

    def completed(self, one: Series) -> Series:
        """The series with what of it was sent outside its thread."""
        gaps = one.missing
        for mails in self.inquiry.threads_elsewhere(one.message_id) if gaps else ():
            self.pile.add(mails)
            one = self.again(one)
            if not one.missing:
                return one
        for archive in self.inquiry.archives if gaps else ():
            self._stitch(one, archive)
            one = self.again(one)
            if not one.missing:
                break
        if one.missing:
            self._notes.append(
                f"of v{one.revision} {_patches(one.missing)} of {one.total} {_was(one.missing)} "
                f"not found in {self.inquiry.names}"
            )
        return one

    def latest(self, named: Series) -> Series:
        """The newest revision of the series, which may lie in another thread."""
        known = newest(self.pile.series(), named)
        asked: set[str] = set()
        # A series may be given another title on its way; then there may be more of it under that one.
        while known.subject not in asked and len(asked) < _MOST_TRIED:
            asked.add(known.subject)
            known = self._newer(known)
        if not _is_same(known, named):
            self._notes.append(
                f"v{known.revision} ({known.message_id}) is newer than v{named.revision} "
                f"({named.message_id}) and is taken; --as-named stays there"
            )
        return known

    def _newer(self, known: Series) -> Series:
        """The newest of the postings with the title or change-id of this one; itself where there is none."""
        offered = self._offered(known, sent(known))
        for hit in newer(offered, known, self.pile)[:_MOST_TRIED]:
            if hit.message_id not in self.pile:
                self.pile.add(self.inquiry.thread(hit.message_id))
                latest = newest(self.pile.series(), self.again(known))
                if not _is_same(latest, known):
                    return latest
        return known

    def revisions(self, named: Series) -> Series:
        """The newest revision; the threads of all others of the last year lie on the pile as well."""
        offered = self._offered(named, sent(named) - _YEAR)
        wanted = [hit.message_id for hit in others(offered, named, self.pile)]
        for message_id in wanted[:_MOST_THREADS]:
            if message_id not in self.pile:
                self.pile.add(self.inquiry.thread(message_id))
        if len(wanted) > _MOST_THREADS:
            self._notes.append(f"of {len(wanted)} revisions only {_MOST_THREADS} are fetched")
        return newest(self.pile.series(), self.again(named))

    def again(self, one: Series) -> Series:
        """The series as the pile has it by now."""
        own = frozenset(own_ids(one)) or {one.message_id}
        for each in self.pile.series():
            if each.revision == one.revision and not own.isdisjoint(own_ids(each)):
                return each
        return holder(self.pile.series(), one.message_id) or one

    def _offered(self, one: Series, since: datetime) -> Iterator[Hit]:
        sought = Sought(
            change_id=one.change_id,
            subject="" if one.change_id else one.subject,
            author="" if one.change_id else one.author.email,
            since=since,
        )
        return hits(map(message, self.inquiry.posted(sought)))

    def _stitch(self, one: Series, archive: Archive) -> None:
        """Put on the pile what one archive has of the missing patches, each with its answers."""
        sought = Sought(
            author=one.author.email, since=sent(one) - _NEAR, until=last_sent(one) + _NEAR
        )
        mails = self.inquiry.asked(archive, archive.posted, sought)
        offered = [said for said in map(message, mails) if alike(said, one)]
        self._fetch_each(missing_parts(offered, one), archive)
        if any(each.kind is ProblemKind.STITCHED for each in self.again(one).problems):
            # What else a part could be of must be known: what could be of two series is of neither.
            self._fetch_each(offered, archive)
        filled = sorted(set(one.missing) - set(self.again(one).missing))
        if filled:
            self._notes.append(
                f"{_patches(filled)} of {one.total} {_was(filled)} not in the thread: taken from "
                f"{archive.name} by author, counter and time"
            )

    def _fetch_each(self, mails: Iterable[Message], archive: Archive) -> None:
        """Put on the pile the threads of those mails that are not there, as that archive has them."""
        left = _MOST_THREADS
        for said in mails:
            if left and said.message_id not in self.pile:
                self.pile.add(self.inquiry.asked(archive, archive.thread, said.message_id))
                left -= 1


def _patches(numbers: Sequence[int]) -> str:
    return f"{'patch' if len(numbers) == 1 else 'patches'} {runs(numbers)}"


def _was(numbers: Sequence[int]) -> str:
    return "was" if len(numbers) == 1 else "were"


def _is_same(one: Series, other: Series) -> bool:
    return one.revision == other.revision and not frozenset(own_ids(one)).isdisjoint(own_ids(other))
