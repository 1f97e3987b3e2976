"""A file before and after a fix, rebuilt from a source tree of another age; and diffs turned round.

A tree that has the fix shows the file after it, one that is older shows it before. Hunks are looked for as
`git apply` does: at their line, then ever farther from it; where that fails, with up to two lines of context
less, if the place is the only one and a changed line stands there.

Law: a text is only used where all hunks of the file fit.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.cmodel.stretch import split
from reviewbot.model.diff import FileChange, FileKind, Hunk, Line, Side, Sign
from reviewbot.model.evidence import Evidence, Origin
from reviewbot.model.tree import Commit, Mentions, Sight, Tree

_OTHER = {Sign.ADDED: Sign.REMOVED, Sign.REMOVED: Sign.ADDED, Sign.CONTEXT: Sign.CONTEXT}
_KINDS = {FileKind.ADDED: FileKind.DELETED, FileKind.DELETED: FileKind.ADDED}
_LEAST = 3  # lines that must be left of a hunk whose context is cut
_CUTS = ((0, 0), (1, 1), (2, 2), (0, 3), (3, 0))


class Rebuilt(Struct, frozen=True):
    """A file of a fix at its place in the tree, and its text before and after."""

    file: FileChange
    before: str
    after: str


class Overlay(Struct, frozen=True):
    """A tree with some files of its own above another tree."""

    texts: Mapping[str, str]
    below: Tree

    @property
    def name(self) -> str:
        """That of the tree below."""
        return self.below.name

    def blob(self, blob_id: str) -> str | None:
        """As the tree below says."""
        return self.below.blob(blob_id)

    def file(self, path: str) -> str | None:
        """The text of its own, or the one below."""
        return self.texts[path] if path in self.texts else self.below.file(path)

    def sights(self, blob_id: str, path: str) -> Iterator[Sight]:
        """The text of its own, or what the tree below has."""
        if path in self.texts:
            yield Sight(self.texts[path], Evidence(Origin.SOURCE, f"{path} rebuilt"))
        else:
            yield from self.below.sights(blob_id, path)

    def mentions(self, words: Collection[str]) -> Mentions | None:
        """As the tree below says."""
        return self.below.mentions(words)

    def commit(self, abbreviation: str) -> Commit | None:  # noqa: ARG002
        """Always None: what is rebuilt has no history."""
        return None


def rebuilt(file: FileChange, tree: Tree) -> Rebuilt | str:
    """The file before and after its change, or why it cannot be rebuilt from the tree."""
    if file.kind is not FileKind.MODIFIED or file.binary:
        return "not a plain change of a file"
    reason = "the tree has no such file"
    for side, blob in ((Side.NEW, file.new_blob), (Side.OLD, file.old_blob)):
        for sight in tree.sights(blob, file.path):
            if sight.text is None:
                continue
            found = placed(file, split(sight.text), side)
            if found is not None:
                return found
            reason = "the tree's file is another, the hunks do not fit"
    return reason


def placed(file: FileChange, lines: Sequence[str], side: Side) -> Rebuilt | None:
    """The change at its place in `lines`, which are the file on that side; None if a hunk does not fit."""
    hunks: list[tuple[int, Hunk]] = []
    done = drift = 0
    for hunk in file.hunks:
        found = _place(hunk, lines, side, done, drift)
        if found is None:
            return None
        at, cut = found
        hunks.append((at, cut))
        drift = at - _start(cut, side)
        done = at + len(_texts(cut.lines, side))
    other: list[str] = []
    moved: list[Hunk] = []
    last = 0
    for at, hunk in hunks:
        other += lines[last:at]
        mine, theirs = at + 1, len(other) + 1
        numbers = (theirs, mine) if side is Side.NEW else (mine, theirs)
        moved.append(_numbered(hunk, *numbers))
        other += _texts(hunk.lines, Side.OLD if side is Side.NEW else Side.NEW)
        last = at + len(_texts(hunk.lines, side))
    other += lines[last:]
    known, made = ("".join(f"{line}\n" for line in text) for text in (lines, other))
    before, after = (made, known) if side is Side.NEW else (known, made)
    return Rebuilt(replace(file, hunks=tuple(moved)), before, after)


def _start(hunk: Hunk, side: Side) -> int:
    """The index in the file of a hunk's first line, as the mail has it."""
    start = hunk.new_start if side is Side.NEW else hunk.old_start
    return max(start - 1, 0)


def _texts(lines: Iterable[Line], side: Side) -> list[str]:
    absent = Sign.ADDED if side is Side.OLD else Sign.REMOVED
    return [line.text for line in lines if line.sign is not absent]


def _place(
    hunk: Hunk, lines: Sequence[str], side: Side, done: int, drift: int
) -> tuple[int, Hunk] | None:
    """Where the hunk fits behind line `done`, and as much of it as fits."""
    for number, (head, tail) in enumerate(_CUTS):
        cut = _cut(hunk, head, tail)
        wanted = _texts(cut.lines, side) if cut else []
        if cut is None or (number and not _is_telling(cut, wanted, side)):
            continue
        near = _start(cut, side) + drift
        fits = [*_fits(lines, wanted, done)]
        if fits and (number == 0 or len(fits) == 1):
            return min(fits, key=lambda at: abs(at - near)), cut
    return None


def _is_telling(hunk: Hunk, wanted: Sequence[str], side: Side) -> bool:
    """Whether enough is left of a hunk to know it again: a line that only this side has, and others."""
    mine = Sign.ADDED if side is Side.NEW else Sign.REMOVED
    return len(wanted) >= _LEAST and any(line.sign is mine for line in hunk.lines)


def _fits(lines: Sequence[str], wanted: Sequence[str], done: int) -> Iterator[int]:
    """The indexes from `done` at which the wanted lines stand."""
    count = len(wanted)
    if not count:
        return
    stripped = [line.rstrip() for line in wanted]
    for at in range(done, len(lines) - count + 1):
        if lines[at].rstrip() != stripped[0]:
            continue
        if [line.rstrip() for line in lines[at : at + count]] == stripped:
            yield at


def _cut(hunk: Hunk, head: int, tail: int) -> Hunk | None:
    """The hunk with lines of context taken off its ends; None where there are not so many to take."""
    kept = hunk.lines[head : len(hunk.lines) - tail]
    gone = (*hunk.lines[:head], *hunk.lines[len(hunk.lines) - tail :])
    if any(line.sign is not Sign.CONTEXT for line in gone):
        return None
    if not kept or all(line.sign is not Sign.CONTEXT for line in kept):
        return None
    return replace(
        hunk, lines=kept, old_start=hunk.old_start + head, new_start=hunk.new_start + head
    )


def _numbered(hunk: Hunk, old: int, new: int) -> Hunk:
    """The hunk with its lines counted from there."""
    at_old, at_new, lines = old, new, []
    for line in hunk.lines:
        is_old, is_new = line.sign is not Sign.ADDED, line.sign is not Sign.REMOVED
        lines.append(replace(line, old=at_old * is_old, new=at_new * is_new))
        at_old, at_new = at_old + is_old, at_new + is_new
    return replace(hunk, old_start=old, new_start=new, lines=tuple(lines))


def turned(file: FileChange) -> FileChange:
    """The change that takes this one back, as `git apply --reverse` would."""
    return replace(
        file,
        kind=_KINDS.get(file.kind, file.kind),
        old_path=file.new_path,
        new_path=file.old_path,
        old_blob=file.new_blob,
        new_blob=file.old_blob,
        old_mode=file.new_mode,
        new_mode=file.old_mode,
        hunks=tuple(_turned(hunk) for hunk in file.hunks),
    )


def _turned(hunk: Hunk) -> Hunk:
    lines = [replace(x, sign=_OTHER[x.sign], old=x.new, new=x.old) for x in hunk.lines]
    return replace(
        hunk, old_start=hunk.new_start, new_start=hunk.old_start, lines=tuple(_sorted(lines))
    )


def _sorted(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines with what is removed in front of what is added in its place, as diffs have it."""
    block: list[Line] = []
    for line in lines:
        if line.sign is Sign.CONTEXT:
            yield from sorted(block, key=lambda x: x.sign is Sign.ADDED)
            block = []
            yield line
        else:
            block.append(line)
    yield from sorted(block, key=lambda x: x.sign is Sign.ADDED)


def text(file: FileChange) -> str:
    """The change as a diff in git's form, without an `index` line: its ids are of other files."""
    old, new = (file.old_path or file.new_path), (file.new_path or file.old_path)
    rows = [f"diff --git a/{old} b/{new}"]
    if file.kind is FileKind.ADDED:
        rows.append(f"new file mode {file.new_mode or '100644'}")
    elif file.kind is FileKind.DELETED:
        rows.append(f"deleted file mode {file.old_mode or '100644'}")
    elif old != new:
        rows += [f"rename from {old}", f"rename to {new}"]
    if file.hunks:
        rows.append(f"--- a/{file.old_path}" if file.old_path else "--- /dev/null")
        rows.append(f"+++ b/{file.new_path}" if file.new_path else "+++ /dev/null")
    for hunk in file.hunks:
        rows.append(_head(hunk))
        rows += [f"{line.sign.value}{line.text}" for line in hunk.lines]
    return "".join(f"{row}\n" for row in rows)


def _head(hunk: Hunk) -> str:
    counts = [len(_texts(hunk.lines, side)) for side in (Side.OLD, Side.NEW)]
    starts = [hunk.old_start, hunk.new_start]
    old, new = (f"{start},{count}" for start, count in zip(starts, counts, strict=True))
    return f"@@ -{old} +{new} @@{f' {hunk.heading}' if hunk.heading else ''}"
