"""The fixes that lie beside the checkout: their mails, what was said of them by hand, and mails made of them."""

import csv
from collections.abc import Iterator, Sequence
from email.utils import format_datetime
from pathlib import Path

from msgspec import Struct

from reviewbot.errors import InputError
from reviewbot.model.diff import FileChange
from reviewbot.model.message import RawMessage
from reviewbot.model.series import Patch, Series
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.sources.files import read

from .rebuild import text

REASONS = Path(__file__).resolve().parent / "reasons.tsv"
_REWORK = "Rework the function.\n\nSigned-off-by: A. Author <author@example.org>"


class Fix(Struct, frozen=True):
    """A real fix: where its diff lies (folder and name), its patch, and what was written on it by hand.

    `object` and `note` are those of the curated list; `cause` and `what` say why its reverse is not told though
    the whole file is seen (reasons.tsv).
    """

    id: str
    patch: Patch
    object: str = ""
    note: str = ""
    cause: str = ""
    what: str = ""

    @property
    def subject(self) -> str:
        """The subject without what stands in brackets."""
        return " ".join(self.patch.subject.text.split())

    @property
    def source(self) -> str:
        """The list it was posted to."""
        return self.id.rpartition("/")[2].partition("__")[0]


def fixes(mail: Path) -> Iterator[Fix | str]:
    """Every fix of which there is a diff, in order; the name of one that cannot be read."""
    notes = {row["path"]: row for row in _rows(mail / "curated-fixes.tsv")}
    judged = {row["fix"]: row for row in _rows(REASONS)}
    mails: dict[str, list[Path]] = {}
    for path in sorted((mail / "fixes").rglob("*.eml")):
        mails.setdefault(path.stem, []).append(path)
    for path in sorted((mail / "fix-diffs").rglob("*.diff")):
        name = str(path.relative_to(mail))
        note = notes.get(name, {})
        patch = next(_patches(path, mails.get(path.stem, [])), None)
        known = str(Path(name).relative_to("fix-diffs").with_suffix(""))
        if patch is None:
            yield known
        else:
            words = (note.get("rule", ""), note.get("reversal", ""))
            why = judged.get(known, {})
            yield Fix(known, patch, *words, why.get("cause", ""), why.get("what", ""))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file, delimiter="\t")


def _patches(diff: Path, mails: Sequence[Path]) -> Iterator[Patch]:
    """The patch as it was mailed, else one made of the diff alone."""
    for path in sorted(mails, key=lambda mail: diff.parent.name not in mail.parts):
        try:
            found = [*read(str(path))]
        except InputError:
            continue
        yield from _of(found)
    title = diff.stem.partition("__")[2].replace("_", " ")
    body = f"{_REWORK}\n---\n{diff.read_text(encoding='utf-8', errors='replace')}"
    head = f"From: a@example.org\nSubject: [PATCH] {title}\nMessage-ID: <x@fixes.invalid>\n\n"
    yield from _of([RawMessage((head + body).encode())])


def _of(mails: Sequence[RawMessage]) -> Iterator[Patch]:
    for one in series(message(raw) for raw in mails):
        yield from (patch for patch in one.patches if patch.files)


def mailed(fix: Fix, files: Sequence[FileChange], is_reversed: bool) -> Series:
    """The fix, or what takes it back, as a patch that stands alone.

    What takes it back says so nowhere: a rule that trusts an author's word would be silenced by it.
    """
    old = fix.patch.message
    heads = [f"From: {old.sender}", *_people(fix.patch)]
    title = f"{_area(files)}: Rework" if is_reversed else fix.subject
    title = title.encode("ascii", "replace").decode()
    heads.append(f"Subject: [PATCH] {title}")
    if old.date is not None:
        heads.append(f"Date: {format_datetime(old.date)}")
    heads.append("Message-ID: <1@fixes.invalid>")
    heads += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8"]
    words = _REWORK if is_reversed else fix.patch.commit_message
    diff = "".join(text(file) for file in files)
    data = "\n".join(heads) + f"\n\n{words.rstrip()}\n---\n\n{diff}-- \n2.39.5\n"
    (one,) = series([message(RawMessage(data.encode("utf-8", "replace")))])
    return one


def _people(patch: Patch) -> Iterator[str]:
    to = ", ".join(one.email for one in (*patch.message.to, *patch.message.cc) if one.email)
    if to:
        yield f"To: {to}"


def _area(files: Sequence[FileChange]) -> str:
    """What a subject may call the files."""
    return Path(files[0].path).stem if files else "kernel"
