"""Series: the patches of one posting at one revision, and what was said under them.

Law: a series holds what the mails say, in the order the author meant; what is missing is named, never
guessed. Must not know how mails are parsed or threaded.
"""

from enum import Enum

from msgspec import Struct

from reviewbot.model.diff import FileChange
from reviewbot.model.message import Address, Message
from reviewbot.model.problem import Problem


class Subject(Struct, frozen=True):
    """A subject line in its parts: `[PATCH RFC net-next v3 02/17] subsys: text`.

    `prefix` holds the bracketed words in order with revision and counter taken out (`PATCH`, `RFC`,
    `net-next`). `position` is None without counter; `12.1/17` has position 12 and `insert` 1.
    `text` is what follows the brackets. `reply` is True behind `Re:`, `Fwd:` and their kin.
    """

    raw: str
    text: str
    prefix: tuple[str, ...] = ()
    revision: int = 1
    position: int | None = None
    total: int | None = None
    insert: int = 0
    reply: bool = False

    def has(self, word: str) -> bool:
        """Whether a bracketed word is there, in any case (`RFC`, `RESEND`)."""
        return word.lower() in (tag.lower() for tag in self.prefix)


class Trailer(Struct, frozen=True):
    """`Key: value` of a commit message or a follow-up; folded values are joined by one space.

    `mail` is the 0-based index of its first line in the message body.
    """

    key: str
    value: str
    mail: int = -1


class Patch(Struct, frozen=True):
    """One message that carries a commit message and a diff.

    `author` is the in-body `From:` where there is one, else the sender. `commit_message` is the text
    that would be committed, trailers included; `notes` is what stands between `---` and the diff.
    `diff` is the diff text and `diff_mail` the body index of its first line.
    """

    message: Message
    subject: Subject
    author: Address
    commit_message: str
    notes: str
    trailers: tuple[Trailer, ...]
    diff: str
    diff_mail: int
    files: tuple[FileChange, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def message_id(self) -> str:
        """The Message-ID of the mail, without brackets."""
        return self.message.message_id


class FollowUp(Struct, frozen=True):
    """A reply in the thread that is not a patch: the mail, the trailers given, the patch it is under."""

    message: Message
    trailers: tuple[Trailer, ...] = ()
    under: str = ""


class SeriesKind(Enum):
    """What was posted."""

    PATCHES = "patches"
    PULL_REQUEST = "pull-request"
    DISCUSSION = "discussion"


class Series(Struct, frozen=True):
    """One posting at one revision.

    `patches` are in order of position; `missing` are the positions of 1..total that no mail was
    found for. `project` is empty for the kernel, else the name of the project the mail is for
    (`qemu`, `kvm-unit-tests`). `duplicates` are Message-IDs folded away (resends, cross-posts).
    `superseded_by` is the revision of a newer posting seen in the same input, or 0.
    """

    kind: SeriesKind
    subject: str
    author: Address
    revision: int = 1
    prefix: tuple[str, ...] = ()
    total: int | None = None
    cover: Message | None = None
    patches: tuple[Patch, ...] = ()
    missing: tuple[int, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    base_commit: str = ""
    change_id: str = ""
    prerequisites: tuple[str, ...] = ()
    project: str = ""
    duplicates: tuple[str, ...] = ()
    superseded_by: int = 0
    problems: tuple[Problem, ...] = ()

    @property
    def message_id(self) -> str:
        """The id people name the series by: the cover letter's, the first patch's, the first mail's."""
        if self.cover is not None:
            return self.cover.message_id
        if self.patches:
            return self.patches[0].message_id
        return self.follow_ups[0].message.message_id if self.follow_ups else ""

    @property
    def complete(self) -> bool:
        """Whether every position is there and no prerequisite is outside."""
        return bool(self.patches) and not self.missing and not self.prerequisites

    def tagged(self, word: str) -> bool:
        """Whether a bracketed word of the subjects is `word`, in any case."""
        return word.lower() in (tag.lower() for tag in self.prefix)
