"""Diffs between two texts, as values."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from reviewbot.model.diff import FileChange, FileKind, Hunk, Line, Sign

Lines = tuple[str, ...]


def edited(path: str, old: Lines, new: Lines, context: int = 3) -> FileChange:
    """The change of a file from one text to another."""
    return FileChange(FileKind.MODIFIED, path, path, tuple(_hunks(old, new, context)))


def _hunks(old: Lines, new: Lines, context: int) -> Iterator[Hunk]:
    mail = 10
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(context):
        lines = []
        for sign, text, was, is_ in _signed(group, old, new):
            lines.append(Line(sign, text, was, is_, mail + 1 + len(lines)))
        _, old_start, _, new_start, _ = group[0]
        has_old = any(line.sign is not Sign.ADDED for line in lines)
        has_new = any(line.sign is not Sign.REMOVED for line in lines)
        yield Hunk(old_start + has_old, new_start + has_new, "", tuple(lines), mail)
        mail += len(lines) + 1


def _signed(group: list, old: Lines, new: Lines) -> Iterator[tuple[Sign, str, int, int]]:
    for tag, a, b, c, d in group:
        if tag == "equal":
            yield from ((Sign.CONTEXT, old[i], i + 1, c + i - a + 1) for i in range(a, b))
            continue
        yield from ((Sign.REMOVED, old[i], i + 1, 0) for i in range(a, b))
        yield from ((Sign.ADDED, new[i], 0, i + 1) for i in range(c, d))
