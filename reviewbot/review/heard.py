"""Heard: whether somebody in the thread has already said what we would say.

It is heard if a person other than the author, or another robot, names the symbol or a call the finding is about
in words of their own, or comments right under its line, in an answer to the same patch or to the cover letter.
Where only the function is named they may speak of something else: then it is not sure.

Law: only names that mean one thing count: `kvm` or `dev` is in every mail, `kvm_get_kvm` is not. When in doubt
nothing is sent: to repeat a person costs more than to be silent. Must not know channels or templates.

Source: rule catalogue §4.2 rule 3.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import chain

from msgspec import Struct

from reviewbot.model.finding import Finding
from reviewbot.model.letter import Letter
from reviewbot.model.message import Address, Message
from reviewbot.model.printable import header
from reviewbot.model.series import FollowUp, Series
from reviewbot.parse.answer import Saying, sayings

# So many of the lines quoted right above a remark are what it is about.
NEAR = 3
# No remark is longer: of more than this only the beginning is read.
LONGEST = 100_000
LONGEST_NAME = 100
_NAME = re.compile(r"[A-Za-z_]\w*")
# A name that no prose has: two words joined.
_TELLING = re.compile(r"[A-Za-z]\w*[a-z0-9]_\w+|_+[A-Za-z]\w*_\w+")
_EXPRESSION = re.compile(r"[\w.>()*\[\]-]+(?:->|\.)\w+")


class Topic(Struct, frozen=True):
    """What is to be said: about which patch, the names it goes by, and the lines it would stand under.

    `names` count under the patch and under the cover letter, `calls` (what else the finding speaks of) and
    `lines` under the patch only. A line is squeezed, and no other line of the patch reads the same. `function`
    is where it is, empty where its name may mean anything.
    """

    patch: str
    names: frozenset[str] = frozenset()
    function: str = ""
    calls: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()


class Heard(Struct, frozen=True):
    """Who said it, in which mail, and how that was told: `names foo_bar` or `answers the same line`.

    It is not `sure` where only the function was named.
    """

    by: Address
    message_id: str
    how: str
    sure: bool = True

    @property
    def reason(self) -> str:
        """The reason to be silent, for people."""
        return f"{header(self.by.name, 80) or self.by.email} {self.how} in <{self.message_id}>"


class Remarks(Struct, frozen=True):
    """What one mail says: the names in its words, the words squeezed, and the lines it comments on."""

    mail: Message
    under: str
    names: frozenset[str]
    words: str
    lines: frozenset[str]


class Talk(Struct, frozen=True):
    """What others said in the thread of a series, oldest first, and the cover letter's Message-ID."""

    cover: str
    remarks: tuple[Remarks, ...] = ()

    def heard(self, topic: Topic) -> Heard | None:
        """The first mail that surely says it, else the first that may, or None."""
        doubtful = None
        for remark in self.remarks:
            if remark.under not in (topic.patch, self.cover):
                continue
            mail = remark.mail
            if how := _how(remark, topic):
                return Heard(mail.sender, mail.message_id, how)
            if doubtful is None and topic.function in remark.names:
                how = f"names {topic.function}()"
                doubtful = Heard(mail.sender, mail.message_id, how, sure=False)
        return doubtful


def talk(series: Series, about: Collection[str], ours: Collection[str] = ()) -> Talk:
    """What others than the authors said under the cover letter and the patches `about` (Message-IDs).

    `ours` are the Message-IDs of our own mails: we are nobody else. Nor is a program that answers for somebody
    who is away, or reports that a mail was not delivered: what it quotes nobody said.
    """
    cover = series.cover.message_id if series.cover is not None else ""
    wanted = {cover, *about} - {""}
    said = (
        answer
        for answer in others(series)
        if answer.under in wanted
        and not answer.message.machine
        and answer.message.message_id not in ours
    )
    return Talk(
        cover,
        tuple(remarks(one, sayings(one.message.body[:LONGEST])) for one in said),
    )


def others(series: Series) -> Iterator[FollowUp]:
    """The follow-ups that were not written by an author of the series."""
    own = frozenset(chain.from_iterable(map(_known_as, _authors(series))))
    for answer in series.follow_ups:
        if own.isdisjoint(_known_as(answer.message.sender)):
            yield answer


def topic(finding: Finding, body: str) -> Topic:
    """What a finding is about; `body` is that of the mail its place is in."""
    facts = (value for value in finding.facts.values() if isinstance(value, str))
    return Topic(
        patch=finding.anchor.message_id,
        names=frozenset(_of_symbol(finding.symbol)),
        function=_telling(finding.function),
        calls=frozenset(value for value in facts if _telling(value)),
        lines=frozenset(single([finding.anchor.text], body)),
    )


def topics(letter: Letter) -> Iterator[Topic]:
    """What a letter is about: its claims, and the lines its own words stand under."""
    parent = letter.posting.message_id
    for claim in letter.claims:
        yield Topic(parent, frozenset(_of_symbol(claim.symbol)))
    quoted = [_squeezed(saying.quote[-1]) for saying in sayings(letter.reply.body) if saying.quote]
    yield Topic(parent, lines=frozenset(line for line in quoted if _has_name(line)))


def _how(remark: Remarks, topic: Topic) -> str:
    """How a mail surely says it, or an empty string."""
    at_patch = remark.under == topic.patch
    wanted = topic.names | topic.calls if at_patch else topic.names
    if named := sorted(name for name in wanted if _says(remark, name)):
        return f"names {named[0]}"
    return "answers the same line" if at_patch and topic.lines & remark.lines else ""


def remarks(follow_up: FollowUp, said: Iterable[Saying]) -> Remarks:
    """What some of the sayings of a mail say."""
    said = tuple(said)
    words = " ".join(" ".join(line.split()) for saying in said for line in _own(saying))
    lines = (_squeezed(line) for saying in said for line in saying.quote[-NEAR:])
    return Remarks(
        mail=follow_up.message,
        under=follow_up.under,
        names=frozenset(_NAME.findall(words)),
        words=words,
        lines=frozenset(lines),
    )


def _own(saying: Saying) -> Iterator[str]:
    """What somebody wrote: words, and what they would change in the code."""
    return chain(saying.words, saying.changes)


def _says(remark: Remarks, name: str) -> bool:
    return name in remark.names or (not name.isidentifier() and name in remark.words)


def _authors(series: Series) -> Iterator[Address]:
    yield series.author
    for patch in series.patches:
        yield patch.author
        yield patch.message.sender


def _known_as(address: Address) -> Iterator[str]:
    """Addresses and names: people write from several addresses."""
    if address.email:
        yield address.email.lower()
    if " " in (name := " ".join(address.name.lower().split())):
        yield name


def _of_symbol(symbol: str) -> Iterator[str]:
    """What of a symbol means one thing: an identifier, the name of a call, all of `drv->owner`."""
    text = symbol.strip().lstrip("&*")
    if len(text) <= LONGEST_NAME and _EXPRESSION.fullmatch(text):
        yield text
    elif first := _telling((_NAME.findall(text) or [""])[0]):
        yield first


def _telling(text: str) -> str:
    """The text if it is a name that prose does not have, else an empty string."""
    return text if len(text) <= LONGEST_NAME and _TELLING.fullmatch(text) else ""


def single(lines: Iterable[str], body: str) -> Iterator[str]:
    """Those of the lines, squeezed, that say something and stand only once in the body."""
    stand = [_squeezed(line) for line in body.split("\n")]
    for line in map(_squeezed, lines):
        if _has_name(line) and stand.count(line) == 1:
            yield line


def _squeezed(line: str) -> str:
    """A line without the sign of a diff and with single blanks."""
    return " ".join((line[1:] if line[:1] in ("+", "-") else line).split())


def _has_name(line: str) -> bool:
    """Whether there is more in a line than brackets and a short word."""
    return len(line) > 5 and bool(_NAME.search(line))
