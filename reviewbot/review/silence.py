"""Silence: why a finding is not said although it might be.

Others said it, we said it, or somebody asked for silence.

Law: only what was said decides, and every reason names who said it. Nothing is looked at before it is needed.
Must not know rules.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from reviewbot.model.finding import Channel, Finding
from reviewbot.model.posting import lineage
from reviewbot.model.said import Objection, Wish
from reviewbot.model.series import Series
from reviewbot.review.heard import Talk, talk, topic
from reviewbot.review.history import Memory, Past, past


class Silence(Struct, frozen=True, dict=True):
    """A series, what is to be said of it, and what is remembered.

    What was said `max_repeats` times after the first is not said again, whether it was answered or not.
    """

    series: Series
    findings: tuple[Finding, ...]
    memory: Memory = Memory()
    max_repeats: int = 2

    def reasons(self, finding: Finding) -> Iterator[tuple[Channel, str]]:
        """The reasons to be quieter about a finding, each with the loudest channel it still allows."""
        for objection in self.memory.objections:
            yield from self._asked(objection, finding)
        for one in self.memory.declined:
            if one.fingerprint == finding.fingerprint:
                yield Channel.DRAFT, f"dropped from the queue at v{one.revision}"
        yield from self._heard(finding)
        if (known := self.past.get(finding.fingerprint)) is not None:
            yield from self._repeated(known)

    def since(self, finding: Finding) -> int:
        """The revision of which it was first said and not answered, or 0 where there is none to name."""
        known = self.past.get(finding.fingerprint)
        return known.revisions[0] if known and known.revisions and not known.moved else 0

    @cached_property
    def past(self) -> Mapping[str, Past]:
        """What was said before, by fingerprint."""
        return past(self.series, self.findings, self.memory)

    @cached_property
    def _lineage(self) -> str:
        return lineage(self.series)

    @cached_property
    def _bodies(self) -> Mapping[str, str]:
        return {patch.message_id: patch.message.body for patch in self.series.patches}

    @cached_property
    def _talk(self) -> Talk:
        about = {finding.anchor.message_id for finding in self.findings}
        return talk(self.series, about, {one.message_id for one in self.memory.said})

    def _asked(self, objection: Objection, finding: Finding) -> Iterator[tuple[Channel, str]]:
        author = self.series.author.email
        if objection.covers(self._lineage, author, finding.rule, finding.fingerprint):
            is_false = objection.wish is Wish.FALSE_POSITIVE
            yield Channel.SUPPRESSED if is_false else Channel.DRAFT, str(objection)

    def _heard(self, finding: Finding) -> Iterator[tuple[Channel, str]]:
        if self._talk.remarks:
            about = topic(finding, self._bodies.get(finding.anchor.message_id, ""))
            if heard := self._talk.heard(about):
                yield Channel.SUPPRESSED if heard.sure else Channel.DRAFT, heard.reason

    def _repeated(self, known: Past) -> Iterator[tuple[Channel, str]]:
        of = " and ".join(f"v{revision}" for revision in known.revisions)
        if known.here:
            yield Channel.SUPPRESSED, "said of this revision already"
        elif known.answered:
            yield Channel.SUPPRESSED, f"said of {of} and answered"
        elif len(known.revisions) > self.max_repeats:
            yield Channel.SUPPRESSED, f"said of {of}"
