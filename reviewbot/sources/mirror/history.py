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
from reviewbot.sources.mirror.epoch import Epoch, running, said

# Above this a blob is no mail; lists refuse what is larger than a few MB.
MAX_BYTES = 64 << 20

_COMMIT = re.compile(rb"([0-9a-f]{40,64}) ([0-9]{1,12})\n")
_FILE = re.compile(
    rb":[0-7]{6} ([0-7]{6}) ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ([AMD])"
    rb"\t(m|d|[0-9a-f]{2}/[0-9a-f]{38})\n"
)
_PLAIN = b"100644"
_HEAD = re.compile(rb"([0-9a-f]{40,64}) (\w+) ([0-9]+) ([0-9a-f]{40,64}) ([0-9]+)\n")
_FORMAT = "--batch=%(objectname) %(objecttype) %(objectsize) %(rest)"
_PIPE = 1 << 20
_LONGEST_LINE = 200
# How often git may die over damaged objects before the rest of the epoch is given up.
_LIVES = 20


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

    Raises InputError where git cannot go through the history.
    """
    if not epoch.tip or epoch.tip == after:
        return
    command = ("git", "log", "--reverse", "--raw", "-r", "--no-abbrev", "--no-renames")
    span = (f"{after}..{epoch.tip}",) if after else (epoch.tip,)
    with (
        TemporaryFile() as words,
        running((*command, "--format=%H %at", *span), epoch, words) as git,
    ):
        commit, seconds = "", 0
        for line in git.stdout or ():
            if found := _COMMIT.fullmatch(line):
                commit, seconds = found[1].decode(), int(found[2])
            elif found := _FILE.fullmatch(line):
                yield from _of_file(found, commit, seconds)
        if git.wait():
            raise InputError(f"{epoch.path}: its history cannot be read ({said(words)})")


def _of_file(found: re.Match[bytes], commit: str, seconds: int) -> Iterator[Change]:
    """The changes that one line of `git log --raw` stands for."""
    mode, old, new, status, name = found.groups()
    is_v1 = len(name) > 1
    if is_v1 and status != b"A":
        yield Change(old.decode(), commit, seconds, gone=True)
    if status != b"D" and mode == _PLAIN:
        yield Change(new.decode(), commit, seconds, gone=name == b"d")


def mails(epoch: Epoch, wanted: Iterable[Change]) -> Iterator[tuple[Change, bytes]]:
    """The changes with the bytes of their mails, in the order given; what cannot be read is left out.

    The ids stand in a file that git reads, not in a pipe: nobody has to write while we read, so nothing
    can wait for each other, and no thread is there when a caller forks. Raises InputError where git is
    ended from outside, or dies over too many objects.
    """
    with TemporaryFile() as ids, TemporaryFile() as words:
        # Lines of one length, so that the place of each is known.
        ids.writelines(f"{x.blob} {x.commit} {x.seconds:012d}\n".encode() for x in wanted)
        ids.flush()
        width = len(os.pread(ids.fileno(), _LONGEST_LINE, 0).partition(b"\n")[0]) + 1
        total = os.fstat(ids.fileno()).st_size // width
        done = lives = 0
        while done < total:
            os.lseek(ids.fileno(), done * width, os.SEEK_SET)
            with running(("git", "cat-file", "--buffer", _FORMAT), epoch, words, ids) as git:
                for answer in _answers(git.stdout):
                    done += 1
                    if answer is not None:
                        yield answer
                code = git.wait()
            if done < total and code < 0:
                raise InputError(f"{epoch.path}: git was ended by signal {-code}")
            # It died over the object after the last answer, or gave less of it than it said (and ends well
            # even so): go on behind that one.
            done += 1
            lives += 1
            if done < total and lives == _LIVES:
                raise InputError(f"{epoch.path}: too many damaged objects ({said(words)})")


def _answers(stream: IO[bytes] | None) -> Iterator[tuple[Change, bytes] | None]:
    """What git answers, one for each id, up to where it breaks off or is no answer.

    None stands for what is missing, no blob, too large, or empty as a mail is that was purged.
    """
    for line in stream or ():
        found = _HEAD.fullmatch(line)
        if found is not None and stream is not None:
            blob, kind, size, commit, seconds = found.groups()
            try:
                data = _taken(stream, int(size))
            except EOFError:
                return
            is_mail = data and kind == b"blob"
            change = Change(blob.decode(), commit.decode(), int(seconds))
            yield (change, data) if is_mail else None
        elif line.endswith(b" missing\n"):
            yield None
        else:
            return


def _taken(stream: IO[bytes], size: int) -> bytes:
    """The next `size` bytes, the line end behind them passed over; nothing where they are too many.

    Raises EOFError where they break off.
    """
    left = size
    while size > MAX_BYTES and left and (piece := stream.read(min(left, _PIPE))):
        left -= len(piece)
    data = b"" if size > MAX_BYTES else stream.read(size)
    if stream.read(1) != b"\n":
        raise EOFError
    return data
