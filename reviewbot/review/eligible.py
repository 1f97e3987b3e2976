"""Eligible: whether a posting may be answered by a program at all.

Law: each reason is told from the mail and its thread; a posting is eligible only if none holds. Must not know
what would be said, nor to whom.

Source: rule catalogue §4.2 rule 2.
"""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from reviewbot.model.letter import Letter
from reviewbot.model.message import Address
from reviewbot.model.posting import Posting
from reviewbot.model.printable import header
from reviewbot.model.series import FollowUp, Series, SeriesKind
from reviewbot.parse.answer import sayings
from reviewbot.parse.backport import tree_words
from reviewbot.review.addressing import is_list
from reviewbot.review.heard import LONGEST, others
from reviewbot.review.manners import Manners

# Programs that post patches or reports. People have `bot` in their names and domains too, so each is named.
ROBOTS = (
    "*syzbot*@*",
    "lkp@intel.com",
    "*patchwork-bot*@*",
    "*-bot@kernel.org",
    "bot+*@*",
    "*[-+._]bot@*",
    "robot@*",
    "*no-reply@*",
    "*noreply@*",
    "*donotreply@*",
    "mailer-daemon@*",
    "postmaster@*",
)
# `Applied, thanks.`, `Queued for 6.12.`, `This series was applied to …`; not `if the patch is applied` nor
# `queued bytes`.
_APPLIED = re.compile(
    r"(?:(?:thanks|thank you|both|all|also|now|and|ok|series|patch(?:es)?|i|i've|have|just)[,.!:;]?\s+)*"
    r"(?:applied|queued|merged|picked up|pushed)"
    r"(?:[,.!;:]|\s+(?:to|for|in|into|it|this|these|them|both|all|and|by|as|with|thanks|up|on|upstream)\b|\s*$)"
    r"|this (?:series|patch|patchset|one)\b.{0,30}"
    r"\b(?:was|is|has been) (?:already )?(?:applied|merged|queued)\b",
    re.IGNORECASE,
)
_NACK = re.compile(r"(?:NAC?K(?:ed)?|[Nn]ac?k|[Nn]acked)\b|.*\bNAC?K (?:on|to|for) (?:this|the)\b")


def ineligible(posting: Posting, manners: Manners) -> Iterator[str]:
    """Every reason in the mail itself not to answer it."""
    yield from unfit(posting, manners)
    addresses = (one.email for one in (*posting.to, *posting.cc))
    if not any(is_list(address, posting, manners.lists) for address in addresses):
        yield "a private mail: no list is in To or Cc"


def unfit(posting: Posting, manners: Manners) -> Iterator[str]:
    """Those of them that hold wherever the mail is found: by what it is, who sent it, what came after it."""
    yield from _kind(posting, manners)
    if posting.project:
        yield f"a patch for {posting.project}"
    author = posting.author.email.lower()
    if is_robot(posting.author, manners.post.robots):
        yield f"{author} is a program"
    if posting.auto_submitted and posting.auto_submitted.lower() != "no":
        yield f"sent by a program (Auto-Submitted: {header(posting.auto_submitted, 40)})"
    if author and author in manners.own:
        yield "our own mail"
    if posting.superseded_by:
        yield f"revision {posting.superseded_by} is out"


def _kind(posting: Posting, manners: Manners) -> Iterator[str]:
    """What kind of mail it is that no program answers."""
    if posting.is_reply:
        yield "an answer or a forwarded mail"
    if posting.kind is not SeriesKind.PATCHES:
        yield f"a {posting.kind.value.replace('-', ' ')}"
    if posting.tagged("RFC") and manners.policy.rfc == "off":
        yield "an RFC"
    if words := tree_words(posting.prefix):
        yield f"for a stable tree ({', '.join(sorted(words))})"
    for tag in manners.policy.skip_tags:
        if posting.tagged(tag):
            yield f"tagged {tag}"


def is_robot(address: Address, more: Sequence[str] = ()) -> bool:
    """Whether mails from there are written by a program; `more` are globs beside the known ones."""
    return any(fnmatchcase(address.email.lower(), glob.lower()) for glob in (*ROBOTS, *more))


def settled(thread: Series) -> str:
    """Who said that the series was applied or will not be, or an empty string."""
    for answer in others(thread):
        who = header(answer.message.sender.name, 80) or answer.message.sender.email
        if any(trailer.key.lower() in ("nacked-by", "naked-by") for trailer in answer.trailers):
            return f"{who} refused it"
        for line in _beginnings(answer):
            if _NACK.match(line):
                return f"{who} refused it"
            if _APPLIED.match(line):
                return f"{who} applied it"
    return ""


def _beginnings(answer: FollowUp) -> Iterator[str]:
    """The lines that begin a sentence, as far as that can be told of a line."""
    for saying in sayings(answer.message.body[:LONGEST]):
        for number, line in enumerate(saying.words):
            if not number or line.lstrip()[:1].isupper():
                yield line.strip()


def answers_us(letter: Letter, ours: frozenset[str]) -> bool:
    """Whether the mail that is answered is itself an answer to one of ours (Message-IDs)."""
    return not ours.isdisjoint((letter.reply.in_reply_to, *letter.reply.references))
