"""All that can be asked for a series: local mirrors, the servers of mail, Patchwork, a local repository.

Law: local mirrors come before the network; a server is asked only if the configuration names it, and none is
while offline. Must not know what becomes of the mails.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

import click

from reviewbot.commands.wanted import Wanted
from reviewbot.config.places import cache_folder, state_folder
from reviewbot.config.settings import Settings
from reviewbot.errors import InputError, ServiceError
from reviewbot.model.message import RawMessage
from reviewbot.model.printable import printable
from reviewbot.model.series import Series
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.sources import ranges
from reviewbot.sources.archive import Archive
from reviewbot.sources.cache.store import Store
from reviewbot.sources.files import STDIN, read
from reviewbot.sources.gather import (
    Gathered,
    Wish,
    at_rest,
    gather,
    gather_all,
    gather_change,
    gather_rest,
)
from reviewbot.sources.lore.inbox import LoreArchive, archives
from reviewbot.sources.lore.sites import Sites, sites
from reviewbot.sources.mirror.archive import opened
from reviewbot.sources.names import ChangeName, FileName, MessageName, PatchworkName, named
from reviewbot.sources.patchwork.checks import Checks
from reviewbot.sources.patchwork.settings import Instance
from reviewbot.sources.patchwork.source import place, queue_mails, series_mails
from reviewbot.sources.patchwork.token import token
from reviewbot.sources.spool import Spool
from reviewbot.sources.web.client import Client
from reviewbot.sources.web.settings import agent

# Threads that one search fetches; each is a request, with a pause before it.
MOST_THREADS = 50


class Reach:
    """What is asked for by name. Whatever is opened for it is closed with the stack."""

    def __init__(
        self, settings: Settings, wanted: Wanted, trees: Sequence[Path], stack: ExitStack
    ) -> None:
        self._settings = settings
        self._wanted = wanted
        self._trees = tuple(trees)
        self._stack = stack

    def named(self, word: str) -> Iterable[RawMessage]:
        """The mails of a word that is no file, or of one that is not there. Raises as `gathered`."""
        match named(word):
            case FileName(path):
                return read(path)
        return self.gathered(word).mails

    def gathered(self, word: str) -> Gathered:
        """What a word names; what is to be said of it is said.

        Raises UsageError for what names nothing, InputError for what is not there, ServiceError.
        """
        match named(word):
            case FileName("-"):
                return self._of_stdin()
            case FileName(path):
                return at_rest(read(path), self._spool())
            case MessageName(message_id, inbox):
                found = gather(message_id, self.archives(inbox), self._spool(), self._wish)
            case ChangeName(change_id):
                found = gather_change(change_id, self.archives(), self._spool(), self._wish)
            case PatchworkName() as name:
                found = at_rest(self._patchwork(name), self._spool())
        return _told(found)

    def rest(self, given: RawMessage) -> Gathered:
        """The series of one mail that is at hand, as far as it is to be had."""
        return _told(gather_rest(given, self.archives(), self._spool(), self._wish))

    def further(self) -> Iterator[Gathered]:
        """What the search finds, what the project has, the range of commits. Raises as `gathered`."""
        if self._wanted.query:
            first = self._lore()[0]
            hits = first.query(self._wanted.query, self._wanted.since, self._wanted.until)
            yield _told(gather_all(hits, self.archives(), self._spool(), MOST_THREADS))
        if self._wanted.project:
            yield at_rest(self._queue(), self._spool())
        if self._wanted.commits:
            tree, *_ = self._trees or (Path(),)
            mails = ranges.mails(self._wanted.commits, tree, around=not self._trees)
            yield at_rest(mails, self._spool())

    def checks(self, where: str) -> tuple[Instance, Checks]:
        """The server and project that `[SERVER/]PROJECT` names, and its checks. Raises as `further`."""
        instance, project = place(where, self._settings.patchwork)
        return instance, Checks(self._online(where), instance.base, token(instance, tell), project)

    def reread(self, message_id: str) -> tuple[Sequence[Series], Sequence[str]]:
        """The series a mail is in with all its revisions and answers, as it is now: servers are asked first.

        Beside them who did not answer, and why: they may have an answer or a revision that the others have not.
        Raises InputError where nobody has the mail, ServiceError where one that may have it did not answer.
        """
        nearest = (*self._lore(), *self._mirrors) if self._client else self._mirrors
        found = gather(message_id, nearest, self._spool(), Wish(every_revision=True))
        return series(message(raw) for raw in found.mails), found.troubles

    def _of_stdin(self) -> Gathered:
        spool = self._spool()
        for mail in read(STDIN):
            spool.put(mail)
        mails = spool.mails(range(len(spool)))
        return self.rest(mails[0]) if len(mails) == 1 else at_rest(mails, self._spool())

    def _patchwork(self, name: PatchworkName) -> Iterator[RawMessage]:
        return series_mails(name, self._settings.patchwork, self._online(name.base), tell)

    def _queue(self) -> Iterator[RawMessage]:
        wanted, servers = self._wanted, self._settings.patchwork
        since = wanted.since.date().isoformat() if wanted.since else ""
        client = self._online(wanted.project)
        return queue_mails(wanted.project, wanted.states, since, servers, client, tell)

    def _online(self, asked: str) -> Client:
        if self._client is None:
            raise ServiceError(f"{asked}: no server is asked while offline")
        return self._client

    @property
    def _wish(self) -> Wish:
        return Wish(self._wanted.every_revision, self._wanted.as_named)

    def _spool(self) -> Spool:
        return self._stack.enter_context(Spool())

    def archives(self, inbox: str = "") -> tuple[Archive, ...]:
        """The mirrors, then the servers; `inbox` is the one that a person's URL named."""
        return (*self._mirrors, *self._lore(inbox))

    def _lore(self, inbox: str = "") -> tuple[LoreArchive, ...]:
        return archives(self._sites, self._client, self._store, inbox, tell)

    @cached_property
    def _mirrors(self) -> tuple[Archive, ...]:
        if not self._settings.mirrors.is_used:
            return ()
        try:
            mirrors = self._stack.enter_context(opened(self._settings.mirrors))
        except (InputError, ServiceError) as error:
            tell(f"no local mirror is asked: {error}. {error.hint}".rstrip(". "))
            return ()
        return (mirrors,) if mirrors else ()

    @cached_property
    def _sites(self) -> Sites:
        return sites(self._settings.lore)

    @cached_property
    def _store(self) -> Store:
        return Store(cache_folder(), self._settings.cache, any_age=self._wanted.offline)

    @cached_property
    def _client(self) -> Client | None:
        """Whoever asks servers; None while offline."""
        if self._wanted.offline:
            return None
        network = self._settings.network
        hosts = (*self._sites.hosts, *(each.base for each in self._settings.patchwork))
        name = agent(network, self._sites.plus)
        return self._stack.enter_context(Client(network, hosts, state_folder(), name, tell=tell))


def tell(said: str) -> None:
    """Say on stderr what is neither the product nor a failure."""
    click.echo(printable(f"reviewbot: {said}"), err=True)


def _told(found: Gathered) -> Gathered:
    for note in found.notes:
        tell(note)
    return found
