"""Image: one side of one file, as far as it can be seen.

Law: an image holds numbered lines and says whether they are the whole file; where they came from makes
no difference to who reads them, and is told beside. Must not know rules or how a tree is asked.
"""

from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.fold import fitted
from reviewbot.cmodel.outline import Export, Outline
from reviewbot.cmodel.reading import Reading, Readings
from reviewbot.cmodel.stretch import Stretch, stretches, whole
from reviewbot.model.diff import FileChange, FileKind, Side
from reviewbot.model.evidence import Evidence, Lack, Origin, lacking
from reviewbot.model.tree import Tree

__all__ = ["Image", "Stretch", "images"]

SHOWN = Evidence(Origin.DIFF, "the diff shows all of it")


class Image(Struct, frozen=True, dict=True):
    """One side of one file. `whole` is False when there are gaps: only hunks are known.

    `evidence` tells how it was seen; `shared` is the reading of an image of the same text.
    """

    path: str
    side: Side
    stretches: tuple[Stretch, ...]
    whole: bool = False
    evidence: Evidence = Evidence()
    shared: Reading | None = None

    @cached_property
    def reading(self) -> Reading:
        """What is derived from the lines, whatever side they are of."""
        return self.shared or Reading(self.path, self.stretches, self.whole)

    @property
    def outline(self) -> Outline:
        """Functions, calls, initializers, exports… of this image; derived once.

        Empty for what is neither C nor assembler nor Rust, by the name of the file.
        """
        return self.reading.outline

    @property
    def exports(self) -> tuple[Export, ...]:
        """The exports of the outline, for which no grammar is needed; derived once."""
        return self.reading.exports

    def code(self, line: int) -> str:
        """A line with comments, string contents and `#define` bodies blanked; empty if it is not seen."""
        return self.reading.code(line)


def images(file: FileChange, tree: Tree, readings: Readings | None = None) -> tuple[Image, Image]:
    """The file before and after a change, each with the reading of what has the same text in `readings`.

    Whole where the diff holds all of it (an added or deleted file) or the tree knows the text before
    it and every hunk fits there; made of the hunks' lines otherwise.
    """
    old_path, new_path = file.old_path or file.path, file.new_path or file.path
    before, after = (stretches(file.hunks, side) for side in (Side.OLD, Side.NEW))
    is_added, is_deleted = file.kind is FileKind.ADDED, file.kind is FileKind.DELETED
    if (is_added and not before) or (is_deleted and not after):
        complete = not file.binary and all(s.first == 1 for s in (*before, *after))
        whole_old, whole_new = complete or is_added, complete or is_deleted
        evidence = SHOWN if complete else lacking(Lack.HUNKS, "the diff does not show all of it")
    else:
        fitting = fitted(file, tree)
        evidence = fitting.evidence
        whole_old = whole_new = fitting.lines is not None
        if fitting.lines is not None:
            before, after = map(whole, fitting.lines)
    share = (readings or Readings()).of
    return (
        Image(old_path, Side.OLD, before, whole_old, evidence, share(old_path, before, whole_old)),
        Image(new_path, Side.NEW, after, whole_new, evidence, share(new_path, after, whole_new)),
    )
