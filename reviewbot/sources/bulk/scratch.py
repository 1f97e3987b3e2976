"""A compressed mbox, unpacked once beside the work.

Law: a file that has its name is whole; one that was made from an older state of the source is taken away.
Must not know mail.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from io import FileIO
from pathlib import Path

from reviewbot.errors import InputError
from reviewbot.sources.packed import pieces

# Far above any mbox there is: all of a large list in one file.
_MAX_BYTES = 64 << 30
_DIGITS = 16


def unpacked(path: Path, scratch: Path) -> Path:
    """The plain content of a compressed file, as a file in the folder `scratch`, which is made if need be.

    Raises InputError where the file is cut off or damaged, or grows beyond bounds or the disk; OSError where
    it cannot be read.
    """
    with path.open("rb") as packed:
        state = os.fstat(packed.fileno())
        source = _digest(os.fsencode(path))
        made = scratch / f"{source}-{_digest(f'{state.st_mtime_ns} {state.st_size}'.encode())}.mbox"
        scratch.mkdir(parents=True, exist_ok=True)
        with _part(scratch / f".{source}.part") as part:
            if not made.is_file():
                _fill(part, pieces(packed, state.st_size, str(path), _MAX_BYTES))
                Path(part.name).replace(made)
    for old in scratch.glob(f"{source}-*.mbox"):
        if old != made:
            old.unlink(missing_ok=True)
    return made


@contextmanager
def _part(path: Path) -> Iterator[FileIO]:
    """The file that is being written, for us alone; what a killed process left in it is written over."""
    while True:
        with FileIO(path, "a") as part:
            fcntl.flock(part, fcntl.LOCK_EX)
            # While we waited, another process may have finished it, and given it its name.
            if path.exists() and os.path.samestat(path.stat(), os.fstat(part.fileno())):
                yield part
                return


def _fill(part: FileIO, content: Iterator[bytes]) -> None:
    """Put the content into an open file, and onto the disk; on failure nothing is left in it."""
    part.truncate(0)
    with ExitStack() as undone:
        undone.callback(part.truncate, 0)
        try:
            for piece in content:
                left = memoryview(piece)
                while left:
                    left = left[part.write(left) :]
            os.fsync(part.fileno())
        except OSError as error:
            folder = Path(part.name).parent
            raise InputError(f"{folder}: no room to unpack an mbox ({error.strerror})") from None
        undone.pop_all()


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:_DIGITS]
