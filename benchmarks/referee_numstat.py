"""Compare the added and removed lines of every file with `git apply --numstat`, and time the parser.

    python benchmarks/referee_numstat.py --shared ../shared [FOLDER…]

Folders are those under mail/ (default: patches fixes threads). A mail whose diff git refuses as a whole is
compared again file by file, each file's text by itself, so that the files kept beside a damaged one are
judged too. docs/referee-numstat.md holds the results and explains each difference.
"""

import argparse
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from unidiff import PatchSet, UnidiffParseError

from reviewbot.errors import InputError
from reviewbot.model.problem import ProblemKind
from reviewbot.parse.body import body
from reviewbot.parse.diff import Diff, file_changes
from reviewbot.parse.mail import message
from reviewbot.parse.preclean import sections
from reviewbot.parse.subject import subject
from reviewbot.sources.files import read

Counts = list[tuple[str, str, str]]


def diffs(shared: Path, folders: list[str]) -> Iterator[tuple[str, str]]:
    """Where each different diff of a mail that is no reply was read, and its text."""
    seen = set()
    for folder in folders:
        for path in sorted((shared / "mail" / folder).rglob("*")):
            if not path.is_file():
                continue
            try:
                mails = [message(raw) for raw in read(str(path))]
            except InputError:
                continue
            for mail in mails:
                text = "" if subject(mail.subject).reply else body(mail.body).diff
                if text and (mail.message_id, text) not in seen:
                    seen.add((mail.message_id, text))
                    yield mail.origin, text


def git_counts(diff: str, folder: str) -> Counts | None:
    """Added, removed and path of each file as git counts them; None if git refuses the diff."""
    done = subprocess.run(
        ["git", "apply", "--numstat", "-z"],
        input=diff.encode("utf-8", "surrogateescape"),
        capture_output=True,
        cwd=folder,
        check=False,
    )
    if done.returncode:
        return None
    fields = iter(done.stdout.decode("utf-8", "replace").split("\0")[:-1])
    counts = []
    for field in fields:
        added, removed, path = field.split("\t", 2)
        if not path:  # a rename: the old and the new path follow
            next(fields)
            path = next(fields)
        counts.append((added, removed, path))
    return counts


def our_counts(diff: Diff) -> Counts:
    """The same of our file changes."""
    return [
        ("-", "-", change.path)
        if change.binary
        else (str(change.added), str(change.removed), change.path)
        for change in diff.files
    ]


def judged(diff: str, folder: str) -> str:
    """What git says to our reading of a diff."""
    ours, theirs = file_changes(diff), git_counts(diff, folder)
    refused = any(problem.kind is not ProblemKind.WHITESPACE_DAMAGED for problem in ours.problems)
    lost = refused or (ours.problems and not ours.files)
    if theirs is not None and our_counts(ours) == theirs:
        return "agree" if not lost else "agree, and we report another file"
    if theirs is None:
        return "agree: both refuse it" if lost and not ours.files else "git refuses the whole diff"
    if [(a, r) for a, r, _ in our_counts(ours)] == [(a, r) for a, r, _ in theirs]:
        return "counts agree, path differs"
    return "we refuse what git takes" if lost else "counts differ"


def by_file(diff: str, folder: str) -> str:
    """What git says to our reading of each file in a diff that it refuses as a whole."""
    texts = ("\n".join((*section.lines, "")) for section in sections(diff))
    found = Counter(judged(text, folder) for text in texts)
    if set(found) <= {"agree", "agree: both refuse it"}:
        return "agree file by file: git refuses the whole diff"
    return f"git refuses the whole diff, and differs: {dict(found)}"


def rate(texts: list[str]) -> float:
    """Diffs per CPU second, the best of three rounds."""
    best = 0.0
    for _ in range(3):
        clock = time.process_time()
        for text in texts:
            file_changes(text)
        best = max(best, len(texts) / max(time.process_time() - clock, 1e-9))
    return best


def seconds(text: str) -> float:
    """CPU seconds for one text, the best of three rounds."""
    return 1 / rate([text])


def hostile(size: int) -> Iterator[tuple[str, str]]:
    """Texts of about `size` characters that make a careless parser slow."""
    pieces = {
        "names without a hunk": "--- a/x\n+++ b/x\n@@ x\n",
        "small files": "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
        "git lines": "diff --git a/x b/x\n",
        "hunk headers": "@@ -1 +1 @@\n",
        "short hunks": "--- a/x\n+++ b/x\n@@ -1,999999999 +1,999999999 @@\n a\n",
        "binary lines": "Binary files x and y and z differ\n",
        "context diffs": "*** a\n--- b\n***************\n",
        "combined diffs": "diff --cc x\n",
        "markers": "\\ No newline at end of file\n",
        "blanks in names": "diff --git " + "a/ " * 2000 + "\n",
        "quotes in names": "--- " + '"\\' * 2000 + "\n+++ b\n@@ -1 +1 @@\n",
        "stamps in names": "--- " + "x 2020-01-01 10:00 " * 200 + "\n+++ x\n@@ -1 +1 @@\n-a\n+b\n",
        "slashes in names": "--- "
        + "a/" * 2000
        + "\n+++ "
        + "b/" * 2000
        + "\n@@ -1 +1 @@\n-a\n+b\n",
    }
    head = "diff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,2 @@\n"
    for name, piece in pieces.items():
        yield name, piece * (size // len(piece))
        yield f"{name} in a hunk", head + piece * (size // len(piece))
    yield "one binary line", "Binary files " + "and " * (size // 4) + "differ\n"
    yield "one added line", head + "+" * size
    yield "one git line", "diff --git " + "a " * (size // 2)


def unidiff_refuses(diff: str) -> bool:
    """Whether unidiff by itself gives the mail up."""
    try:
        PatchSet(StringIO(diff), metadata_only=True)
    except (UnidiffParseError, ValueError):
        return True
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="*", default=["patches", "fixes", "threads"])
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    options = parser.parse_args()
    found = list(diffs(options.shared, options.folders))
    texts = [text for _, text in found]
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for origin, text in found:
            verdict = judged(text, folder)
            if verdict == "git refuses the whole diff":
                verdict = by_file(text, folder)
            total[verdict] += 1
            if verdict != "agree":
                print(
                    f"{verdict}: {origin}",
                    *(f"    {p.detail}" for p in file_changes(text).problems),
                    sep="\n",
                )
    agreed = sum(count for verdict, count in total.items() if verdict.startswith("agree"))
    print(
        f"\n{len(texts)} diffs, mean {sum(map(len, texts)) / len(texts):.0f} characters",
        dict(total),
    )
    print(f"{agreed} agree ({100 * agreed / len(texts):.2f} %)")
    print(f"unidiff by itself refuses {sum(map(unidiff_refuses, texts))} of them")
    print(f"{rate(texts):.0f} diffs per CPU second")
    some = "".join(f"{text}\n" for text in texts[:500])
    print(f"time for 2N characters by time for N: {seconds(some + some) / seconds(some):.2f}")
    worst = max((seconds(text), name) for name, text in hostile(1_000_000))
    print(f"worst hostile text of a megabyte: {worst[0]:.3f} s ({worst[1]})")


if __name__ == "__main__":
    main()
