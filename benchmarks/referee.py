"""Compare what reviewbot reads from patch mails with what git reads.

    python benchmarks/referee.py [--shared ../shared] [--limit N] [--show N] [PATH…]

Author, subject, commit message and diff are compared with `git mailinfo`, line counts with `git apply
--numstat`. Printed are the share that agrees and each difference, which docs/referee.md explains. Patch mails
are those under mail/patches, mail/fixes and mail/threads (or the paths named) whose subject is no reply and
in which either side finds a diff. UTF-8 is mailinfo's default; saying `--encoding=UTF-8` switches conversion
off in git 2.39.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from reviewbot.errors import InputError
from reviewbot.model.message import Address, RawMessage
from reviewbot.parse.body import Body, body
from reviewbot.parse.diff import file_changes
from reviewbot.parse.mail import message
from reviewbot.parse.subject import subject
from reviewbot.sources.files import read

FOLDERS = ("patches", "fixes", "threads")
FIELDS = ("author", "subject", "commit message", "diff", "numstat")
DIFF_LINE = re.compile(r"^(?:diff --git |@@ -\d|--- .*\n\+\+\+ )", re.MULTILINE)
TAIL = re.compile(r"(?:-- ?|_{20,})(?:\n|\Z)")


class Git:
    """git as the referee, in a directory of its own so that no repository has a say."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)

    def mailinfo(self, mail: bytes) -> dict[str, str] | None:
        """Author, Email, Subject, message and patch as git reads them; None if git refuses the mail."""
        done = self._run(mail, "mailinfo", "message", "patch")
        if done.returncode:
            return None
        pairs = (line.partition(": ") for line in _text(done.stdout).split("\n") if ": " in line)
        info = {key: value for key, _, value in pairs}
        info["message"] = _text((self.folder / "message").read_bytes())
        info["patch"] = _text((self.folder / "patch").read_bytes())
        return info

    def numstat(self, diff: str) -> list[tuple[str, ...]] | None:
        """Added, removed and path of each file; None if git refuses the diff."""
        done = self._run(diff.encode(), "apply", "--numstat", "-z")
        if done.returncode:
            return None
        return [tuple(entry.split("\t")) for entry in _text(done.stdout).split("\0") if entry]

    def _run(self, data: bytes, *words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["git", *words], input=data, capture_output=True, cwd=self.folder, check=False
        )


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace").replace("\r\n", "\n")


def mails(folders: list[Path]) -> Iterator[RawMessage]:
    """Every mail in the files and folders named, however deep, each content once."""
    seen = set()
    for path in (path for folder in folders for path in sorted([folder, *folder.rglob("*")])):
        if not path.is_file():
            continue
        try:
            for raw in read(str(path)):
                if raw.data not in seen:
                    seen.add(raw.data)
                    yield raw
        except InputError:
            continue


def stripspace(text: str) -> str:
    """What `git stripspace` makes of a text, which is what `git am` does to a commit message."""
    lines = [line.rstrip(" \t\r\v\f") for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def sane(person: Address) -> tuple[str, str]:
    """Name and address as git prints them: an odd name gives way to the address (get_sane_name())."""
    odd = not person.name or len(person.name.encode()) > 60 or re.search("[@<>]", person.name)
    return (person.email if odd else person.name), person.email


def diff_agrees(git: Git, ours: str, patch: str) -> bool:
    """Whether our diff is the diff in git's patch text.

    git does not look for the diff: its patch text is all from `---` on. So ours must stand in it, with no
    diff above and only a signature or a footer below, and `git apply` must count the same in both.
    """
    at = patch.find(ours)
    if not ours or at < 0 or (at > 0 and patch[at - 1] != "\n"):
        return False
    below = patch[at + len(ours) :]
    if DIFF_LINE.search(patch[:at]) or (below.strip() and not TAIL.match(below)):
        return False
    return git.numstat(ours) == git.numstat(patch)


def numstat_agrees(git: Git, parts: Body) -> tuple[bool, str]:
    """Whether our line counts by file are git's, and both written out.

    git refuses a damaged diff as a whole; that agrees with ours if we report a problem with it.
    """
    read = file_changes(parts.diff, parts.diff_mail)
    theirs = git.numstat(parts.diff)
    ours = sorted(
        ("-", "-", each.path) if each.binary else (str(each.added), str(each.removed), each.path)
        for each in read.files
    )
    same = bool(read.problems) if theirs is None else ours == sorted(theirs)
    return same, f"ours {ours} {read.problems}\n      git  {theirs}"


def compare(git: Git, raw: RawMessage) -> dict[str, tuple[bool, str]] | None:
    """Field by field whether we agree with git, and what each says; None for what is no patch mail."""
    mail = message(raw)
    parts = body(mail.body)
    headline = subject(mail.subject)
    if headline.reply or (parts.diff_mail < 0 and b"\ndiff --git " not in raw.data):
        return None
    info = git.mailinfo(raw.data)
    if info is None:
        return dict.fromkeys(FIELDS, (False, "git refuses the mail"))
    ours = (
        sane(parts.author or mail.sender),
        subject(parts.subject).text if parts.subject else headline.text,
        parts.commit_message,
    )
    theirs = (
        (info.get("Author", ""), info.get("Email", "")),
        info.get("Subject", ""),
        stripspace(info["message"]),
    )
    result = {
        field: (one == other, f"ours {one!r}\n      git  {other!r}")
        for field, one, other in zip(FIELDS, ours, theirs, strict=False)
    }
    result["diff"] = (diff_agrees(git, parts.diff, info["patch"]), f"line {parts.diff_mail}")
    result["numstat"] = numstat_agrees(git, parts)
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--limit", type=int, default=0, help="stop after N patch mails")
    parser.add_argument("--show", type=int, default=3, help="differences shown for each field")
    parser.add_argument("paths", type=Path, nargs="*", help="instead of those in --shared")
    options = parser.parse_args()
    folders = options.paths or [options.shared / "mail" / name for name in FOLDERS]
    total = 0
    agreed: Counter[str] = Counter()
    differing: dict[str, list[str]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        git = Git(folder)
        for raw in mails(folders):
            result = compare(git, raw)
            if result is None:
                continue
            total += 1
            for field, (same, what) in result.items():
                agreed[field] += same
                if not same:
                    differing[field].append(f"{raw.origin}\n      {what}")
            if total == options.limit:
                break
    for field in FIELDS:
        if field in agreed or field in differing:
            share = 100 * agreed[field] / max(total, 1)
            print(f"{field:15} {agreed[field]:5} of {total} agree ({share:.2f} %)")
        for what in differing[field][: options.show]:
            print("   ", what)
    return 0


if __name__ == "__main__":
    sys.exit(main())
