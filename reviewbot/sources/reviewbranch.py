"""A review branch of b4: the patches of a series as commits, and what b4 keeps about them in the last one.

A branch is called `b4/review/<change-id>`. Its last commit is empty; its message is the cover letter, a marker,
and JSON: the mails' Message-IDs, the first commit of the series, the thread as a blob, what reviewers said.
Source: b4 0.16, misc/agent-reviewer.md and `create_review_branch` in b4/review/_review.py.

Law: the repository is only read, and nothing that stands in its configuration is run. Must not know what is
said about the patches.
"""

import re
import subprocess
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from reviewbot.errors import InputError
from reviewbot.model.message import RawMessage
from reviewbot.model.printable import header, identifier
from reviewbot.parse import mbox
from reviewbot.sources.gitstore import environment
from reviewbot.sources.ranges import mails

PREFIX = "b4/review/"
_MARKER = "--- b4-review-tracking ---"
_ID = re.compile(r"[0-9a-f]{40,64}")
_SUBJECT = re.compile(rb"^Subject:[^\n]*(?:\n[ \t][^\n]*)*\n?", re.MULTILINE)
_DIFF = ("--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/")


class _Comment(Struct, frozen=True):
    text: str = ""


class _Review(Struct, frozen=True, rename="kebab"):
    comments: tuple[_Comment, ...] = ()
    note: str = ""
    reply: str = ""
    patch_state: str = ""


class _Headers(Struct, frozen=True):
    msgid: str = ""


class _Patch(Struct, frozen=True, rename="kebab"):
    title: str = ""
    header_info: _Headers = _Headers()
    reviews: Mapping[str, _Review] = {}


class _Series(_Patch, frozen=True, rename="kebab"):
    base_commit: str = ""
    first_patch_commit: str = ""
    thread_blob: str = ""


class Tracking(Struct, frozen=True):
    """What b4 keeps: of the series, and of each patch in order."""

    series: _Series = _Series()
    patches: tuple[_Patch, ...] = ()

    @property
    def message_ids(self) -> tuple[str, ...]:
        """Those of the patches, without brackets."""
        return tuple(patch.header_info.msgid.strip("<> ") for patch in self.patches)


class Leaflet(Struct, frozen=True):
    """One patch of a branch: its number from 1, its mail's Message-ID and subject, its commit.

    `is_skipped` where the maintainer wants nothing said; `said` are the words reviewers have left in b4.
    """

    number: int
    message_id: str
    subject: str
    commit: str
    is_skipped: bool
    said: str


class ReviewBranch(Struct, frozen=True):
    """A branch: its name, its tip, where comments for it are left, its patches.

    `below` is the commit that the first patch stands on, `said` what was said of the series as a whole.
    """

    name: str
    tip: str
    folder: Path
    cover: str
    below: str
    thread: str
    said: str
    patches: tuple[Leaflet, ...]


class Reviews:
    """The review branches of the repository that `path` lies in. Raises InputError where there is none."""

    def __init__(self, path: Path) -> None:
        without = ("GIT_CEILING_DIRECTORIES",)
        self._environment = {k: v for k, v in environment(path).items() if k not in without}
        self._path = path
        self.top = Path(self._told("rev-parse", "--show-toplevel"))
        if not (self.top / ".git").is_dir():
            raise InputError(
                f"{self.top}: is a linked worktree, where b4 does not look for comments",
                "Run it in the main working tree.",
            )

    def holding(self, message_ids: Collection[str]) -> ReviewBranch:
        """The branch with most of these mails. Raises InputError where none has any."""
        wanted = set(message_ids)
        found = [(_shared(branch, wanted), branch) for branch in self._branches()]
        many, best = max(found, key=lambda pair: pair[0], default=(0, None))
        if best is None or not many:
            raise InputError(
                f"{self.top}: no review branch has this series",
                "Track it (b4 review track) and open it in b4 review once.",
            )
        return best

    def named(self, name: str = "") -> ReviewBranch:
        """The branch of that name, with or without `b4/review/`; the one checked out where none is named."""
        full = name or self._told("rev-parse", "--abbrev-ref", "HEAD")
        if not full.startswith(PREFIX):
            if not name:
                raise InputError(
                    f"{self.top}: {full} is no review branch of b4", "Name the series, or --branch."
                )
            full = PREFIX + full
        return self._read(full)

    def diff(self, leaflet: Leaflet) -> str:
        """The `git diff` of a patch, as b4 reads it."""
        wrote = self._run("diff", *_DIFF, f"{leaflet.commit}~1", leaflet.commit, "--")
        return wrote.decode("utf-8", "replace")

    def mails(self, branch: ReviewBranch) -> Iterator[RawMessage]:
        """The thread as b4 has kept it; where it has not, the commits, under the names of their mails."""
        if branch.thread:
            yield from self.thread(branch.thread)
            return
        for leaflet in branch.patches:
            commits = f"{leaflet.commit}~1..{leaflet.commit}"
            for written in mails(commits, self.top):
                yield RawMessage(_renamed(written.data, leaflet, branch.cover), written.origin)

    def thread(self, blob: str) -> Iterator[RawMessage]:
        """The mails of a thread that is kept as a blob."""
        if not _ID.fullmatch(blob):
            raise InputError(f"{self.top}: the thread is not named by an id: {blob!r}")
        kept = mbox.split(self._run("cat-file", "blob", blob))
        return (RawMessage(mail, f"{blob[:12]}, mail {n}") for n, mail in enumerate(kept, 1))

    def _branches(self) -> Iterator[ReviewBranch]:
        names = self._told("for-each-ref", "--format=%(refname:short)", f"refs/heads/{PREFIX}")
        for name in names.split():
            yield self._read(name)

    def _read(self, name: str) -> ReviewBranch:
        tip = self._told("rev-parse", "--verify", "--end-of-options", f"refs/heads/{name}")
        kept = tracking(self._run("cat-file", "commit", tip).decode("utf-8", "replace"), name)
        first, base = kept.series.first_patch_commit, kept.series.base_commit
        below = f"{first}~1" if first else base
        if not _ID.fullmatch(first or base):
            raise InputError(f"{name}: does not say where the series begins")
        commits = self._told("rev-list", "--reverse", f"{below}..{tip}~1").split()
        pairs = zip(kept.patches, commits, strict=False)
        leaflets = tuple(_leaflet(*numbered) for numbered in enumerate(pairs, 1))
        if not leaflets:
            raise InputError(f"{name}: has no patches")
        return ReviewBranch(
            name=name,
            tip=tip,
            folder=self.top / ".git" / "b4-review" / tip,
            cover=identifier(kept.series.header_info.msgid.strip("<> ")),
            below=below,
            thread=kept.series.thread_blob,
            said=_words(kept.series),
            patches=leaflets,
        )

    def _told(self, *command: str) -> str:
        return self._run(*command).decode("utf-8", "replace").strip()

    def _run(self, *command: str) -> bytes:
        done = subprocess.run(
            ("git", "-c", "log.showSignature=false", *command),
            cwd=self._path,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it failed"]
            raise InputError(f"{self._path}: git {command[0]}: {said[-1]}")
        return done.stdout


def tracking(message: str, name: str) -> Tracking:
    """What the last commit's message says behind the marker. Raises InputError where it says nothing."""
    _, marker, rest = message.partition(_MARKER)
    if not marker:
        raise InputError(f"{name}: its last commit is not one that b4 review made")
    return decoded("\n".join(line for line in rest.split("\n") if not line.startswith("#")), name)


def decoded(text: str, name: str) -> Tracking:
    """b4's JSON about a series, from `name`. Raises InputError."""
    try:
        return msgspec.json.decode(text, type=Tracking)
    except msgspec.MsgspecError as error:
        raise InputError(f"{name}: is not what b4 review keeps: {error}") from None


def _leaflet(number: int, pair: tuple[_Patch, str]) -> Leaflet:
    patch, commit = pair
    skipped = any(review.patch_state == "skip" for review in patch.reviews.values())
    message_id = identifier(patch.header_info.msgid.strip("<> "))
    return Leaflet(number, message_id, header(patch.title), commit, skipped, _words(patch))


def _renamed(mail: bytes, leaflet: Leaflet, cover: str) -> bytes:
    """What git wrote for a commit, as the mail that the commit was made of was called."""
    head, _, body = mail.partition(b"\n\n")
    fields = [f"Message-ID: <{leaflet.message_id}>"] if leaflet.message_id else []
    fields += [f"In-Reply-To: <{cover}>"] if cover and cover != leaflet.message_id else []
    if leaflet.subject:
        head = _SUBJECT.sub(b"", head)
        fields.append(f"Subject: {leaflet.subject}")
    return b"\n".join((*(field.encode() for field in fields), head.strip(b"\n"), b"", body))


def _words(patch: _Patch) -> str:
    """All that reviewers have written about a patch, as one line."""
    texts = (
        text
        for review in patch.reviews.values()
        for text in (review.note, review.reply, *(c.text for c in review.comments))
    )
    return " ".join(" ".join(texts).split())


def _shared(branch: ReviewBranch, wanted: Collection[str]) -> int:
    return sum(patch.message_id in wanted for patch in branch.patches)
