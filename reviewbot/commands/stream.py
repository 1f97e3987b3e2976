"""Bytes go to a file or to stdout.

Law: a file is written whole or not at all, and what goes wrong is one sentence. Must not know what the bytes
are.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from reviewbot.errors import OutputError, UsageError


@contextmanager
def told(output: Path | None) -> Iterator[None]:
    """A full disk and its like in a sentence; a reader that has left is no failure."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        name = output or "standard output"
        raise OutputError(f"{name}: cannot be written: {error.strerror}") from error


@contextmanager
def opened(output: Path | None) -> Iterator[IO[bytes]]:
    """A stream to write to; a regular file appears under its name when all is written."""
    if output is None:
        sys.stdout.flush()
        yield sys.stdout.buffer
        with told(output):
            sys.stdout.buffer.flush()
        return
    direct = output.exists() and not output.is_file()
    part = output if direct else output.with_name(f".{output.name}.part")
    try:
        stream = part.open("wb")
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror}") from error
    try:
        try:
            yield stream
        finally:
            with told(output):
                stream.close()
        if not direct:
            part.replace(output)
    finally:
        if not direct:
            part.unlink(missing_ok=True)
