"""Image: one side of one file, as far as it can be seen.

Law: an image holds numbered lines and says whether they are the whole file; where they came from makes
no difference to who reads them. Must not know rules or how a tree is asked.
"""

from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.fold import fitted
from reviewbot.cmodel.outline import Export, Outline
from reviewbot.cmodel.sheet import Sheet, sheet
from reviewbot.cmodel.stretch import Stretch, stretches, whole
from reviewbot.cmodel.survey import exported, survey
from reviewbot.model.diff import FileChange, FileKind, Side
from reviewbot.model.tree import Tree

__all__ = ["Image", "Stretch", "images"]


class Image(Struct, frozen=True, dict=True):
    """One side of one file. `whole` is False when there are gaps: only hunks are known."""

    path: str
    side: Side
    stretches: tuple[Stretch, ...]
    whole: bool = False

    @cached_property
    def outline(self) -> Outline:
        """Functions, calls, initializers, exports… of this image; derived once.

        Empty for what is neither C nor assembler nor Rust, by the name of the file.
        """
        return survey(self.path, self._sheets)

    @cached_property
    def exports(self) -> tuple[Export, ...]:
        """The exports of the outline, for which no grammar is needed; derived once."""
        return exported(self.path, self._sheets)

    def code(self, line: int) -> str:
        """A line with comments, string contents and `#define` bodies blanked; empty if it is not seen."""
        return self._code.get(line, "")

    @cached_property
    def _code(self) -> dict[int, str]:
        """The masked lines by number."""
        pages = ((page.first, page.masked.split("\n")) for page in self._sheets)
        return {number: line for first, found in pages for number, line in enumerate(found, first)}

    @cached_property
    def _sheets(self) -> tuple[Sheet, ...]:
        return tuple(sheet(stretch, whole=self.whole) for stretch in self.stretches)


def images(file: FileChange, tree: Tree) -> tuple[Image, Image]:
    """The file before and after a change.

    Whole where the diff holds all of it (an added or deleted file) or the tree knows the text before
    it and every hunk fits there; made of the hunks' lines otherwise.
    """
    old_path, new_path = file.old_path or file.path, file.new_path or file.path
    before, after = (stretches(file.hunks, side) for side in (Side.OLD, Side.NEW))
    is_added, is_deleted = file.kind is FileKind.ADDED, file.kind is FileKind.DELETED
    if (is_added and not before) or (is_deleted and not after):
        complete = not file.binary and all(s.first == 1 for s in (*before, *after))
        return (
            Image(old_path, Side.OLD, before, complete or is_added),
            Image(new_path, Side.NEW, after, complete or is_deleted),
        )
    known = fitted(file, tree)
    if known is None:
        return Image(old_path, Side.OLD, before), Image(new_path, Side.NEW, after)
    return (
        Image(old_path, Side.OLD, whole(known[0]), True),
        Image(new_path, Side.NEW, whole(known[1]), True),
    )
