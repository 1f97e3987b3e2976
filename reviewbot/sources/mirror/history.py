"""The history of an epoch: which mails came and went, and their bytes.

In the v2 format (public-inbox-v2-format(5)) a commit has a tree of one file, `m` for a mail that came or `d`
for one that is to be taken out again; in the v1 format (public-inbox-v1-format(5)) mails lie at `2/38` paths
made of the SHA-1 of their Message-ID. Both are read here, by what the paths look like.

Law: values in, values out, in memory that does not grow with the archive; no process outlives its iterator,
and no thread is started. Must not know what a mail says, nor any index.
"""

import os
import re
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import IO

from msgspec import Struct

from reviewbot.errors import InputError
from reviewbot.sources.mirror.blobs import contents
from reviewbot.sources.mirror.epoch import Epoch, running, said
from reviewbot.sources.trouble import Trouble

_COMMIT = re.compile(rb"([0-9a-f]{40,64}) ([0-9]{1,12})\n")
_FILE = re.compile(
    rb":[0-7]{6} ([0-7]{6}) ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ([AMD])"
    rb"\t(m|d|[0-9a-f]{2}/[0-9a-f]{38})\n"
)
_LOG = ("log", "--raw", "-r", "--no-abbrev", "--no-renames", "--format=%H %at")
_PLAIN = b"100644"
_LONGEST_LINE = 200
# Lines that are read from a file at once.
_PORTION = 2_000


class Change(Struct, frozen=True):
    """A mail that came into the archive, or was taken out (`gone`).

    `blob` and `commit` are ids in hex; `seconds` is when it was sent (Unix time), as its commit has it.
    """

    blob: str
    commit: str
    seconds: int
    gone: bool = False


def changes(epoch: Epoch, after: str = "") -> Iterator[Change]:
    """What came and went since the commit `after`, or ever, oldest first.

    Raises InputError where git cannot go through the history, behind what it could reach.
    """
    if not epoch.tip or epoch.tip == after:
        return
    failure: InputError | None = None
    with TemporaryFile() as found:
        # Asked for the oldest first, git would keep all commits of an epoch in memory.
        try:
            found.writelines(_newest_first(epoch, f"{after}..{epoch.tip}" if after else epoch.tip))
        except InputError as error:
            failure = error
        found.flush()
        for line in _lines(found, backwards=True):
            flag, blob, commit, seconds = line.split()
            yield Change(blob, commit, int(seconds), flag == "-")
    if failure is not None:
        raise failure


def _newest_first(epoch: Epoch, span: str) -> Iterator[bytes]:
    """What came and went in a span of commits, the last first, as lines of one length."""
    with TemporaryFile() as words, running((*_LOG, span), epoch, words) as git:
        of_commit: list[bytes] = []
        head = b""
        for line in git.stdout or ():
            if line.startswith(b":"):
                of_commit += _of_file(line, head)
            elif found := _COMMIT.fullmatch(line):
                yield from reversed(of_commit)
                of_commit.clear()
                head = b"%s %s" % (found[1], found[2].zfill(12))
        yield from reversed(of_commit)
        if git.wait():
            raise InputError(f"{epoch.path}: its history cannot be read ({said(words)})")


def _of_file(line: bytes, head: bytes) -> Iterator[bytes]:
    """The changes that one line of `git log --raw` stands for."""
    found = _FILE.fullmatch(line)
    if found is None:
        return
    mode, old, new, status, name = found.groups()
    is_v1 = len(name) > 1
    if is_v1 and status != b"A":
        yield b"- %s %s\n" % (old, head)
    if status != b"D" and mode == _PLAIN:
        yield b"%s %s %s\n" % (b"-" if name == b"d" else b"+", new, head)


def _lines(file: IO[bytes], *, backwards: bool = False) -> Iterator[str]:
    """The lines of a file, all of one length, its position left alone for a process that reads it too."""
    end = os.fstat(file.fileno()).st_size
    size = (len(os.pread(file.fileno(), _LONGEST_LINE, 0).partition(b"\n")[0]) + 1) * _PORTION
    places = range(0, end, size)
    for at in reversed(places) if backwards else places:
        lines = os.pread(file.fileno(), size, at).decode().splitlines()
        yield from reversed(lines) if backwards else lines


def told(epoch: Epoch, wanted: Iterable[Change]) -> Iterator[tuple[Change, bytes | Trouble]]:
    """The changes with the bytes of their mails, or what is wrong with them, in the order given.

    Raises InputError where git is ended from outside, or dies over too many objects.
    """
    with TemporaryFile() as ids:
        # Lines of one length, so that the place of each is known.
        ids.writelines(f"{x.blob} {x.commit} {x.seconds:012d}\n".encode() for x in wanted)
        ids.flush()
        for line, answer in zip(_lines(ids), contents(epoch, ids), strict=False):
            blob, commit, seconds = line.split()
            yield Change(blob, commit, int(seconds)), answer


def mails(epoch: Epoch, wanted: Iterable[Change]) -> Iterator[tuple[Change, bytes]]:
    """The changes with the bytes of their mails, in the order given; what cannot be read is left out.

    Raises InputError where git is ended from outside, or dies over too many objects.
    """
    for change, answer in told(epoch, wanted):
        if isinstance(answer, bytes):
            yield change, answer
