"""The one HTTP client: a question becomes a complete, checked answer, or one sentence why not.

Law: no request leaves for a host that is not configured; no answer is believed before it is complete and
looks like what was wanted; what may pass is waited for, within one deadline. Must not know what mails, threads
or searches are. requests is imported when the first request is made.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Self

from msgspec import Struct

from reviewbot.errors import ConfigError, ServiceError, UsageError
from reviewbot.sources.web import failures
from reviewbot.sources.web.allowance import Allowance
from reviewbot.sources.web.answer import Answer, DoubtError, EndlessError, beginning, received
from reviewbot.sources.web.belief import Want, is_page, page
from reviewbot.sources.web.body import CutOffError, TooMuchError, plain
from reviewbot.sources.web.clock import Clock, Deadline
from reviewbot.sources.web.failures import (
    PassingError,
    RefusedError,
    UncertainError,
    UnreachableError,
    WireError,
)
from reviewbot.sources.web.hosts import Place, hosts, place
from reviewbot.sources.web.settings import Network
from reviewbot.sources.web.waits import backoff, spoken, wish

if TYPE_CHECKING:
    from reviewbot.sources.web.exchange import Exchange, Reply

__all__ = ["Answer", "Client", "RefusedError", "UncertainError", "UnreachableError", "Want"]

_ABSENT = (300, 404, 410)  # public-inbox says 300 where only part of a Message-ID fits
_MOVED = (301, 302, 303, 307, 308)
_PASSING = (408, 425, 429, 500, 502, 503, 504)
_REDIRECTS = 5
# Shorter waits are not worth a word.
_WORTH_TELLING = 2.0


class _Question(Struct, frozen=True):
    """What is asked; `final` are statuses upon which it is not asked again, though they may pass."""

    method: str
    url: str
    want: Want
    token: str = ""
    final: tuple[int, ...] = ()


def _nothing(_said: str) -> None:
    """Tell nobody."""


def _further(settings: Network) -> Iterator[str]:
    """The hosts of the settings. Raises ConfigError for what is none."""
    for each in settings.hosts:
        try:
            hosts((each,))
        except UsageError:
            raise ConfigError(f"network.hosts: {each!r} is not of the form https://host") from None
        yield each


class Client:
    """Asks the hosts it was given, one question at a time; close it with `with`."""

    def __init__(
        self,
        settings: Network,
        hosts_named: Iterable[str],
        state: Path,
        agent: str,
        *,
        tell: Callable[[str], None] = _nothing,
        clock: Clock | None = None,
    ) -> None:
        """What is asked, and how.

        `hosts_named`: base addresses (`https://lore.kernel.org`: that scheme, host and port) or bare
        `host[:port]`; those of `settings.hosts` are added. `state`: the folder where pause and daily budget
        are kept. `agent`: the User-Agent (`settings.agent`). `tell` is told why we wait, one sentence each.
        Raises UsageError and, for the settings, ConfigError where a host is none.
        """
        self._settings = settings
        self._hosts = hosts((*hosts_named, *_further(settings)))
        self._state = state
        self._agent = agent
        self._tell = tell
        self._clock = clock or Clock()
        self._deadline = Deadline(self._clock)
        self._opened: tuple[Allowance, Exchange] | None = None

    def get(self, url: str, want: Want, token: str = "") -> Answer | None:
        """The answer to GET, or None where the server has nothing there (404, 410, 300).

        `token` is sent as `Authorization: Token ...`, to this host alone, and never over plain http but to
        this machine. Raises UsageError for a host that is not configured; UnreachableError, RefusedError or
        another ServiceError where there is no answer to believe.
        """
        return self._answered(_Question("GET", url, want, token))

    def post(self, url: str, want: Want) -> Answer | None:
        """As `get`, by POST with an empty body, as public-inbox wants it for searches; repeated like GET.

        But not upon a 500, which public-inbox 1.9 answers for ever to a search that it cannot read.
        """
        return self._answered(_Question("POST", url, want, final=(500,)))

    def submit(self, url: str, json: bytes, token: str) -> Answer:
        """The JSON answer to a POST of `json`, which changes something there and is therefore made once.

        Nothing is repeated and no redirect followed. `token` as in `get`. Raises UncertainError where nobody
        knows whether it was taken, RefusedError or another ServiceError where it was not.
        """
        where = self._where(url, token)
        self._deadline.start(self._settings.deadline)
        try:
            with closing(self._sent(where, "POST", url, token, json)) as reply:
                if reply.status not in (200, 201):
                    raise failures.not_taken(where, reply.status, self._said(reply))
                return received(reply, Want.JSON, self._settings.max_bytes)
        except PassingError as trouble:
            raise failures.uncertain(where, str(trouble)) from None
        except (DoubtError, EndlessError, TooMuchError, CutOffError, WireError, ValueError):
            raise failures.uncertain(
                where, f"{where.name} did not say whether it took it"
            ) from None

    def close(self) -> None:
        """Close all connections."""
        if self._opened is not None:
            for each in self._opened:
                each.close()
            self._opened = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answered(self, question: _Question) -> Answer | None:
        """The answer, asked for as often and as long as the settings allow."""
        self._where(question.url, question.token)
        self._deadline.start(self._settings.deadline)
        for attempt in count(1):
            try:
                return self._tried(question)
            except PassingError as trouble:
                self._wait(trouble, attempt)
        raise AssertionError("count() does not end")

    def _where(self, url: str, token: str) -> Place:
        """Where `url` leads, if it may be asked, and asked with the token."""
        where = self._hosts.admit(url)
        if token and where.scheme == "http" and not where.is_loopback:
            raise UsageError(f"{where.name}: a token is not sent over plain http", "Use https.")
        return where

    def _wait(self, trouble: PassingError, attempt: int) -> None:
        """Wait before the next attempt, or raise what has not passed."""
        where, seconds = trouble.where, backoff(attempt)
        if trouble.wish is not None:
            seconds = trouble.wish.seconds
            is_down = isinstance(trouble.failure, UnreachableError)
            self._parts[0].hold(where.name, seconds, is_down=is_down)
            if seconds > self._settings.max_retry_after:
                longest = self._settings.max_retry_after
                raise failures.too_patient(where, trouble.wish, longest, trouble.failure)
        if not self._deadline.left:
            raise failures.too_late(where, self._settings.deadline)
        if attempt >= self._settings.attempts or seconds >= self._deadline.left:
            raise failures.given_up(trouble.failure, attempt, self._deadline.spent)
        if trouble.wish is None:
            self._tell(f"{trouble}; asking again in {spoken(seconds)}")
            self._clock.sleep(seconds)
        else:
            self._tell(f"{trouble}")

    def _tried(self, question: _Question) -> Answer | None:
        """One attempt: the request, and those that redirects lead to."""
        url, token, method = question.url, question.token, question.method
        seen: set[str] = set()
        while url not in seen and len(seen) <= _REDIRECTS:
            seen.add(url)
            where = self._hosts.admit(url)
            with closing(self._sent(where, method, url, token)) as reply:
                if reply.status not in _MOVED:
                    return self._judged(where, reply, question)
                url = self._onward(where, reply)
            method = "GET" if reply.status == 303 else method
            token = token if place(url) == where else ""
        raise ServiceError(f"{where.name} redirects in circles, last to {url}")

    def _sent(self, where: Place, method: str, url: str, token: str, json: bytes = b"") -> "Reply":
        """The head of the reply to one request, made when its turn has come."""
        allowance, exchange = self._parts
        seconds = allowance.claim(where.name, self._deadline.left)
        if seconds >= _WORTH_TELLING:
            self._tell(f"waiting {spoken(seconds)} before {where.name} is asked")
        if seconds:
            self._clock.sleep(seconds)
        if not self._deadline.left:
            raise failures.too_late(where, self._settings.deadline)
        try:
            return exchange.send(method, url, token, json)
        except WireError as error:
            raise failures.lost(where, error) from None

    def _onward(self, where: Place, reply: "Reply") -> str:
        """Where a redirect leads, if it may be followed."""
        url = reply.target("Location")
        try:
            target = place(url)
        except UsageError:
            raise ServiceError(f"{where.name} redirects to something that is no address") from None
        if not self._hosts.allow(target):
            raise failures.elsewhere(where, target)
        if where.scheme == "https" and target.scheme == "http":
            raise ServiceError(f"{where.name} redirects to plain http: not followed")
        return url

    def _judged(self, where: Place, reply: "Reply", question: _Question) -> Answer | None:
        """The answer, if its status and its body deserve it."""
        want = question.want
        if reply.status in _ABSENT:
            return None
        try:
            if reply.status != 200:
                self._complain(where, reply, question)
            return received(reply, want, self._settings.max_bytes)
        except DoubtError as error:
            raise failures.unbelievable(where, want, error.doubt, self._agent) from None
        except EndlessError:
            raise failures.endless(where) from None
        except TooMuchError as error:
            raise failures.too_much(where, str(error)) from None
        except CutOffError:
            raise failures.broken(where, "the gzip is damaged or cut off") from None
        except WireError as error:
            raise failures.broken(where, str(error)) from None
        except ValueError as error:
            raise ServiceError(f"{where.name} sent an encoding nobody asked for: {error}") from None

    def _complain(self, where: Place, reply: "Reply", question: _Question) -> NoReturn:
        """Raise what a status other than 200 means; a wall says so with any status."""
        encoding = reply.header("Content-Encoding").strip().lower()
        head = beginning(plain(reply.pieces(), encoding, self._settings.max_bytes))
        if is_page(reply.header("Content-Type"), head) and (seen := page(head)).is_wall:
            raise failures.unbelievable(where, question.want, seen, self._agent)
        if reply.status in _PASSING and reply.status not in question.final:
            asked = wish(reply.header("Retry-After"), self._clock.now())
            raise failures.unhappy(where, reply.status, asked)
        raise failures.refused(where, reply.status, reply.reason)

    def _said(self, reply: "Reply") -> str:
        """The beginning of what a server says instead of doing something."""
        encoding = reply.header("Content-Encoding").strip().lower()
        try:
            head = beginning(plain(reply.pieces(), encoding, self._settings.max_bytes))
        except (TooMuchError, CutOffError, WireError, ValueError):
            return ""
        return head.decode("utf-8", "replace")

    @property
    def _parts(self) -> "tuple[Allowance, Exchange]":
        """What keeps count and what sends; opened, and requests imported, when first needed."""
        if self._opened is None:
            allowance = Allowance(self._settings, self._state, self._clock)
            module = import_module("reviewbot.sources.web.exchange")
            exchange = module.Exchange(self._settings, self._hosts, self._agent, self._deadline)
            self._opened = allowance, exchange
        return self._opened
