"""Merged: whether a source tree has a finding as it was posted.

A line alone says little: `return ret;` stands everywhere, and `goto fail;` is right or wrong by what stands
behind the label. So of a function, or an object with its initializer, the tree must have all lines that the
patch shows, one after the other, and nothing more where the patch shows all; of a line outside of these that
line. What the patch took out must not be there.

Law: in doubt it is not there; white space is no difference. Must not know how a tree is kept.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.reading import Reading
from reviewbot.cmodel.stretch import split, whole
from reviewbot.model.diff import Side
from reviewbot.model.finding import Finding
from reviewbot.model.series import Patch
from reviewbot.model.tree import Tree
from reviewbot.review.outcome import Outcome
from reviewbot.review.place import Place, is_object, of_object, places, squeezed, telling


class Merged(Struct, frozen=True, dict=True):
    """A tree that is asked for the findings in some patches (by Message-ID)."""

    tree: Tree
    patches: Mapping[str, Patch]

    def __call__(self, finding: Finding) -> str | None:
        """The name of the tree if it has the finding as posted; None where it has not, or cannot tell."""
        patch = self.patches.get(finding.anchor.message_id)
        reading = self._reading(finding.anchor.path)
        if patch is None or reading is None:
            return None
        name = self.tree.name.rstrip("/").rpartition("/")[2] or "the tree"
        return name if _has(reading, patch, finding) else None

    def _reading(self, path: str) -> Reading | None:
        if path not in self._readings:
            text = self.tree.file(path) if path else None
            reading = Reading(path, whole(split(text)), whole=True) if text else None
            self._readings[path] = reading
        return self._readings[path]

    @cached_property
    def _readings(self) -> dict[str, Reading | None]:
        """The files that were asked for so far."""
        return {}


def merged(tree: Tree, family: Sequence[Outcome]) -> Merged:
    """The question whether `tree` has a finding of one of these outcomes as it was posted."""
    patches = (patch for outcome in family for patch in outcome.series.patches)
    return Merged(tree, {patch.message_id: patch for patch in patches})


def _has(reading: Reading, patch: Patch, finding: Finding) -> bool:
    """Whether a file has the place of a finding as the patch leaves it."""
    shown = next(places((patch,), finding), None)
    if shown is None:
        return False
    if finding.function:
        bodies = reading.outline.bodies_named(finding.function)
        texts = [reading.text(body.first, body.last).split("\n") for body in bodies]
    else:
        (lines,) = (stretch.lines for stretch in reading.stretches)
        texts = [[*of_object(lines, finding.anchor.text)] if is_object(finding) else [*lines]]
    found = (tuple(telling(text)) for text in texts)
    return any(_is_same(shown, lines, finding) for lines in found)


def _is_same(shown: Place, lines: Sequence[str], finding: Finding) -> bool:
    line = squeezed(finding.anchor.text)
    is_taken_out = finding.anchor.side is Side.OLD
    if not finding.function and not is_object(finding):
        return (line in lines) is not is_taken_out
    if is_taken_out and Counter(lines)[line] > shown.counted[line]:
        return False
    if shown.whole or is_object(finding):
        return tuple(lines) == shown.lines
    size = len(shown.lines)
    starts = (n for n, text in enumerate(lines) if size and text == shown.lines[0])
    return any(tuple(lines[n : n + size]) == shown.lines for n in starts)
