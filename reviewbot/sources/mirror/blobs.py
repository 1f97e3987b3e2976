"""The bytes of blobs in bulk: a file of ids goes in, bytes come out, or what is wrong.

The answers of git are those of "BATCH OUTPUT" in git-cat-file(1).

Law: every id is answered exactly once and in order, in memory that does not grow with their number; damage
costs no more than what is damaged, unless there is too much of it. No process outlives its iterator, and no
thread is started. Must not know what the blobs are, nor how they are found.
"""

import os
import re
import signal
import subprocess
from collections import deque
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO

from reviewbot.errors import InputError
from reviewbot.sources.mirror.epoch import Epoch, running
from reviewbot.sources.trouble import Trouble, TroubleKind

# Above this a blob is no mail; lists refuse what is larger than a few MB.
MAX_BYTES = 64 << 20

# How often git may die over damaged objects before the rest is given up.
LIVES = 20

# %(rest) lets more than an id stand on a line.
_COMMAND = (
    *("cat-file", "--buffer"),
    "--batch=%(objectname) %(objecttype) %(objectsize) %(rest)",
)
_PIECE = 1 << 20
_LONGEST_LINE = 300
# How git itself ends over damage, where it does not notice it; other signals come from somebody else.
_CRASHES = frozenset(
    (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP)
)

_COMPLAINT = re.compile(rb"(fatal|error): (.+)\n")
_PACK = re.compile(rb"\bpack-[0-9a-f]{40,64}|\.idx\b")
# As a whole, and as the path of a loose object.
_NAMED = re.compile(rb"\b[0-9a-f]{2}/?[0-9a-f]{38}(?:[0-9a-f]{24})?\b")


class DamageError(InputError):
    """git died over too many objects; `done` is how many ids were answered before it was given up."""

    def __init__(self, message: str, done: int) -> None:
        super().__init__(message)
        self.done = done


def contents(epoch: Epoch, ids: IO[bytes], lives: int = LIVES) -> Iterator[bytes | Trouble]:
    """What stands behind the ids of a file, in their order: the bytes of a blob, never empty, or the trouble.

    `ids` are lines of one length, that of the first: an id, and after a blank what git is to pass over. git
    reads them from the file, not from a pipe: nobody has to write while we read, so nothing can wait for
    each other. The place of a trouble is the id. Raises InputError where git is ended from outside, and
    DamageError where it dies over more than `lives` objects.
    """
    width = len(os.pread(ids.fileno(), _LONGEST_LINE, 0).partition(b"\n")[0]) + 1
    total = os.fstat(ids.fileno()).st_size // width
    done = 0
    while done < total:
        os.lseek(ids.fileno(), done * width, os.SEEK_SET)
        with TemporaryFile() as words, running(_COMMAND, epoch, words, ids) as git:
            heard = _Complaints(words)
            for answer in _answers(git.stdout):
                if isinstance(answer, bytes):
                    yield answer
                else:
                    yield heard.trouble(_id(ids, done * width, width), answer)
                done += 1
            if done == total:
                return
            _end(git, epoch)
            reason = heard.last()
        # It died over the object after the last answer, or gave less of it than it said (and ends well
        # even so): go on behind that one.
        yield Trouble(_id(ids, done * width, width), TroubleKind.DAMAGED, reason)
        done += 1
        lives -= 1
        if done < total and not lives:
            raise DamageError(f"{epoch.path}: too many damaged objects ({reason})", done)


def _id(ids: IO[bytes], at: int, width: int) -> str:
    """The id of the line that begins at an offset."""
    return os.pread(ids.fileno(), width, at).split()[0].decode("ascii", "replace")


def _end(git: subprocess.Popen[bytes], epoch: Epoch) -> None:
    """Wait for a git that gives no more answers; one that says what is no answer is ended.

    Raises InputError where somebody else ended it.
    """
    if git.stdout is not None and git.stdout.read(1):
        git.kill()
        git.wait()
    elif git.wait() < 0 and -git.returncode not in _CRASHES:
        raise InputError(f"{epoch.path}: git was ended by signal {-git.returncode}")


def _answers(stream: IO[bytes] | None) -> Iterator[bytes | TroubleKind]:
    """What git answers, one for each id, up to where it breaks off or is no answer."""
    if stream is None:
        return
    readline, read = stream.readline, stream.read
    while line := readline(_LONGEST_LINE):
        head = line.split()
        if len(head) > 2 and head[2].isdigit():
            size = int(head[2])
            data = read(size) if size <= MAX_BYTES else _passed(stream, size)
            if read(1) != b"\n":
                return
            if head[1] != b"blob":
                yield TroubleKind.NO_MAIL
            elif size > MAX_BYTES:
                yield TroubleKind.TOO_LARGE
            else:
                yield data or TroubleKind.PURGED
        elif line.endswith(b" missing\n"):
            yield TroubleKind.MISSING
        else:
            return


def _passed(stream: IO[bytes], size: int) -> bytes:
    """Nothing, once so many bytes are passed over."""
    while size and (piece := stream.read(min(size, _PIECE))):
        size -= len(piece)
    return b""


class _Complaints:
    """What a running git has complained of into a file, by the object it was about."""

    def __init__(self, words: IO[bytes]) -> None:
        self._words = words
        self._read = 0
        self._last: dict[bytes, str] = {}
        self._about: dict[str, str] = {}
        self._pack = ""
        self._loose: deque[str] = deque()

    def trouble(self, name: str, kind: TroubleKind) -> Trouble:
        """The trouble with an object; what git calls missing may be there, and damaged."""
        if kind is not TroubleKind.MISSING:
            return Trouble(name, kind)
        self._listen()
        reason = self._about.get(name) or self._pack
        if not reason and self._loose:
            reason = self._loose.popleft()
        return Trouble(name, TroubleKind.DAMAGED if reason else kind, reason)

    def last(self) -> str:
        """What it died of."""
        self._listen()
        said = self._last
        return said.get(b"fatal") or said.get(b"error") or "git ended without a word"

    def _listen(self) -> None:
        """Read what was said since the last time."""
        end = os.fstat(self._words.fileno()).st_size
        if end == self._read:
            return
        text = os.pread(self._words.fileno(), end - self._read, self._read)
        whole = text.rfind(b"\n") + 1
        self._read += whole
        for level, said in _COMPLAINT.findall(text, 0, whole):
            words = said.decode("utf-8", "replace")
            self._last[level] = words
            names = _NAMED.findall(_PACK.sub(b"", said))
            self._about.update((each.decode().replace("/", ""), words) for each in names)
            if not names and _PACK.search(said) and b" at offset " not in said:
                self._pack = words
            elif not names and not said.startswith(b"inflate: "):
                # It says neither which object it is of, nor that all of a pack are lost: of the next one.
                self._loose.append(words)
