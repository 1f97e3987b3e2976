"""One inbox of a public-inbox server as an archive.

URLs: `INBOX/ID/raw`, `INBOX/ID/t.mbox.gz` and, with POST and an empty body, `INBOX/?q=QUERY&x=m`; GET would
give a page. Law: what was fetched before and is fresh is not fetched again, a thread by whichever of its mails;
another server of the same content is asked only where one does not answer at all. Must not know series, nor how
a request is made.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import BinaryIO
from urllib.parse import quote_plus

from reviewbot.errors import ServiceError, UsageError
from reviewbot.model.message import RawMessage
from reviewbot.parse.mail import own_id
from reviewbot.sources.archive import Sought
from reviewbot.sources.cache.store import Shelf, Store
from reviewbot.sources.lore import queries
from reviewbot.sources.lore.mails import mails
from reviewbot.sources.lore.sites import Sites, origin
from reviewbot.sources.urls import escaped, is_message_id
from reviewbot.sources.web.client import Answer, Client, RefusedError, UnreachableError, Want

Tell = Callable[[str], None]

_BAD_QUERY = 400


class LoreArchive:
    """The inbox at the base URL `inbox`; `fallback` are origins that have the same content.

    Without a `client` only the cache is asked (--offline). `tell` is told where an answer came from, if not
    from where it should.
    """

    def __init__(
        self,
        inbox: str,
        client: Client | None,
        store: Store,
        fallback: Sequence[str] = (),
        tell: Tell = lambda _: None,
    ) -> None:
        self._inbox = inbox
        self._client = client
        self._store = store
        self._origins = [origin(inbox), *fallback]
        self._tell = tell

    @property
    def name(self) -> str:
        """The base URL of the inbox."""
        return self._inbox

    def mail(self, message_id: str) -> RawMessage | None:
        """The mail of that id, or None where the inbox has none. Raises ServiceError."""
        path = f"/{escaped(message_id)}/raw"
        return next(self._mails(Shelf.MAILS, path, Want.MAIL), None)

    def thread(self, message_id: str) -> Iterator[RawMessage]:
        """The mails of the thread the mail is in; nothing where there is none. Raises ServiceError."""
        return self._mails(Shelf.THREADS, _thread(message_id), Want.MBOX)

    def posted(self, sought: Sought) -> Iterator[RawMessage]:
        """Mails that may be the ones sought. Raises ServiceError."""
        query = queries.posted(sought)
        return self._found(query) if query else iter(())

    def query(
        self, text: str, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[RawMessage]:
        """The mails a search of public-inbox finds, held to the days from `since` to `until`.

        Raises ServiceError, and UsageError for a query the server cannot read.
        """
        if not text.strip():
            raise UsageError("--query: there is nothing to search for")
        if not text.isprintable():
            raise UsageError(f"--query {text!r}: holds what no query can")
        return self._searched(queries.between(text, since, until), text)

    def _searched(self, query: str, text: str) -> Iterator[RawMessage]:
        try:
            yield from self._found(query)
        except (RefusedError, UnreachableError) as error:
            if not self._is_unread(query, error):
                raise
            hint = f"{self._inbox}/_/text/help/ explains what a query is made of."
            raise UsageError(f"--query {text!r}: {self._inbox} cannot read it", hint) from None

    def _is_unread(self, query: str, error: RefusedError | UnreachableError) -> bool:
        """Whether the query is what is wrong: public-inbox 1.9 says 400 of pages alone, of mails 500."""
        if isinstance(error, RefusedError):
            return error.status == _BAD_QUERY
        try:
            page = self._client and self._client.get(
                f"{self._inbox}/?q={quote_plus(query)}", Want.TEXT
            )
        except ServiceError as refusal:
            return isinstance(refusal, RefusedError) and refusal.status == _BAD_QUERY
        if page:
            page.close()
        return False

    def _found(self, query: str) -> Iterator[RawMessage]:
        return self._mails(Shelf.SEARCHES, f"/?q={quote_plus(query)}&x=m", Want.MBOX)

    def _mails(self, shelf: Shelf, path: str, want: Want) -> Iterator[RawMessage]:
        """The mails of an answer, from the cache if it has a fresh one."""
        url = self._inbox + path
        kept = self._kept(shelf, url)
        if kept is not None:
            with kept:
                yield from _numbered(kept, url)
            return
        answer = self._answer(url, want, shelf is Shelf.SEARCHES)
        if answer is None:
            return
        with answer:
            is_kept = self._store.put(shelf, url, answer.open())
            for mail in _numbered(answer.open(), url):
                if is_kept and shelf is Shelf.THREADS:
                    self._note(mail, url)
                yield mail

    def _kept(self, shelf: Shelf, url: str) -> BinaryIO | None:
        """What the cache has; a thread may have been fetched by another of its mails."""
        member = self._store.get(Shelf.MEMBERS, url) if shelf is Shelf.THREADS else None
        if member is not None:
            with member:
                thread = self._store.get(shelf, member.read().decode())
            if thread is not None:
                return thread
        return self._store.get(shelf, url)

    def _note(self, mail: RawMessage, url: str) -> None:
        """That the mail is in the thread which is kept under that URL."""
        message_id = own_id(mail)
        if is_message_id(message_id):
            key = self._inbox + _thread(message_id)
            self._store.put(Shelf.MEMBERS, key, BytesIO(url.encode()))

    def _answer(self, url: str, want: Want, is_search: bool) -> Answer | None:
        """The answer of the first origin that gives one, which is asked first from now on."""
        if self._client is None:
            raise ServiceError(
                f"{self._inbox}: not in the cache, and nothing is asked for while offline",
                "Without --offline it would be fetched.",
            )
        ask = self._client.post if is_search else self._client.get
        silent: list[UnreachableError] = []
        for each in tuple(self._origins):
            try:
                answer = ask(each + url.removeprefix(origin(url)), want)
            except UnreachableError as error:
                silent.append(error)
                continue
            if silent:
                self._tell(f"{silent[0]}; {each} answered in its place")
                self._origins.remove(each)
                self._origins.insert(0, each)
            return answer
        raise _all_silent(silent)


def archives(
    sites: Sites, client: Client | None, store: Store, named: str = "", tell: Tell = lambda _: None
) -> tuple[LoreArchive, ...]:
    """The inboxes to ask, in order; `named` is the inbox a person's URL was in."""
    return tuple(
        LoreArchive(
            inbox, client, store, sites.fallback if origin(inbox) == origin(sites.url) else (), tell
        )
        for inbox in sites.inboxes_for(named)
    )


def _thread(message_id: str) -> str:
    """The path of the thread a mail is in, below an inbox."""
    return f"/{escaped(message_id)}/t.mbox.gz"


def _numbered(body: BinaryIO, url: str) -> Iterator[RawMessage]:
    for number, mail in enumerate(mails(body), 1):
        yield RawMessage(mail, f"{url}, message {number}")


def _all_silent(silent: Sequence[UnreachableError]) -> UnreachableError:
    first, *further = silent
    if not further:
        return first
    return UnreachableError("; ".join(map(str, silent)), first.hint)
