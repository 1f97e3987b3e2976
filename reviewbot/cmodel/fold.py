"""Fold: a source tree as the patches of a series leave it, one after the other.

Law: a text is only ever the result of hunks that fit; where a patch touched a file and its result is not
known, the file is unknown from there on, and the older text is never shown in its place. Must not know C,
nor how a tree is asked.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.stretch import applied, split
from reviewbot.model.diff import FileChange, FileKind
from reviewbot.model.evidence import Evidence, Lack, Origin, joined, lacking
from reviewbot.model.tree import Commit, Mentions, Sight, Tree

Lines = tuple[str, ...]


class Fitting(Struct, frozen=True):
    """The lines of a file before and after its hunks, None where not known, and the evidence for either."""

    lines: tuple[Lines, Lines] | None
    evidence: Evidence


def fitted(file: FileChange, tree: Tree) -> Fitting:
    """The lines of a file that is not new, before and after its hunks, from the first text that they fit.

    The blob that the diff names is asked for first, then the path.
    """
    if file.binary:
        return Fitting(None, lacking(Lack.BINARY, "a binary file"))
    failed: list[Evidence] = []
    for sight in tree.sights(file.old_blob, file.old_path):
        found = sight.evidence
        if sight.text is not None:
            lines = next(_applied(sight.text, file), None)
            if lines is not None:
                return Fitting(lines, found)
            found = lacking(Lack.HUNKS, f"the hunks do not apply to {found.detail}")
        failed.append(found)
    return Fitting(None, joined(failed))


def _applied(text: str, file: FileChange) -> Iterator[tuple[Lines, Lines]]:
    """The lines of a text before and after the hunks, if they fit.

    Mail ends every line with CR LF, so that the line ends of a file that has them too are lost on the way.
    """
    for known in (text, text.replace("\r\n", "\n")) if "\r\n" in text else (text,):
        before = split(known)
        after = applied(before, file.hunks)
        if after is not None:
            yield before, after


def folds(
    patches: Sequence[tuple[FileChange, ...]], tree: Tree, names: Sequence[str] = ()
) -> Iterator[Tree]:
    """For each patch, given as its files, the tree it is applied to: `tree` with the earlier ones in it.

    `names` are what people call the patches. Without a tree what the series itself adds is still known.
    """
    steps = Steps(tree, tuple(patches), tuple(names))
    yield from (Fold(steps, number) for number in range(len(patches)))


class Step(Struct, frozen=True):
    """What one patch does to one path: the change that makes the file, or None where it is gone.

    A patch that changes a path twice leaves it unknown, which is told in the same way.
    """

    number: int
    path: str
    file: FileChange | None

    @property
    def key(self) -> tuple[int, str]:
        """What tells a step from the others of its series."""
        return self.number, self.path


class Steps(Struct, frozen=True, dict=True):
    """The patches of a series by the paths they touch, and the texts found so far."""

    tree: Tree
    patches: tuple[tuple[FileChange, ...], ...]
    names: tuple[str, ...] = ()

    def last(self, path: str, number: int) -> Step | None:
        """What the last patch before that number did to the path; None where none touched it."""
        steps = self._by_path.get(path, ())
        before = bisect_left(steps, number, key=lambda step: step.number)
        return steps[before - 1] if before else None

    def next_id(self, path: str, number: int) -> str:
        """The blob id from which the patch of that number starts at the path, empty where it names none."""
        ids = (file.old_blob for file in self.patches[number] if file.old_path == path)
        return next(ids, "")

    def name(self, number: int) -> str:
        """What people call a patch: its number in the subject."""
        return f"patch {self.names[number] if number < len(self.names) else number + 1}"

    def sight(self, step: Step) -> Sight:
        """The text a patch leaves at a path, or why there is none or it is not known.

        The steps it rests on are done first, oldest first: a long series is no deep recursion.
        """
        for each in reversed([*self._history(step)]):
            self._sights[each.key] = self._made(each)
        return self._sights[step.key]

    def _history(self, step: Step) -> Iterator[Step]:
        """The step and those it may rest on, newest first, as far as they are not done."""
        current: Step | None = step
        while current is not None and current.key not in self._sights:
            yield current
            file = current.file
            current = self.last(file.old_path, current.number) if file is not None else None

    def _made(self, step: Step) -> Sight:
        file, patch = step.file, self.name(step.number)
        unknown = f"what {patch} leaves at {step.path} is not known"
        if file is None or file.binary:
            return Sight(None, lacking(Lack.SERIES, unknown))
        if file.kind is FileKind.ADDED:
            after, lack = applied((), file.hunks), Lack.HUNKS
        else:
            found = fitted(file, Fold(self, step.number))
            after = found.lines[1] if found.lines is not None else None
            lack = found.evidence.lack or Lack.SERIES
        if after is None:
            return Sight(None, lacking(lack, unknown))
        text = "".join(f"{line}\n" for line in after)
        return Sight(text, Evidence(Origin.SERIES, f"{step.path} as {patch} leaves it"))

    @cached_property
    def _sights(self) -> dict[tuple[int, str], Sight]:
        return {}

    @cached_property
    def _by_path(self) -> dict[str, list[Step]]:
        found: dict[str, list[Step]] = {}
        for number, files in enumerate(self.patches):
            for path, file in _results(files):
                found.setdefault(path, []).append(Step(number, path, file))
        return found


def _results(files: Iterable[FileChange]) -> Iterator[tuple[str, FileChange | None]]:
    """Each path a patch touches, with the change whose result stands there."""
    made: dict[str, FileChange | None] = {}
    for file in files:
        if file.new_path:
            made[file.new_path] = None if file.new_path in made else file
    moved = (FileKind.DELETED, FileKind.RENAMED)
    gone = {file.old_path: None for file in files if file.kind in moved}
    yield from (gone | made).items()


class Fold(Struct, frozen=True):
    """The tree with the first `number` patches of the series applied, lazily."""

    steps: Steps
    number: int

    @property
    def name(self) -> str:
        """That of the tree below."""
        return self.steps.tree.name

    def blob(self, blob_id: str) -> str | None:
        """The text of the blob, if the tree below has it."""
        return self.steps.tree.blob(blob_id)

    def file(self, path: str) -> str | None:
        """The text at `path`, or None; also where the next patch's diff names another text than this."""
        step = self.steps.last(path, self.number)
        return self.steps.tree.file(path) if step is None else self._left(step).text

    def sights(self, blob_id: str, path: str) -> Iterator[Sight]:
        """The blob as the tree below has it; at the path what the last patch to touch it left."""
        if blob_id:
            yield from self.steps.tree.sights(blob_id, "")
        step = self.steps.last(path, self.number)
        if step is not None:
            yield self._left(step)
        elif path:
            yield from self.steps.tree.sights("", path)

    def mentions(self, words: Collection[str]) -> Mentions | None:
        """As the tree below says: the series itself is not looked through."""
        return self.steps.tree.mentions(words)

    def commit(self, abbreviation: str) -> Commit | None:
        """As the tree below says: the series has no ids yet."""
        return self.steps.tree.commit(abbreviation)

    def _left(self, step: Step) -> Sight:
        """What a patch left at a path, unless the next patch's diff starts from another text."""
        made = step.file.new_blob if step.file is not None else ""
        named = self.steps.next_id(step.path, self.number)
        if made and named and not _same(made, named):
            patch = self.steps.name(step.number)
            return Sight(None, lacking(Lack.SERIES, f"{patch} leaves another text than is changed"))
        return self.steps.sight(step)


def _same(one: str, other: str) -> bool:
    """Whether two abbreviated ids may be the same object's."""
    return one.startswith(other) or other.startswith(one)
