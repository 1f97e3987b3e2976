"""Revision: the outcome of one revision of a series, and what is asked of it more than once.

Law: everything here follows from the outcome. Must not know the other revisions.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from reviewbot.model.diff import Line, Sign
from reviewbot.model.finding import Channel, Finding, Verdict
from reviewbot.model.message import Message
from reviewbot.model.series import Patch
from reviewbot.review.families import first_sent
from reviewbot.review.outcome import Outcome, Skip
from reviewbot.review.utterance import Utterance, utterances

_WORD = re.compile(r"\w+")
Holders = Mapping[str, Mapping[str, Patch]]


class Revision(Struct, frozen=True, dict=True):
    """One outcome of a family."""

    outcome: Outcome

    @property
    def name(self) -> str:
        """`v3`."""
        return f"v{self.outcome.series.revision}"

    def called(self, patch: Patch) -> str:
        """`v3 2/5`, or `v3` of a patch without position."""
        subject = patch.subject
        if subject.position is None:
            return self.name
        return f"{self.name} {subject.position}/{subject.total or self.outcome.series.total}"

    @cached_property
    def sent(self) -> int:
        """When it was sent, in Unix seconds."""
        return first_sent(self.outcome.series)

    @cached_property
    def patches(self) -> Mapping[str, Patch]:
        """Its patches by Message-ID."""
        return {patch.message_id: patch for patch in self.outcome.series.patches}

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts that tell of a defect: of one that several patches show those of the first."""
        told = [one for one in self.outcome.verdicts if one.channel is not Channel.GATE]
        first: dict[str, str] = {}
        for finding in (one.finding for one in told):
            first.setdefault(finding.fingerprint, finding.anchor.message_id)
        return tuple(
            one for one in told if first[one.finding.fingerprint] == one.finding.anchor.message_id
        )

    @cached_property
    def words(self) -> Mapping[str, frozenset[str]]:
        """The words that stand in each file after the patches, as far as the diffs show it."""
        found: dict[str, set[str]] = {}
        for _, path, line in self._lines:
            words = found.setdefault(path, set())
            if line.sign is not Sign.REMOVED:
                words.update(_WORD.findall(line.text))
        return {path: frozenset(words) for path, words in found.items()}

    def has(self, name: str, path: str) -> bool:
        """Whether the words of a name stand in the file."""
        return self.words.get(path, frozenset()).issuperset(_WORD.findall(name))

    @cached_property
    def added(self) -> Holders:
        """The added lines with single blanks by path, and the last patch that adds each."""
        return self._of(Sign.ADDED)

    @cached_property
    def removed(self) -> Holders:
        """The removed lines, likewise."""
        return self._of(Sign.REMOVED)

    def adding(self, name: str) -> Patch | None:
        """The last patch that adds a line with this word, or None."""
        return self._added_words.get(name)

    @cached_property
    def skipped(self) -> Mapping[str, Sequence[Skip]]:
        """What was not looked at, by rule."""
        found: dict[str, list[Skip]] = {}
        for skip in self.outcome.skipped:
            found.setdefault(skip.rule, []).append(skip)
        return found

    @cached_property
    def crashed(self) -> frozenset[str]:
        """The rules that crashed on any of it."""
        return frozenset(failure.rule for failure in self.outcome.failures)

    def news(self, rule: str, before: "Revision") -> Iterator[Finding]:
        """What a rule found here and not in the revision before."""
        known = before.fingerprints
        return (one for one in self._by_rule.get(rule, ()) if one.fingerprint not in known)

    @cached_property
    def fingerprints(self) -> frozenset[str]:
        """The fingerprints of all that was found."""
        return frozenset(one.finding.fingerprint for one in self.outcome.verdicts)

    @cached_property
    def _by_rule(self) -> Mapping[str, Sequence[Finding]]:
        found: dict[str, list[Finding]] = {}
        for one in self.outcome.verdicts:
            found.setdefault(one.finding.rule, []).append(one.finding)
        return found

    @cached_property
    def utterances(self) -> tuple[Utterance, ...]:
        """What others said in its thread of the patches in which something was found."""
        about = {one.finding.anchor.message_id for one in self.outcome.verdicts}
        return utterances(self.outcome.series, about)

    @cached_property
    def authors(self) -> frozenset[str]:
        """The addresses of those who wrote or sent it, in lower case."""
        series = self.outcome.series
        people = [series.author]
        for patch in series.patches:
            people += [patch.author, patch.message.sender]
        return frozenset(one.email.lower() for one in people)

    @cached_property
    def answers(self) -> Mapping[str, Sequence[Message]]:
        """The mails of its thread by what each is a reply to."""
        found: dict[str, list[Message]] = {}
        for said in self.outcome.series.follow_ups:
            for above in said.message.in_reply_to:
                found.setdefault(above, []).append(said.message)
        return found

    @property
    def _lines(self) -> Iterator[tuple[Patch, str, Line]]:
        for patch in self.outcome.series.patches:
            for file in patch.files:
                for hunk in file.hunks:
                    for line in hunk.lines:
                        yield patch, file.path, line

    def _of(self, sign: Sign) -> Holders:
        found: dict[str, dict[str, Patch]] = {}
        for patch, path, line in self._lines:
            if line.sign is sign:
                found.setdefault(path, {})[" ".join(line.text.split())] = patch
        return found

    @cached_property
    def _added_words(self) -> Mapping[str, Patch]:
        lines = ((patch, line) for patch, _, line in self._lines if line.sign is Sign.ADDED)
        return {word: patch for patch, line in lines for word in _WORD.findall(line.text)}
