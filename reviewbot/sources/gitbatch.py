"""One running `git cat-file --batch`: a name goes in, an object comes out.

Law: never waits for ever, and never takes one answer for another: after anything odd the process is done
with. Must not know which repository it is, nor what objects are for.

The format is that of "BATCH OUTPUT" in git-cat-file(1).
"""

import os
import re
import select
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

_HEAD = re.compile(rb"([0-9a-f]{40,64}) (blob|commit|tag|tree) ([0-9]+)\n")
_CHUNK = 1 << 20

# Above this a text is no source file: the largest of Linux 6.12 have 24 MB.
MAX_BYTES = 64 << 20


class Object(Struct, frozen=True):
    """One object of a repository: its full id in hex, its kind (`blob`, `commit`…), its bytes."""

    id: str
    kind: str
    data: bytes


class Batch:
    """The process; `patience` are the seconds it may be silent in the middle of an answer."""

    def __init__(self, folder: Path, environment: Mapping[str, str], patience: float) -> None:
        self._patience = patience
        self._unread = bytearray()
        self._heard = 0
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 – closed by `close`
        self._process = subprocess.Popen(
            # An abbreviated id stands for a blob where it may stand for several things.
            ("git", "-c", "core.disambiguate=blob", "cat-file", "--batch"),
            cwd=folder,
            env=environment,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
        )

    def close(self) -> str:
        """End the process; what it said on stderr is returned."""
        self._process.kill()
        with self._process, self._words:
            self._process.wait()
            return self.said()

    def said(self) -> str:
        """What was said on stderr since the last time this was asked."""
        end = os.fstat(self._words.fileno()).st_size
        heard, self._heard = self._heard, end
        return os.pread(self._words.fileno(), end - heard, heard).decode("utf-8", "replace")

    def ask(self, name: str) -> Object | None:
        """The object of that name, a single line; None where there is none, or several.

        Raises EOFError where git ended over it or did not keep to the format, and TimeoutError where it
        went silent; the process is of no use after either.
        """
        stdin = self._process.stdin
        if stdin is None:
            raise EOFError
        try:
            stdin.write(name.encode("utf-8", "replace") + b"\n")
        except BrokenPipeError:
            raise EOFError from None
        head = _HEAD.fullmatch(self._line())
        if head is None:
            return None
        size = int(head[3])
        if size > MAX_BYTES:
            raise EOFError
        data = self._taken(size + 1)
        if not data.endswith(b"\n"):
            raise EOFError
        return Object(head[1].decode(), head[2].decode(), data[:-1])

    def _line(self) -> bytes:
        """The next line of git's answer."""
        seen = 0
        while (end := self._unread.find(b"\n", seen)) < 0:
            seen = len(self._unread)
            self._more()
        return self._taken(end + 1)

    def _taken(self, size: int) -> bytes:
        """The next bytes of git's answer."""
        while len(self._unread) < size:
            self._more()
        taken = bytes(self._unread[:size])
        del self._unread[:size]
        return taken

    def _more(self) -> None:
        """Read what there is."""
        stream = self._process.stdout
        if stream is None:
            raise EOFError
        ready, _, _ = select.select([stream], [], [], self._patience)
        if not ready:
            raise TimeoutError
        read = os.read(stream.fileno(), _CHUNK)
        if not read:
            raise EOFError
        self._unread += read
