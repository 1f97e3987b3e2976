"""The checks of a Patchwork server: which there are for a patch, and one more.

A check is never changed and never deleted: of those of one user with one context the newest counts. Source:
Patchwork's API documentation, `/api/patches/{patch_id}/checks/`, version 1.3; its documentation of checks.

Law: a check is created once, or nobody knows, which is said; whether it was is then looked up. Must not know
what checks mean.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Protocol
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct

from reviewbot.errors import InputError
from reviewbot.model.check import Check, Standing, State
from reviewbot.sources.patchwork.answers import PatchAnswer, decoded
from reviewbot.sources.patchwork.api import Asks, Patchwork
from reviewbot.sources.web.client import Answer

__all__ = ["Checks", "Submits"]


class Submits(Asks, Protocol):
    """What is asked of the client, beside GET."""

    def submit(self, url: str, json: bytes, token: str) -> Answer:
        """See `reviewbot.sources.web.client.Client.submit`."""


class CheckAnswer(Struct, frozen=True):
    """One of `/api/patches/ID/checks/`."""

    id: int
    state: State
    context: str
    description: str | None = None
    target_url: str | None = None


class Checks(Patchwork):
    """The checks of a server; creating them needs a token whose user has the right `add_check`."""

    def __init__(self, client: Submits, base: str, token: str, project: str) -> None:
        super().__init__(client, base, token)
        self._submits = client
        self._project = project

    @property
    def has_token(self) -> bool:
        """Whether it is asked as somebody."""
        return bool(self._token)

    def patch(self, message_id: str) -> Standing | None:
        """The patch with this Message-ID in the project, or None."""
        query = urlencode({"project": self._project, "msgid": message_id}, quote_via=quote)
        url = f"{self._base}/api/patches/?{query}"
        found = islice(self._listed(url, PatchAnswer), 1)
        return next((_standing(patch) for patch in found), None)

    def newest(self, patch: int, context: str) -> Check | None:
        """The check of that context that counts, or None. Raises ServiceError."""
        last: Check | None = None
        for each in self._all(patch):
            if each.context == context:
                said, page = each.description or "", each.target_url or ""
                last = Check(each.state, context, said, page)
        return last

    def create(self, patch: int, check: Check) -> None:
        """One more check. Raises UncertainError where nobody knows whether it is there, ServiceError."""
        body = {
            "state": check.state.value,
            "context": check.context,
            "description": check.description,
            "target_url": check.target_url or None,
        }
        url = f"{self._base}/api/patches/{patch}/checks/"
        with self._submits.submit(url, msgspec.json.encode(body), self._token) as answer:
            decoded(answer.open().read(), CheckAnswer, url)

    def _all(self, patch: int) -> Iterator[CheckAnswer]:
        """Every check of a patch, the oldest first."""
        url = f"{self._base}/api/patches/{patch}/checks/"
        try:
            found = tuple(self._listed(url, CheckAnswer))
        except InputError:
            return
        yield from sorted(found, key=lambda each: each.id)


def _standing(patch: PatchAnswer) -> Standing:
    return Standing(patch.id, patch.state or "", bool(patch.archived))
