"""One Patchwork server: the mails of a series, and the series in a list of patches.

Law: each list is followed to its end or to the number asked for, and no page is read twice. The mails are
those the server hands out: patches with the trailers it has collected, the cover letter where it has one. Must
not know how requests are made.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Protocol, TypeVar
from urllib.parse import quote, urlencode

from reviewbot.errors import InputError, ServiceError
from reviewbot.model.message import RawMessage
from reviewbot.parse import mbox
from reviewbot.sources.patchwork.answers import (
    PatchAnswer,
    SeriesAnswer,
    decoded,
    next_page,
)
from reviewbot.sources.web.client import Answer, Want

T = TypeVar("T")
# Pages of a list that are followed: 30 patches each, so far more than a list's whole queue.
MAX_PAGES = 500


class Asks(Protocol):
    """What is asked of the client: the answer to GET, or None where there is nothing."""

    def get(self, url: str, want: Want, token: str = "") -> Answer | None:
        """See `reviewbot.sources.web.client.Client.get`."""


class Patchwork:
    """A server at `base` (`https://patchwork.kernel.org`), asked with `token` unless it is empty."""

    def __init__(self, client: Asks, base: str, token: str = "") -> None:
        self._client = client
        self._base = base.rstrip("/")
        self._token = token

    def series(self, number: int) -> SeriesAnswer:
        """The series of that number. Raises InputError where the server has none."""
        return self._one(f"{self._base}/api/series/{number}/", SeriesAnswer)

    def series_of(self, patch: int | str, kind: str = "patches") -> int:
        """The number of the newest series a patch is in; `patch` is its number or its Message-ID.

        `kind` is `patches` or `covers`. Raises InputError where there is no such patch, or no series of it.
        """
        if isinstance(patch, int):
            found = self._one(f"{self._base}/api/{kind}/{patch}/", PatchAnswer)
        else:
            query = urlencode({"msgid": patch})
            url = f"{self._base}/api/{kind}/?{query}"
            answers = tuple(islice(self._listed(url, PatchAnswer), 1))
            if not answers:
                raise InputError(f"{self._base} has no mail <{patch}> among its {kind}")
            found = answers[0]
        if not found.series:
            raise InputError(f"{found.mbox}: is in no series, says the server")
        return max(series.id for series in found.series)

    def mails(self, series: SeriesAnswer) -> Iterator[RawMessage]:
        """The cover letter and the patches of a series. Raises InputError, ServiceError on the way."""
        if series.cover_letter is not None and series.cover_letter.mbox:
            yield from self._mbox(series.cover_letter.mbox)
        yield from self._mbox(series.mbox)

    def queue(self, project: str, states: Sequence[str], since: str = "") -> Iterator[int]:
        """Numbers of the series with a patch in one of the `states` (all where empty), newest first, each once.

        `since` is a date or time in the form of ISO 8601. Raises ServiceError.
        """
        query: list[tuple[str, str]] = [("project", project), ("archived", "false")]
        query += [("state", state) for state in states]
        query += [("since", since)] if since else []
        query.append(("order", "-date"))
        url = f"{self._base}/api/patches/?{urlencode(query, quote_via=quote)}"
        seen: set[int] = set()
        for patch in self._listed(url, PatchAnswer):
            number = max((series.id for series in patch.series), default=0)
            if number and number not in seen:
                seen.add(number)
                yield number

    def _one(self, url: str, shape: type[T]) -> T:
        answer = self._client.get(url, Want.JSON, self._token)
        if answer is None:
            raise InputError(
                f"{url}: the server has no such thing, or shows it to nobody without a token"
            )
        with answer:
            return decoded(answer.open().read(), shape, url)

    def _listed(self, url: str, shape: type[T]) -> Iterator[T]:
        """Every entry of a list, page after page."""
        seen: set[str] = set()
        while url and url not in seen:
            if len(seen) >= MAX_PAGES:
                raise ServiceError(f"{url}: the list does not end after {MAX_PAGES} pages")
            seen.add(url)
            answer = self._client.get(url, Want.JSON, self._token)
            if answer is None:
                return
            with answer:
                yield from decoded(answer.open().read(), tuple[shape, ...], url)  # type: ignore[valid-type]
                url = next_page(answer.header("Link"))

    def _mbox(self, url: str) -> Iterator[RawMessage]:
        answer = self._client.get(url, Want.MBOX, self._token)
        if answer is None:
            raise InputError(f"{url}: the server names these mails, and does not have them")
        with answer:
            data = answer.open().read()
        for count, mail in enumerate(mbox.split(data), 1):
            yield RawMessage(mail, f"{url}, message {count}")


def missing(series: SeriesAnswer) -> str:
    """A sentence about patches the server has not received, or an empty string."""
    if series.received_all or series.total <= len(series.patches):
        return ""
    return f"Patchwork has {len(series.patches)} of the {series.total} patches of the series {series.id}"
