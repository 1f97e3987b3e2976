"""Sighting: a defect that an audit found, once for all revisions of its series, and what happened next.

Law: facts that a person can check, each with the mail that shows it; `Standing` follows from them and is never
set by hand. Must not know archives, databases or pages.
"""

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct

from reviewbot.model.finding import Channel, Severity


class Standing(Enum):
    """What the archive says of a finding."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    UNKNOWN = "unknown"


class Fate(Enum):
    """What happened after the mail in which a finding was seen."""

    FIXED = "fixed"  # the next revision has the patch, and no longer the fault
    NAMED = "named"  # somebody else said it in the thread
    DROPPED = "dropped"  # the next revision no longer has the patch, or not that file
    KEPT = "kept"  # all later revisions have it still
    MERGED = "merged"  # the tree has the line as it was posted
    OPEN = "open"  # no later revision, no word, and no tree that has it

    @property
    def standing(self) -> Standing:
        """What this fate alone says of the finding."""
        if self in (Fate.FIXED, Fate.NAMED):
            return Standing.CONFIRMED
        return Standing.CONTRADICTED if self is Fate.MERGED else Standing.UNKNOWN


class Proof(Struct, frozen=True):
    """A fate and what shows it: the Message-ID of a mail (or, for `merged`, a commit), and how, in words."""

    fate: Fate
    by: str = ""
    how: str = ""


class Sighting(Struct, frozen=True):
    """One defect of one series.

    `message_id` is the patch it was seen in last, `series_id` what people name that posting by, `revision` its
    revision and `since` the first revision seen that has it. `sent` is when that patch was sent (Unix time).
    `archive` is the list's name, `lists` the `List-Id`s of the patch. `quote` are the lines of the mail around
    the place, that of the finding among them at index `marked`. `comment` is what would be said. `channel` and
    `reason` are the policy's. `proofs` are in order of weight, at least one.
    """

    rule: str
    severity: Severity
    channel: Channel
    reason: str
    fingerprint: str
    archive: str
    message_id: str
    series_id: str
    subject: str
    author: str
    domain: str
    sent: int
    revision: int
    since: int
    path: str
    function: str
    symbol: str
    line: int
    comment: str
    quote: tuple[str, ...] = ()
    marked: int = 0
    superseded: bool = False
    facts: Mapping[str, str | int] = {}
    lists: tuple[str, ...] = ()
    proofs: tuple[Proof, ...] = (Proof(Fate.OPEN),)

    @property
    def fate(self) -> Fate:
        """The weightiest thing that happened."""
        return self.proofs[0].fate

    @property
    def standing(self) -> Standing:
        """What the archive says of it: that it was merged as it was outweighs no person's word.

        Nor does a merge contradict what is only pointed out, such as a new export.
        """
        is_told = self.severity is Severity.INFO and self.fate is Fate.MERGED
        return Standing.UNKNOWN if is_told else self.fate.standing

    @property
    def key(self) -> str:
        """Names it in this audit and the next one; two places of one patch that read the same share it."""
        return f"{self.fingerprint}:{self.message_id}"
