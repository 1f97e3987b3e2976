"""Voices: who else said in the thread what was found, in any revision that has the defect.

To name a function is not to find fault with it: most mails that name what a finding is about speak of
something else. So a remark must be at the place and to the point: under the line, one near it or one that the
finding refers to, or with the name of the symbol or the function in the same sentence; and with a call that the
finding speaks of, or a word of what we would say ourselves (`leak`, `lock`, `export`).

Law: a mail counts only where its author wrote nothing of the series and where it was sent after the patch. A
robot is no person: it counts only where it comments on the line itself, and is named as one. What the author
agrees to is told only in an answer to that remark. Must not know later revisions.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from reviewbot.model.finding import Finding
from reviewbot.model.message import Message
from reviewbot.model.series import Patch
from reviewbot.model.sighting import Fate, Proof
from reviewbot.parse.answer import Saying, sayings
from reviewbot.review.defects import Defect, Seen
from reviewbot.review.eligible import is_robot
from reviewbot.review.families import sent
from reviewbot.review.heard import LONGEST, Talk, Topic, single, topic
from reviewbot.review.matter import Matter, matter
from reviewbot.review.place import squeezed
from reviewbot.review.revision import Revision
from reviewbot.review.utterance import Utterance

# More mails than these say nothing more.
_MOST = 4
# So many lines above and below the line are as good as the line itself.
_NEAR = 3
_LINE = "answers the same line"
_NEXT = "answers the lines round it"
_AGREES = re.compile(
    r"\b(?:good (?:catch|point|spot)|nice catch|well spotted"
    r"|(?:i|we)(?:'ll| will| shall) (?:fix|change|drop|remove|add|update|correct|do)"
    r"|will (?:fix|change|drop|remove|add|update|correct|do)\b|you(?:'re| are) (?:\w+ )?right|fixed|agreed"
    r"|my (?:bad|mistake)|oops|indeed|missed (?:that|this|it)|for catching|for spotting)\b",
    re.IGNORECASE,
)
_BUT = re.compile(r"\b(?:but|however|not|why|unless|disagree)\b|n't\b|\?", re.IGNORECASE)


class _Ear(Struct, frozen=True):
    """What is listened for: the line itself, the lines near it, the names, and the point."""

    line: Topic
    near: Topic
    names: Topic
    matter: Matter
    cover: str

    def heard(self, said: Utterance) -> str:
        """How a remark says it; empty where it does not."""
        if self.matter.is_in(said.whole):
            at = Talk(self.cover, (said.whole.remarks,))
            if (found := at.heard(self.line)) is not None:
                return found.how
            if at.heard(self.near) is not None:
                return _NEXT
        alone = tuple(one.remarks for one in said.sentences if self.matter.is_in(one))
        found = Talk(self.cover, alone).heard(self.names) if alone else None
        return found.how if found is not None else ""


def voices(defect: Defect, family: Sequence[Revision]) -> tuple[Proof, ...]:
    """The mails in which others name a defect, oldest first, each with the author's agreement."""
    found: dict[str, Proof] = {}
    for seen in defect.seen:
        revision = family[seen.at]
        patch = revision.patches.get(seen.finding.anchor.message_id)
        if patch is None or not (near := [*_under(revision, patch)]):
            continue
        ear = _ear(seen, revision, patch)
        for said in near:
            if len(found) < _MOST and said.answer.message.message_id not in found:
                for proof in _proofs(ear, said, revision):
                    found.setdefault(proof.by, proof)
    return tuple(found.values())


def _under(revision: Revision, patch: Patch) -> Iterator[Utterance]:
    """What was said under a patch or the cover letter, after the patch was sent."""
    cover = revision.outcome.series.cover
    places = {patch.message_id, cover.message_id if cover is not None else ""}
    begin = sent(patch.message)
    for said in revision.utterances:
        if said.answer.under in places and not 0 < sent(said.answer.message) < begin:
            yield said


def _ear(seen: Seen, revision: Revision, patch: Patch) -> _Ear:
    finding, cover = seen.finding, revision.outcome.series.cover
    about = topic(finding, "")
    wide = frozenset(single((finding.anchor.text, *_near(finding, patch)), patch.message.body))
    return _Ear(
        line=Topic(about.patch, lines=wide & {squeezed(finding.anchor.text)}),
        near=Topic(about.patch, lines=wide),
        names=Topic(about.patch, about.names, about.function),
        matter=matter(seen.verdict, about),
        cover=cover.message_id if cover is not None else "",
    )


def _near(finding: Finding, patch: Patch) -> Iterator[str]:
    """The lines round the line, and those that the finding refers to."""
    at = finding.anchor.mail
    if at >= 0:
        lines = patch.message.body.split("\n")[max(0, at - _NEAR) : at + _NEAR + 1]
        yield from (line[1:] for line in lines)
    yield from (anchor.text for anchor in finding.related)


def _proofs(ear: _Ear, said: Utterance, revision: Revision) -> Iterator[Proof]:
    """The mail if it says it, and the author's answer to what it says."""
    mail = said.answer.message
    how = ear.heard(said)
    if how and (told := _by(mail, how)):
        yield Proof(Fate.NAMED, mail.message_id, told)
        yield from _agreed(said.saying, mail, revision)


def _by(mail: Message, how: str) -> str:
    """Who said it; nothing of a robot that does not comment on the line."""
    who = mail.sender.name or mail.sender.email
    if mail.machine or is_robot(mail.sender):
        return f"{who} (a robot) {how}" if how == _LINE else ""
    return f"{who} {how}"


def _agreed(saying: Saying, mail: Message, revision: Revision) -> Iterator[Proof]:
    """The author's answer to a remark, where its first words under a quote of the remark agree."""
    theirs = frozenset(map(squeezed, saying.words))
    for answer in revision.answers.get(mail.message_id, ()):
        if answer.sender.email.lower() not in revision.authors:
            continue
        for one in sayings(answer.body[:LONGEST]):
            words = squeezed(" ".join(one.words[:3]))
            said = _AGREES.search(words)
            if said and not _BUT.search(words) and _quotes(one.quote, theirs):
                who = answer.sender.name or answer.sender.email
                yield Proof(Fate.NAMED, answer.message_id, f'the author, {who}: "{said[0]}"')
                return


def _quotes(quote: Sequence[str], theirs: Iterable[str]) -> bool:
    """Whether the last lines of a quote are words of the remark."""
    return not frozenset(map(squeezed, quote[-3:])).isdisjoint(theirs)
