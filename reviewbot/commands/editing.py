"""A letter in the editor of the person: given as a mail, taken back as words.

Law: what a person wrote is never lost: where it cannot be taken over, it stays in a file that is named. Must
not know what makes a letter fit to be sent.
"""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from reviewbot.errors import OutputError, UsageError
from reviewbot.sinks.amend import amendable, amended
from reviewbot.sinks.outbox.entry import Entry
from reviewbot.sinks.outbox.outbox import Outbox


def edit_letter(outbox: Outbox, entry: Entry, who: str, folder: Path) -> Iterator[str]:
    """Open the editor on a letter, as a file in `folder`, and take over what it leaves; yields what to tell.

    Raises UsageError where that must not be sent so, or where the letter was moved or edited meanwhile; the
    message names the file with the text.
    """
    when = datetime.now(UTC)
    file = _written(amendable(entry.letter, when), folder, entry.short)
    click.edit(filename=str(file))
    data = _left(file)
    try:
        left = amended(entry.letter, when, data)
        if left.body == entry.letter.reply.body:
            yield f"{entry.short}: not changed"
        else:
            yield from left.doubts
            _take_over(outbox, entry, left.body, who, when)
            yield f"{entry.short}: changed, and held"
    except UsageError as error:
        hint = f"{error.hint} " if error.hint else ""
        raise UsageError(f"{entry.short}: {error}", f"{hint}Your text is kept in {file}") from error
    file.unlink(missing_ok=True)


def _left(file: Path) -> bytes:
    """What the editor left."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"what the editor left cannot be read: {error.strerror}") from error


def _take_over(outbox: Outbox, entry: Entry, body: str, who: str, when: datetime) -> None:
    if outbox.edit(entry.id, body, who, when, over=entry.letter.message_id) is None:
        raise UsageError("somebody else moved or edited it meanwhile; it stays as it is now")


def _written(data: bytes, folder: Path, name: str) -> Path:
    """A new file only the person may read, with the name of a mail."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, path = tempfile.mkstemp(prefix=f"{name}-", suffix=".eml", dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror}") from error
    return Path(path)
