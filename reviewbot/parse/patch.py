"""One mail becomes one patch: commit message, notes, diff and file changes.

A mail is taken for a patch when its subject says so (`PATCH`, a counter) and there is a diff at the left
margin; without such a subject it must look like the work of git format-patch (a sign-off, or notes under
`---`), since bug reports quote diffs too. Notices of commits that have already been made are no patches.

Law: a reply is never a patch, whatever it contains. Must not know threads or series.
"""

import re

from msgspec import Struct

from reviewbot.model.message import Message
from reviewbot.model.problem import ProblemKind
from reviewbot.model.series import Patch, Subject
from reviewbot.parse.body import Body
from reviewbot.parse.body import body as read_body
from reviewbot.parse.diff import file_changes

# tip-bot2, linux-next, the stable queue, Mark Brown's and Andrew Morton's scripts: it is in a tree already.
_NOTICE = re.compile(
    r"\s*(?:\[tip: ?[^\]]*\]"
    r"|linux-next: "
    r'|(?:re-)?applied "'
    r'|(?:failed: )?patch "'
    r"|(?:\[[^\]]*\] )?[+-] \S+\.(?:patch|diff) "
    r"|\[(?:merged|folded-merged|withdrawn|obsolete|to-be-updated|nacked|failures)[^\]]*\] \S+\.patch )",
    re.IGNORECASE,
)
_PATCH_WORD = re.compile(r"patch|rf[ct]", re.IGNORECASE)
# No mail without one of these has a diff; most discussion is settled here, without splitting a line.
_SIGNS_OF_A_DIFF = ("\n+++ ", "\ndiff --", "\n*** ", "\nIndex: ")


class Reading(Struct, frozen=True):
    """A mail's body in its parts, and the patch in it where there is one."""

    body: Body
    patch: Patch | None = None


def patch(message: Message, subject: Subject) -> Patch | None:
    """The patch in `message`, or None: a reply, a notice, no diff, or a diff in a report."""
    return None if subject.reply else reading(message, subject).patch


def reading(message: Message, subject: Subject) -> Reading:
    """The body of a mail that is no reply, and the patch in it."""
    parts = read_body(message.body)
    if not parts.diff or not _is_patch(message, subject, parts):
        return Reading(body=parts)
    return Reading(body=parts, patch=_patch(message, subject, parts))


def without_diff(message: Message, subject: Subject, parts: Body) -> Patch:
    """A patch for a mail that claims a position but holds no diff: no file changes."""
    return _patch(message, subject, parts)


def was_mailed(message: Message) -> bool:
    """Whether the mail has a Message-ID of its own; a file of git format-patch has none."""
    return all(problem.kind is not ProblemKind.NO_MESSAGE_ID for problem in message.problems)


def may_hold_diff(text: str) -> bool:
    """Whether it is worth looking for a diff in `text`; False is certain."""
    return any(sign in text for sign in _SIGNS_OF_A_DIFF) or text.startswith(("diff --", "--- "))


def says_patch(subject: Subject) -> bool:
    """Whether the bracketed words claim a patch (`PATCH`, `RFC`, `RFT`, `PATCHv2`)."""
    return any(_PATCH_WORD.match(word) for word in subject.prefix)


def _is_patch(message: Message, subject: Subject, parts: Body) -> bool:
    if _NOTICE.match(subject.raw):
        return False
    if subject.position is not None or any("patch" in word.lower() for word in subject.prefix):
        return True
    if not was_mailed(message):
        return True
    return bool(parts.notes.strip()) or any(
        trailer.key.lower() == "signed-off-by" for trailer in parts.trailers
    )


def _patch(message: Message, subject: Subject, parts: Body) -> Patch:
    diff = file_changes(parts.diff, parts.diff_mail)
    return Patch(
        message=message,
        subject=subject,
        author=parts.author or message.sender,
        commit_message=parts.commit_message,
        notes=parts.notes,
        trailers=parts.trailers,
        diff=parts.diff,
        diff_mail=parts.diff_mail,
        files=diff.files,
        problems=diff.problems,
    )
