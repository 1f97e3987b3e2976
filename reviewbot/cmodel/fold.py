"""Fold: a source tree as the patches of a series leave it, one after the other.

Law: a text is only ever the result of hunks that fit; where a patch touched a file and its result is not
known, the file is unknown from there on, and the older text is never shown in its place. Must not know C,
nor how a tree is asked.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.stretch import applied, split
from reviewbot.model.diff import FileChange, FileKind
from reviewbot.model.tree import NoTree, Tree

Lines = tuple[str, ...]


def fitted(file: FileChange, tree: Tree) -> tuple[Lines, Lines] | None:
    """The lines of a file before and after its hunks; None where the tree has no text they fit.

    The blob that the diff names is asked for first, then the path.
    """
    if file.binary or not file.old_path:
        return None
    for text in _candidates(file, tree):
        before = split(text)
        after = applied(before, file.hunks)
        if after is not None:
            return before, after
    return None


def _candidates(file: FileChange, tree: Tree) -> Iterator[str]:
    """The texts the file may have had before the change, the likelier first; looked up when asked for."""
    named = tree.blob(file.old_blob) if file.old_blob else None
    if named is not None:
        yield named
    placed = tree.file(file.old_path)
    if placed is not None:
        yield placed


def folds(patches: Sequence[tuple[FileChange, ...]], tree: Tree) -> Iterator[Tree]:
    """For each patch, given as its files, the tree it is applied to: `tree` with the earlier ones in it."""
    if isinstance(tree, NoTree):
        yield from (tree for _ in patches)
        return
    steps = Steps(tree, tuple(patches))
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

    def last(self, path: str, number: int) -> Step | None:
        """What the last patch before that number did to the path; None where none touched it."""
        steps = self._by_path.get(path, ())
        before = bisect_left(steps, number, key=lambda step: step.number)
        return steps[before - 1] if before else None

    def text(self, step: Step) -> str | None:
        """The text a patch leaves at a path, or None where there is none or it is not known.

        The steps it rests on are done first, oldest first: a long series is no deep recursion.
        """
        for each in reversed([*self._history(step)]):
            self._texts[each.key] = self._made(each)
        return self._texts[step.key]

    def _history(self, step: Step) -> Iterator[Step]:
        """The step and those it may rest on, newest first, as far as they are not done."""
        current: Step | None = step
        while current is not None and current.key not in self._texts:
            yield current
            file = current.file
            current = self.last(file.old_path, current.number) if file is not None else None

    def _made(self, step: Step) -> str | None:
        if step.file is None or step.file.binary:
            return None
        if step.file.kind is FileKind.ADDED:
            after = applied((), step.file.hunks)
        else:
            both = fitted(step.file, Fold(self, step.number))
            after = both[1] if both is not None else None
        return None if after is None else "".join(f"{line}\n" for line in after)

    @cached_property
    def _texts(self) -> dict[tuple[int, str], str | None]:
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
        if step is None:
            return self.steps.tree.file(path)
        return self.steps.text(step) if self._is_next(path, step) else None

    def _is_next(self, path: str, step: Step) -> bool:
        """Whether the blob ids, as far as both are given, do not show that a change lies in between."""
        made = step.file.new_blob if step.file is not None else ""
        asked = (file.old_blob for file in self.steps.patches[self.number] if file.old_path == path)
        return all(not made or not old or _same(made, old) for old in asked)

    def mentions(self, word: str) -> Iterator[str] | None:
        """As the tree below says: the series itself is not looked through."""
        return self.steps.tree.mentions(word)


def _same(one: str, other: str) -> bool:
    """Whether two abbreviated ids may be the same object's."""
    return one.startswith(other) or other.startswith(one)
