"""Whether what `reviewbot fetch` writes applies as what `b4 am` writes, on the threads of a folder of mail.

    python benchmarks/interop.py ../shared/mail/threads --most 10 [--b4 PATH/TO/b4]

Each thread goes through `reviewbot fetch -o` and `b4 am -m` (offline, without trailers from answers). Compared
are the Message-IDs in their order, then the commits: both mboxes are applied with `git am` to a repository made
of the pre-images of the patches, and author, subject, message and tree of each commit must be equal.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from reviewbot.model.diff import FileChange, FileKind, Sign
from reviewbot.parse.diff import file_changes

MESSAGE_ID = re.compile(rb"^message-id:\s*<([^>\s]+)>", re.IGNORECASE | re.MULTILINE)
SHOWN = "%an <%ae>%n%s%n%n%b%n%T"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="a folder of threads as mbox files")
    parser.add_argument("--most", type=int, default=10, help="threads to compare, spread over all")
    parser.add_argument(
        "--b4", default=shutil.which("b4") or "", help="the program to compare with"
    )
    asked = parser.parse_args()
    if not asked.folder.is_dir() or not asked.b4:
        print("nothing compared: there is no such folder, or no b4 (pip install b4)")
        return 0
    threads = sorted(asked.folder.rglob("*.mbox"))
    found: Counter[str] = Counter()
    for thread in threads[:: max(1, len(threads) // asked.most)][: asked.most]:
        with tempfile.TemporaryDirectory() as scratch:
            verdict = compared(thread, Path(scratch), asked.b4)
        found[verdict.partition(":")[0]] += 1
        print(f"{thread.name[:60]:60}  {verdict}")
    print(", ".join(f"{count} {what}" for what, count in found.most_common()))
    return int(any(what.startswith("differ") for what in found))


def compared(thread: Path, scratch: Path, b4: str) -> str:
    """What came of one thread."""
    ours, theirs = scratch / "ours.mbox", scratch / "theirs.mbox"
    run([sys.executable, "-m", "reviewbot", "fetch", "-o", str(ours), str(thread)], scratch)
    theirs.write_bytes(
        run([b4, "--offline-mode", "am", "-m", str(thread), "-o-", "-T"], scratch).stdout
    )
    ids = [
        MESSAGE_ID.findall(path.read_bytes()) if path.exists() else [] for path in (ours, theirs)
    ]
    if not ids[0] and not ids[1]:
        return "no patch for either"
    if ids[0] != ids[1]:
        return f"differ in order: {len(ids[0])} and {len(ids[1])} patches"
    try:
        files = pre_images(diffs(ours, scratch))
    except ValueError as error:
        return f"not rebuilt, order equal: {error}"
    logs = [applied(path, files, scratch) for path in (ours, theirs)]
    if logs[0] != logs[1]:
        first = next((i for i, (a, b) in enumerate(zip(*logs, strict=False)) if a != b), -1)
        return f"differ in commits: from {first + 1} of {len(ids[0])}"
    if len(logs[0]) < len(ids[0]):
        return f"applied alike in part: {len(logs[0])} of {len(ids[0])}"
    return f"equal: {len(ids[0])} commits"


def run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    """A command that sees no settings of this machine, in a repository of its own."""
    home = folder / "home"
    if not home.exists():
        home.mkdir()
        subprocess.run(["git", "init", "-q", folder], check=True)
    people = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "A. Maintainer"), ("EMAIL", "maintainer@example.org"))
    }
    python = os.pathsep.join(
        [str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", "")]
    )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": python,
        "REVIEWBOT_OFFLINE": "1",
        **people,
    }
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, stdin=subprocess.DEVNULL
    )


def diffs(mbox: Path, scratch: Path) -> Iterator[str]:
    """The diff of each mail, cut out by git."""
    split = scratch / "split"
    split.mkdir()
    run(["git", "mailsplit", "--mboxrd", "-d4", f"-o{split}", str(mbox)], scratch)
    for mail in sorted(split.iterdir()):
        with mail.open("rb") as file:
            command = ["git", "mailinfo", str(scratch / "message"), str(scratch / "patch")]
            subprocess.run(command, cwd=scratch, stdin=file, capture_output=True, check=True)
        yield (scratch / "patch").read_bytes().decode("utf-8", "surrogateescape")


class Cell:
    """A line of a file before the series; its text is known once a patch shows it."""

    def __init__(self, text: str | None = None) -> None:
        self.text = text


def pre_images(patches: Iterator[str]) -> dict[str, str]:
    """Files on which the patches, one after the other, apply without fuzz; unknown lines are filled in."""
    before: dict[str, list[Cell]] = {}
    now: dict[str, list[Cell]] = {}
    for patch in patches:
        for file in file_changes(patch, 0).files:
            if file.binary:
                raise ValueError("binary")
            if file.kind is FileKind.ADDED:
                first, cells = None, []
            elif file.old_path in now:
                first, cells = before.get(file.old_path), now[file.old_path]
            else:
                first = before.setdefault(file.old_path, [])
                cells = list(first)
            if file.kind in (FileKind.RENAMED, FileKind.DELETED):
                now.pop(file.old_path, None)
            if file.new_path:
                now[file.new_path] = shown(file, cells, first)
            else:
                shown(file, cells, first)
    return {
        path: "".join(
            f"line {number}\n" if cell.text is None else f"{cell.text}\n"
            for number, cell in enumerate(cells, 1)
        )
        for path, cells in before.items()
    }


def shown(file: FileChange, cells: list[Cell], first: list[Cell] | None) -> list[Cell]:
    """The file below the patch; what the patch shows of it is written into its cells."""
    below = list(cells)
    for hunk in file.hunks:
        # Where nothing is left of a hunk its new side is named by the line above it.
        at = hunk.new_start - any(line.new for line in hunk.lines)
        for line in hunk.lines:
            grow(below, first, at + (line.sign is not Sign.ADDED))
            if line.sign is Sign.ADDED:
                below.insert(at, Cell(line.text))
                at += 1
                continue
            if below[at].text not in (None, line.text):
                raise ValueError(f"{file.path} is not what the patch before left")
            below[at].text = line.text
            if line.sign is Sign.REMOVED:
                del below[at]
            else:
                at += 1
    return below


def grow(below: list[Cell], first: list[Cell] | None, length: int) -> None:
    """Lines that no patch has touched so far, at the end."""
    while len(below) < length:
        below.append(Cell())
        if first is not None:
            first.append(below[-1])


def applied(mbox: Path, files: dict[str, str], scratch: Path) -> list[str]:
    """The commits that `git am` makes of an mbox, as far as it comes."""
    folder = scratch / mbox.stem
    folder.mkdir()
    run(["git", "init", "-q"], folder)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode("utf-8", "surrogateescape"))
    (folder / ".git" / "info" / "exclude").write_text("home\n")
    run(["git", "add", "-A"], folder)
    run(["git", "commit", "-q", "--allow-empty", "-m", "base"], folder)
    form = ["--patch-format=mboxrd"] if mbox.stem == "ours" else []
    run(["git", "am", "-q", *form, str(mbox)], folder)
    log = run(["git", "log", "--reverse", f"--format={SHOWN}%x00", "HEAD"], folder).stdout
    return log.decode("utf-8", "replace").split("\0")[1:-1]


if __name__ == "__main__":
    raise SystemExit(main())
