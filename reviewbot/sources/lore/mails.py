"""The mails of an answer of public-inbox, one at a time.

Format: mboxrd with the separator `From mboxrd@z Thu Jan  1 00:00:00 1970`, as public-inbox-v1-format(5) has
it for what it exports. Law: the same mails as `parse.mbox.split` finds, but no more than one is in memory.
Must not know where the bytes come from.
"""

from collections.abc import Iterator
from typing import BinaryIO

from reviewbot.parse import mbox

# public-inbox quotes every other line that begins `>*From `, so this one is never inside of a mail.
_SEPARATOR = b"From mboxrd@z Thu Jan  1 00:00:00 1970"


def mails(body: BinaryIO) -> Iterator[bytes]:
    """The mails of an mbox, or the one mail the body is."""
    for piece in _pieces(body):
        found = False
        for mail in mbox.split(piece):
            found = True
            yield mail
        if not found and piece.strip() and not piece.startswith(b"From "):
            yield piece


def _pieces(body: BinaryIO) -> Iterator[bytes]:
    """The body, cut before every separator line."""
    lines: list[bytes] = []
    for line in body:
        if line.startswith(_SEPARATOR) and line.rstrip(b"\r\n") == _SEPARATOR and lines:
            yield b"".join(lines)
            lines = []
        lines.append(line)
    if lines:
        yield b"".join(lines)
