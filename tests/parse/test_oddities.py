"""Real odd mails are read as the names of their folders say.

The mails are other people's and not part of this project: the tests run where the material lies beside the
checkout. What is asserted is what each name promises, at the level of message, subject, body and diff.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from msgspec import Struct

from reviewbot.model.diff import FileKind
from reviewbot.model.message import Message, RawMessage
from reviewbot.model.problem import ProblemKind
from reviewbot.model.series import Subject
from reviewbot.parse.body import Body, body
from reviewbot.parse.diff import Diff, file_changes
from reviewbot.parse.mail import message
from reviewbot.parse.subject import subject
from reviewbot.sources.files import read

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
ODDITIES = SHARED / "mail" / "oddities"

pytestmark = pytest.mark.skipif(
    not ODDITIES.is_dir(), reason="../shared is not beside this checkout"
)


class Odd(Struct):
    """One odd mail, read."""

    raw: RawMessage
    mail: Message
    subject: Subject
    body: Body
    diff: Diff

    @property
    def kinds(self) -> set[ProblemKind]:
        return {problem.kind for problem in (*self.mail.problems, *self.diff.problems)}

    @property
    def files(self) -> set[FileKind]:
        return {file.kind for file in self.diff.files}

    def raw_has(self, pattern: str) -> bool:
        return bool(re.search(pattern.encode(), self.raw.data, re.IGNORECASE | re.MULTILINE))


def odd(raw: RawMessage) -> Odd:
    mail = message(raw)
    parts = body(mail.body)
    return Odd(raw, mail, subject(mail.subject), parts, file_changes(parts.diff, parts.diff_mail))


@cache
def mails(folder: str) -> tuple[Odd, ...]:
    files = sorted(path for path in (ODDITIES / folder).rglob("*") if path.is_file())
    return tuple(odd(raw) for path in files for raw in read(str(path)))


def folders() -> list[str]:
    return sorted(path.name for path in ODDITIES.iterdir()) if ODDITIES.is_dir() else []


def whole(each: Odd) -> bool:
    """A patch all of which could be read."""
    return bool(each.diff.files) and not each.diff.problems and bool(each.body.commit_message)


def damaged(each: Odd) -> bool:
    return bool(each.kinds & {ProblemKind.DIFF_DAMAGED, ProblemKind.WHITESPACE_DAMAGED})


def numbered(each: Odd) -> tuple[int, int]:
    assert each.subject.position is not None
    return each.subject.position, each.subject.total or 0


EXPECTED: dict[str, Callable[[Odd], object]] = {
    "base64-patch": lambda each: (
        each.raw_has("^content-transfer-encoding: *base64") and whole(each)
    ),
    "binary-diff": lambda each: any(file.binary for file in each.diff.files),
    "combined-diff": lambda each: ProblemKind.NOT_REVIEWED in each.kinds,
    "deleted-file": lambda each: FileKind.DELETED in each.files,
    "diff-in-reply": lambda each: each.subject.reply and each.diff.files,
    "git-pull-with-diff": lambda each: each.subject.has("PULL") and whole(each),
    "huge": lambda each: len(each.mail.body) > 500_000 and each.diff.files,
    "hunk-count-wrong": lambda each: ProblemKind.DIFF_DAMAGED in each.kinds,
    "inbody-from": lambda each: each.body.author and each.body.author.email,
    "mode-change": lambda each: any(
        file.old_mode and file.new_mode and file.old_mode != file.new_mode
        for file in each.diff.files
    ),
    "multipart-alternative-html": lambda each: (
        ("<br" not in each.mail.body and not each.kinds) or damaged(each)
    ),
    "multipart-mixed-attachment": lambda each: each.body.diff and "\n--==" not in each.mail.body,
    "new-file": lambda each: FileKind.ADDED in each.files,
    "no-bracket-subject": lambda each: not each.subject.prefix and each.body.diff,
    "no-newline-eof": lambda each: "\n\\ No newline" in each.body.diff and whole(each),
    "number-above-total": lambda each: numbered(each)[0] > numbered(each)[1] > 0,
    "number-dotted": lambda each: (
        each.subject.insert
        or any(re.fullmatch(r"[\d.]+(/[\d.]+)+", word) for word in each.subject.prefix)
    ),
    "pgp-mime-signed": lambda each: each.body.diff and "PGP SIGNATURE" not in each.mail.body,
    "qp-patch": lambda each: each.raw_has("^content-transfer-encoding: *quoted-") and whole(each),
    "rename": lambda each: FileKind.RENAMED in each.files,
    "resend": lambda each: each.subject.has("RESEND") and whole(each),
    "rfc": lambda each: each.subject.has("RFC") and whole(each),
    "scissors": lambda each: each.body.scissors >= 0 and each.body.diff_mail > each.body.scissors,
    "stable-backport": lambda each: each.subject.has("AUTOSEL") and each.body.author,
    "whitespace-damaged": lambda each: ProblemKind.WHITESPACE_DAMAGED in each.kinds,
}


@pytest.mark.parametrize("folder", [name for name in folders() if name in EXPECTED])
def test_as_the_folder_says(folder: str) -> None:
    for each in mails(folder):
        assert EXPECTED[folder](each), each.raw.origin


def test_every_folder_is_covered() -> None:
    others = {"broken-wrapped-hunks", "diff-without-hunks", "format-flowed-patch"}
    charsets = {name for name in folders() if name.startswith("charset-")}
    assert set(folders()) == set(EXPECTED) | others | charsets


@pytest.mark.parametrize("folder", folders())
def test_every_mail_has_its_headers_and_a_body(folder: str) -> None:
    for each in mails(folder):
        assert each.mail.message_id
        assert "@" in each.mail.sender.email
        assert each.mail.date
        assert each.mail.subject
        assert each.mail.body.strip()
        assert "\r\n" not in each.mail.body


def declared(folder: str) -> Iterator[tuple[Odd, bool]]:
    """The mails of a charset folder, and whether the declaration was believed."""
    return ((each, ProblemKind.CHARSET_WRONG not in each.kinds) for each in mails(folder))


@pytest.mark.parametrize(
    "folder", ["charset-n", "charset-y", "charset-yes", "charset-unknown-8bit"]
)
def test_what_is_no_charset_is_named_and_utf8_read(folder: str) -> None:
    for each, believed in declared(folder):
        assert not believed
        assert each.diff.files
        assert "Ã" not in each.mail.body
        assert "\ufffd" not in each.mail.body


@pytest.mark.parametrize(
    "folder",
    [
        "charset-ansi_x3.4",
        "charset-gb2312",
        "charset-gbk",
        "charset-iso-2022-jp",
        "charset-iso-8859-15",
        "charset-iso-8859-2",
        "charset-utf-7",
        "charset-utf8",
        "charset-windows-1252",
    ],
)
def test_charsets_are_believed(folder: str) -> None:
    for each, believed in declared(folder):
        assert believed
        assert each.body.diff
        assert "\x1b" not in each.mail.body
        assert "\ufffd" not in each.mail.body
        assert "+AF" not in each.mail.body


def test_broken_wrapped_hunks_are_damaged_unless_flowed() -> None:
    sound = [each for each in mails("broken-wrapped-hunks") if not damaged(each)]
    # One was wrapped by format=flowed, which can be undone.
    assert len(sound) <= 1
    assert all(each.raw_has("format=flowed") and each.diff.files for each in sound)


def test_a_diff_without_hunks_renames_or_is_damaged() -> None:
    for each in mails("diff-without-hunks"):
        assert damaged(each) or each.files == {FileKind.RENAMED}
        assert all(not file.hunks for file in each.diff.files)


def test_format_flowed_patches() -> None:
    """Three are restored; in two the sender's program lost blanks that nothing brings back."""
    found = mails("format-flowed-patch")
    assert sorted(bool(each.diff.files) for each in found) == [False, False, True, True, True]
    for each in found:
        assert damaged(each) != bool(each.diff.files)
        lines = each.body.diff.split("\n")
        assert re.fullmatch(r"diff --git a/(\S+) b/\1", lines[0])
        assert not any(line.startswith("  \t") for line in lines)
