"""Sightings as JSON Lines: one object a line, in UTF-8, to be read by programs and by the next audit.

Law: what `write` writes `read` gives back, equal but for lone surrogates, which no JSON can carry. Each line
stands alone and is safe to look at on a terminal. Fields keep their names within `reviewbot-audit/1`; new ones
may join, and readers pass over those they do not know. Must not know where sightings come from.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct

from reviewbot.errors import InputError
from reviewbot.model.sighting import Sighting
from reviewbot.sinks.audit.account import Account, Sightings
from reviewbot.sinks.findings_json import encoded


def write(_account: Account, sightings: Sightings, stream: BinaryIO) -> None:
    """One line for each sighting: its fields, and `fate` and `standing`, which follow from `proofs`."""
    for sighting in sightings:
        stream.write(f"{encoded(record(sighting))}\n".encode())


def record(sighting: Sighting) -> dict[str, Any]:
    """The object of one line, as plain values."""
    plain: dict[str, Any] = msgspec.to_builtins(sighting)
    return {**plain, "fate": sighting.fate.value, "standing": sighting.standing.value}


def read(lines: Iterable[bytes], name: str = "findings.jsonl") -> Iterator[Sighting]:
    """The sightings of lines that `write` wrote. Raises InputError that names the line which is none."""
    decoder = msgspec.json.Decoder(Sighting)
    for number, line in enumerate(lines, 1):
        try:
            yield decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InputError(f"{name}, line {number}: not a finding of an audit: {error}") from None


class Stored(Struct, frozen=True):
    """The sightings of a file that `write` wrote, read anew each time."""

    path: Path

    def __iter__(self) -> Iterator[Sighting]:
        """The sightings in the order of the file. Raises InputError."""
        try:
            with self.path.open("rb") as stream:
                yield from read(stream, str(self.path))
        except OSError as error:
            raise InputError(f"{self.path}: cannot be read: {error.strerror}") from None
