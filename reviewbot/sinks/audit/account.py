"""Account: what an audit is beside its findings, and the shape in which the findings come.

Law: two audits of the same archives by the same program have equal accounts: no clock is read, nothing is
timed, and no path of this machine gets in but what somebody asked for by name. Must not know formats.
"""

from collections.abc import Iterator
from typing import Protocol

from msgspec import Struct

from reviewbot.model.finding import Channel, Severity
from reviewbot.model.sighting import Sighting


class ArchiveAccount(Struct, frozen=True):
    """One archive: how many mails and patches are in it, and when its first and last mail were sent.

    `series` are those that were reviewed: where no mail can have a finding, none is put together. `first` and
    `last` are Unix time in seconds, 0 where no mail has a date.
    """

    name: str
    mails: int
    patches: int
    series: int
    first: int = 0
    last: int = 0


class RuleRow(Struct, frozen=True):
    """One rule that was run; `page` is the address of its documentation, or its path in the docs folder."""

    id: str
    severity: Severity
    channel: Channel
    summary: str
    page: str = ""


class Example(Struct, frozen=True):
    """One case of a trouble: where (an archive and what in it), and in words what is wrong."""

    place: str
    detail: str


class TroubleCount(Struct, frozen=True):
    """How many mails of the archives could not be had, for one kind of reason, and a few of them."""

    kind: str
    count: int
    examples: tuple[Example, ...] = ()


class FailureRow(Struct, frozen=True):
    """A rule that crashed on a patch, with the error in one line."""

    rule: str
    message_id: str
    path: str
    error: str


class Account(Struct, frozen=True):
    """What was audited, with what, and what went wrong.

    `sources` are as they were named. `since` and `until` bound the time a patch was sent (Unix time in
    seconds, 0: no bound). `tree` is the git repository that was asked what was merged, as it was named, empty
    without. `program` is reviewbot's own number. `rules` are those that were run, in order of their ids.
    """

    sources: tuple[str, ...]
    archives: tuple[ArchiveAccount, ...]
    rules: tuple[RuleRow, ...]
    since: int = 0
    until: int = 0
    tree: str = ""
    program: str = ""
    troubles: tuple[TroubleCount, ...] = ()
    failures: tuple[FailureRow, ...] = ()

    @property
    def mails(self) -> int:
        """All mails of all archives; a mail that is in two counts twice."""
        return sum(archive.mails for archive in self.archives)

    @property
    def patches(self) -> int:
        """All patches of all archives, counted likewise."""
        return sum(archive.patches for archive in self.archives)

    @property
    def series(self) -> int:
        """All series of all archives that were reviewed, counted likewise."""
        return sum(archive.series for archive in self.archives)


class Sightings(Protocol):
    """The findings of an audit, in order of `order`; may be gone through as often as one likes.

    There may be millions, so nobody keeps them.
    """

    def __iter__(self) -> Iterator[Sighting]:
        """From the oldest to the newest."""


class Audit(Struct, frozen=True):
    """A whole audit: its account and its findings."""

    account: Account
    sightings: Sightings


def order(sighting: Sighting) -> tuple[int, str, str, int]:
    """What sightings are sorted by: the time the patch was sent, its Message-ID, the rule, the line."""
    return sighting.sent, sighting.message_id, sighting.rule, sighting.line
