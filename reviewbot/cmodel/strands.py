"""Strands: files that a series adds and then changes, seen whole from the texts of its mails alone.

A patch that changes a file which an earlier one has added shows only hunks of it, yet all of the file is known.

Law: as in `cmodel.glimpse`: what a parsed series shows of such a file lies within one of the pieces. Where
hunks do not fit, the piece is all that was ever seen of the file. Must not know rules.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from zlib import crc32

from msgspec import Struct

from reviewbot.cmodel.glimpse import Glimpse

_DIFF = b"\ndiff --"
_NAMES = re.compile(rb"\n--- ([^\n\t]+)[^\n]*\n\+\+\+ ([^\n\t]+)[^\n]*\n@@ -")
_MOVED = re.compile(rb"\n(rename|copy) from ([^\n]+)\n(?:rename|copy) to ([^\n]+)")
_HUNK = re.compile(rb"\n@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@[^\n]*")
_PAIR = re.compile(rb"\n--- ([^\n\t]+)[^\n]*\n\+\+\+ ([^\n\t]+)")
_SOURCES = (b".c", b".h", b".inc", b".S", b".rs")
_NONE = b"/dev/null"
# The bits of a set of paths; a signed integer of a database holds them.
_BITS = 63


class Strands(Struct, frozen=True):
    """The source files that a mail adds, and those that it changes, as sets of bits: one for each path.

    A series may change what it adds only where `made` of one of its mails and `kept` of another share a bit.
    """

    made: int = 0
    kept: int = 0


class _Change(Struct, frozen=True):
    """The diff of one file: `old` is empty for a new file; `raw` begins with its header."""

    old: bytes
    new: bytes
    raw: bytes


def strands(text: bytes) -> Strands:
    """Those of one mail, from its text."""
    made = kept = 0
    pairs = _PAIR.findall(b"\n" + text)
    if b"\nrename from " in text or b"\ncopy from " in text:
        pairs += [(old, new) for _, old, new in _MOVED.findall(text)]
    for old, new in pairs:
        old, new = old.rstrip(), new.rstrip()
        if old == _NONE and new.endswith(_SOURCES):
            made |= 1 << crc32(_path(new)) % _BITS
        elif old.endswith(_SOURCES):
            kept |= 1 << crc32(_path(old)) % _BITS
    return Strands(made, kept)


def composed(texts: Iterable[bytes]) -> Iterator[Glimpse]:
    """For each change of a file that a series has added before: the whole file with the change, as one piece.

    `texts` are those of the mails in the order of the patches.
    """
    known: dict[bytes, list[bytes] | None] = {}
    seen: dict[bytes, list[bytes]] = {}
    for text in texts:
        for change in [*_changes(text)]:
            if not change.old:
                known[change.new] = _applied([], change.raw, [])
                seen[change.new] = [change.raw]
            elif change.old in known:
                lines, told = (
                    known[change.old],
                    [b"\nnew file\n--- " + change.old + b"\n+++ " + change.new],
                )
                after = _applied(lines, change.raw, told) if lines is not None else None
                history = [*seen[change.old], change.raw]
                yield Glimpse(b"".join(told if after is not None else history))
                known[change.new], seen[change.new] = after, history


def _changes(text: bytes) -> Iterator[_Change]:
    """The changes of source files in a mail's text."""
    for part in (b"\n" + text).split(_DIFF):
        moved = _MOVED.search(part)
        names = [*_NAMES.finditer(part)]
        if moved and not names and moved[3].endswith(_SOURCES):
            yield _Change(moved[2], moved[3], b"")
        for number, name in enumerate(names):
            end = names[number + 1].start() if number + 1 < len(names) else len(part)
            old, new = (b"" if one == _NONE else _path(one) for one in name.groups())
            if (new or old).endswith(_SOURCES):
                yield _Change(old, new, part[name.start() : end])


def _path(name: bytes) -> bytes:
    name = name.strip()
    return name[2:] if name[:2] in (b"a/", b"b/") else name


def _applied(lines: Sequence[bytes], raw: bytes, told: list[bytes]) -> list[bytes] | None:
    """The lines behind the hunks, or None where one does not fit; what is told is the file with the change."""
    after: list[bytes] = []
    done = 0
    told.append(b"\n@@ -1 +1 @@")
    for hunk, body in _hunks(raw):
        counts = [int(hunk[group] or 1) for group in (2, 3)]
        start = int(hunk[1]) - (counts[0] > 0)
        shown = _shown(body, *counts)
        before = [line[1:] for line in shown if line[:1] != b"+"]
        if start < done or [*lines[start : start + len(before)]] != before:
            return None
        kept = lines[done:start]
        told += [b"\n " + line for line in kept]
        told += [b"\n" + line for line in shown]
        after += [*kept, *(line[1:] for line in shown if line[:1] != b"-")]
        done = start + len(before)
    told += [b"\n " + line for line in lines[done:]]
    return [*after, *lines[done:]]


def _hunks(raw: bytes) -> Iterator[tuple[re.Match[bytes], bytes]]:
    found = [*_HUNK.finditer(raw)]
    ends = [*(hunk.start() for hunk in found[1:]), len(raw)]
    for hunk, end in zip(found, ends, strict=False):
        yield hunk, raw[hunk.end() : end]


def _shown(body: bytes, old: int, new: int) -> list[bytes]:
    """The lines of a hunk by its counts, each with its sign."""
    found: list[bytes] = []
    for line in body.split(b"\n")[1:]:
        sign = line[:1]
        if old <= 0 and new <= 0:
            break
        if sign == b"\\":
            continue
        found.append(line if sign in (b"+", b"-", b" ") else b" " + line)
        old -= sign != b"+"
        new -= sign != b"-"
    return found
