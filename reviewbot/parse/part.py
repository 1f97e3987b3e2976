"""Part: what one mail is in a posting: cover letter, patch, pull request or talk.

Law: told from this one mail alone; what only the thread can tell (a cover letter without brackets, a
remark without `Re:`) is decided where postings are made. Must not know threads.
"""

import re
from enum import Enum

from msgspec import Struct

from reviewbot.model.message import Message
from reviewbot.model.series import Patch, Subject
from reviewbot.parse.body import Body
from reviewbot.parse.body import body as read_body
from reviewbot.parse.patch import may_hold_diff, reading, says_patch, without_diff
from reviewbot.parse.subject import subject as read_subject

# What git request-pull writes, in this order.
_REQUEST_PULL = ("The following changes since commit ", "\nare available in the ")
_PULL_WORD = re.compile(r"(?:git-?)?pull(?:v\d+)?$", re.IGNORECASE)
_RESEND_WORD = re.compile(r"re-?(?:send|sent|post)", re.IGNORECASE)
# Words that say nothing about which tree or project a patch is for.
_PLAIN_WORD = re.compile(r"patch|rfc|rft|re-?(?:send|sent|post)|v\d", re.IGNORECASE)

# `<date>-<pid>-3-send-email-…`, `<date>.<pid>-3-author@…`, `<date>-name-v1-3-<hash>@…` (b4): the last number
# between dashes counts the mails of one run. `<hash>.<seconds>.git.…` is git format-patch --thread.
_COUNTED_ID = re.compile(r"(?<=-)\d{1,4}(?=-)")
_FORMAT_PATCH_ID = re.compile(r"(?:cover|[0-9a-f]{40})(\.\d{6,}\.git\..*)")


class Role(Enum):
    """What a mail is, as far as it tells itself. `hollow` claims a position but has no diff."""

    COVER = "cover"
    PATCH = "patch"
    HOLLOW = "hollow"
    PULL = "pull"
    TALK = "talk"


class Part(Struct, frozen=True):
    """One mail, its subject and its role; `body` is None for talk, `patch` is there for patch and hollow."""

    key: str
    message: Message
    subject: Subject
    role: Role
    body: Body | None = None
    patch: Patch | None = None

    @property
    def slot(self) -> tuple[int, int]:
        """Position and insert (`12.1` is (12, 1)); (0, 0) for whatever stands over patches, else (1, 0)."""
        if self.on_top:
            return (0, 0)
        position = self.subject.position
        return (1 if position is None else position, self.subject.insert)

    @property
    def on_top(self) -> bool:
        """Whether it is a cover letter, or a pull request, which may have its patches under it."""
        return self.role in (Role.COVER, Role.PULL)

    @property
    def sender(self) -> str:
        """Who sent it: the address in lower case; where a list put its own in (`… via list`), the name too."""
        sender = self.message.sender
        return (str(sender) if " via " in sender.name else sender.email).lower()

    @property
    def resent(self) -> bool:
        """Whether the subject says that this was sent before."""
        return any(_RESEND_WORD.match(word) for word in self.subject.prefix)

    @property
    def is_pull(self) -> bool:
        """Whether the subject says `PULL`."""
        return any(_PULL_WORD.match(word) for word in self.subject.prefix)

    @property
    def requests_pull(self) -> bool:
        """Whether the text is one that git request-pull writes."""
        first, second = _REQUEST_PULL
        start = self.message.body.find(first)
        return start >= 0 and self.message.body.find(second, start) >= 0

    @property
    def aims(self) -> frozenset[str]:
        """The bracketed words that say what the mail is for (`net-next`, `5.10`), in lower case."""
        return frozenset(
            word.lower() for word in self.subject.prefix if not _PLAIN_WORD.match(word)
        )


def part(key: str, message: Message) -> Part:
    """`message` with the role it takes."""
    subject = read_subject(message.subject)
    talk = Part(key, message, subject, Role.TALK)
    if subject.reply:
        return talk
    if subject.position == 0:
        return Part(key, message, subject, Role.COVER, read_body(message.body))
    if subject.position is None and (talk.is_pull or talk.requests_pull):
        return Part(key, message, subject, Role.PULL, read_body(message.body))
    return _patch_or_talk(talk)


def run(message_id: str) -> str:
    """What the Message-IDs of one run of git send-email, git format-patch or b4 share; else empty."""
    if found := _FORMAT_PATCH_ID.match(message_id):
        return found[1]
    *_, last = (None, *_COUNTED_ID.finditer(message_id.partition("@")[0]))
    return f"{message_id[: last.start()]}#{message_id[last.end() :]}" if last else ""


def _patch_or_talk(talk: Part) -> Part:
    key, message, subject = talk.key, talk.message, talk.subject
    claims = subject.position is not None and says_patch(subject)
    if not claims and not may_hold_diff(message.body):
        return talk
    read = reading(message, subject)
    if read.patch is not None:
        return Part(key, message, subject, Role.PATCH, read.body, read.patch)
    if claims:
        hollow = without_diff(message, subject, read.body)
        return Part(key, message, subject, Role.HOLLOW, read.body, hollow)
    return talk
