"""The archives that are audited: a repository or a bundle, a part of one, and one like it with other mails.

Law: what is given is never changed; everything else is made in a temporary folder.
"""

import re
import subprocess
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile

DEFAULT = (
    Path(__file__).resolve().parents[2] / ".." / "shared" / "mail" / "archives" / "kvmarm.bundle"
)
_ENTRY = re.compile(r":\d+ \d+ [0-9a-f]+ ([0-9a-f]+) [AM]\tm")
LOG = ("log", "--reverse", "--raw", "-r", "--no-abbrev", "--no-renames", "--format=%at", "HEAD")
# Whoever wrote a mail, and what it is called: under other names it is another mail of other people.
_NAMES = re.compile(
    rb"(?im)^(?:From|Sender|Reply-To|Message-ID|In-Reply-To|References):.*(?:\n[ \t].*)*"
)
_AGAIN = b"@again."

Mail = tuple[int, bytes]


def opened(given: Path, folder: Path, most: int = 0) -> Path:
    """A repository to read: the one given, a clone of a bundle, or with `most` the first so many mails of it."""
    name = given.name.removesuffix(".bundle").removesuffix(".git")
    source = given
    if given.is_file():
        source = folder / "cloned" / f"{name}.git"
        git("clone", "-q", "--mirror", given, source)
    if not most:
        return source
    return written(folder / "first" / f"{name}.git", islice(mails(source), most))


def mails(repository: Path) -> Iterator[Mail]:
    """The mails of an archive in the v2 format, oldest first, each with its Unix seconds."""
    log = subprocess.run(("git", *LOG), cwd=repository, capture_output=True, text=True, check=True)
    entries, seconds = [], 0
    for line in log.stdout.splitlines():
        if line.isdigit():
            seconds = int(line)
        elif found := _ENTRY.fullmatch(line):
            entries.append((seconds, found[1]))
    with TemporaryFile() as ids:
        ids.write("".join(f"{blob}\n" for _, blob in entries).encode())
        ids.seek(0)
        command = ("git", "cat-file", "--batch", "--buffer")
        with subprocess.Popen(command, cwd=repository, stdin=ids, stdout=subprocess.PIPE) as batch:
            for when, _ in entries:
                assert batch.stdout is not None
                head = batch.stdout.readline().split()
                # A snapshot of an archive may lack some: then there is no size.
                if len(head) == 3:
                    yield when, batch.stdout.read(int(head[2]) + 1)[:-1]


def written(repository: Path, found: Iterable[Mail]) -> Path:
    """A new archive in the v2 format with these mails, in one pack."""
    repository.mkdir(parents=True)
    git("init", "-q", "--bare", "-b", "master", repository)
    command = ("git", "fast-import", "--quiet", "--depth=50")
    with subprocess.Popen(command, cwd=repository, stdin=subprocess.PIPE) as importer:
        assert importer.stdin is not None
        for when, data in found:
            person = f"A List <list@example.org> {when} +0000\n"
            head = f"commit refs/heads/master\nauthor {person}committer {person}data 0\n"
            importer.stdin.write(f"{head}M 100644 inline m\ndata {len(data)}\n".encode())
            importer.stdin.write(data + b"\n")
    if importer.returncode:
        raise SystemExit(f"git fast-import ended with {importer.returncode}")
    return repository


def doubled(repository: Path, folder: Path) -> Path:
    """Another archive of as many mails: the same, under other Message-IDs and by other people."""
    twin = folder / "again" / f"{repository.name.removesuffix('.git')}-again.git"
    return written(twin, ((when, renamed(data)) for when, data in mails(repository)))


def renamed(data: bytes) -> bytes:
    """A mail that has nothing in common with the one it was but what it says."""
    line = (
        b"\r\n\r\n"
        if b"\r\n\r\n" in data and data.find(b"\r\n\r\n") < data.find(b"\n\n")
        else b"\n\n"
    )
    head, blank, body = data.partition(line)
    return _NAMES.sub(lambda one: one[0].replace(b"@", _AGAIN), head) + blank + body


def count(repository: Path) -> int:
    """How many mails an archive has: its commits."""
    return int(git("-C", repository, "rev-list", "--count", "HEAD"))


def size(repository: Path) -> int:
    """Bytes of its packs and loose objects."""
    return sum(
        path.stat().st_size for path in (repository / "objects").rglob("*") if path.is_file()
    )


def git(*arguments: str | Path) -> str:
    """What a git command prints."""
    done = subprocess.run(("git", *map(str, arguments)), capture_output=True, text=True, check=True)
    return done.stdout.strip()
