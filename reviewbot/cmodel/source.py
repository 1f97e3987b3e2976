"""One file of a patch seen as C: before and after, and the functions the patch touches.

Law: it answers from images and never says where they came from. Only lines the series adds or removes can
become the place of a hit. Must not know rules.
"""

from collections.abc import Collection, Iterator
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.called import called
from reviewbot.cmodel.flow import Flow
from reviewbot.cmodel.flow_build import flow
from reviewbot.cmodel.image import Image, Stretch, images
from reviewbot.cmodel.moves import Moves
from reviewbot.cmodel.outline import Call, Function
from reviewbot.cmodel.reading import Readings
from reviewbot.model.diff import FileChange, Line, Side, Sign
from reviewbot.model.evidence import Evidence
from reviewbot.model.finding import Anchor, Channel, Confidence, Hit
from reviewbot.model.series import Patch
from reviewbot.model.tree import Tree


class SourceChange(Struct, frozen=True, dict=True):
    """One file of one patch: its diff, and the file before and after it.

    `readings` are those of the whole series: what one patch leaves is what the next one starts from.
    """

    patch: Patch
    file: FileChange
    tree: Tree
    moves: Moves
    readings: Readings

    @cached_property
    def _images(self) -> tuple[Image, Image]:
        return images(self.file, self.tree, self.readings)

    @property
    def evidence(self) -> Evidence:
        """How the file was seen."""
        return self.new.evidence

    @property
    def old(self) -> Image:
        """The file before the patch, as far as it can be seen."""
        return self._images[0]

    @property
    def new(self) -> Image:
        """The file after the patch, as far as it can be seen."""
        return self._images[1]

    @cached_property
    def text(self) -> str:
        """Every line of the file's diff, by sign and without it; what triggers are looked for in."""
        return "\n".join(self._texts.values())

    @cached_property
    def spoken(self) -> frozenset[str]:
        """Every name before a parenthesis in the diff, by a look at its text."""
        return called((self.text,))

    @property
    def context(self) -> Iterator[str]:
        """All that is seen of the file, before and after the change."""
        return (text for image in (self.old, self.new) for text in image.reading.texts)

    @cached_property
    def derived(self) -> dict[tuple[int, int], tuple[object, object]]:
        """What was derived of a function by its first line with another value, beside that value, by its `id`;
        kept by who derives it."""
        return {}

    @cached_property
    def seen(self) -> str:
        """All that is seen of the file, before and after the change, as one text."""
        return "\n".join(self.context)

    @cached_property
    def called(self) -> frozenset[str]:
        """Every name before a parenthesis in all that is seen of the file; a look at the text."""
        return self.old.reading.called | self.new.reading.called

    @cached_property
    def shows_functions(self) -> bool:
        """Whether a whole function may be seen after the change; a look at the text, much cheaper than an
        outline: where the answer is no, there is none."""
        return self.new.whole or any(map(_may_hold_function, self.new.stretches))

    @property
    def path(self) -> str:
        """The path after the change, or before it for a deleted file."""
        return self.file.path

    @cached_property
    def added(self) -> dict[int, Line]:
        """Added lines by number in the new file."""
        return {line.new: line for line in self._lines if line.sign is Sign.ADDED}

    @cached_property
    def removed(self) -> dict[int, Line]:
        """Removed lines by number in the old file."""
        return {line.old: line for line in self._lines if line.sign is Sign.REMOVED}

    @property
    def _lines(self) -> Iterator[Line]:
        return (line for hunk in self.file.hunks for line in hunk.lines)

    def lines(self, sign: Sign) -> Iterator[Line]:
        """The diff's lines of one sign, in order."""
        return (line for line in self._lines if line.sign is sign)

    def is_moved(self, line: Line) -> bool:
        """Whether the series also has this line, white space aside, with the opposite sign."""
        return self.moves.holds(line)

    def mentions(self, words: Collection[str], sign: Sign) -> bool:
        """Whether one of `words` stands in a line of that sign, in whatever part of it.

        A look at the text, much cheaper than an outline: where the answer is no, nothing of that name
        was added or removed.
        """
        text = self._texts[sign]
        return any(word in text for word in words)

    def added_calls(self, names: Collection[str]) -> Iterator[Call]:
        """Calls of `names` on added lines."""
        if not self.mentions(names, Sign.ADDED):
            return iter(())
        return (call for call in self.new.outline.calls_of(names) if call.line in self.added)

    def removed_calls(self, names: Collection[str]) -> Iterator[Call]:
        """Calls of `names` on removed lines."""
        if not self.mentions(names, Sign.REMOVED):
            return iter(())
        return (call for call in self.old.outline.calls_of(names) if call.line in self.removed)

    @cached_property
    def functions(self) -> tuple["FunctionChange", ...]:
        """The functions of the new image in which a line was added or removed."""
        old, new = self.old.outline, self.new.outline
        removed = dict.fromkeys(old.functions_on(self._removed))
        touched = dict.fromkeys(new.functions_on(self._added))
        for function in removed:
            if function == old.function(function.name):
                touched |= dict.fromkeys(new.named(function.name))
        ordered = sorted(touched, key=lambda function: function.first)
        return tuple(FunctionChange(self, old.function(f.name), f) for f in ordered)

    def flow(self, function: Function, side: Side = Side.NEW) -> Flow | None:
        """The flow of a function of the new image, or of the old one; made once. None as `flow()` says."""
        image = self.new if side is Side.NEW else self.old
        made = image.reading.flows
        if function.first not in made:
            made[function.first] = flow(image, function)
        return made[function.first]

    def anchor(self, line: int, side: Side = Side.NEW) -> Anchor:
        """The place of a line of the diff; raises KeyError for a line that is not in it."""
        known = self._numbered[side][line]
        return Anchor(self.patch.message_id, self.path, side, line, known.mail, known.text)

    @cached_property
    def _texts(self) -> dict[Sign, str]:
        added: list[str] = []
        removed: list[str] = []
        context: list[str] = []
        for hunk in self.file.hunks:
            for line in hunk.lines:
                sign = line.sign
                if sign is Sign.CONTEXT:
                    context.append(line.text)
                else:
                    (added if sign is Sign.ADDED else removed).append(line.text)
        texts = ((Sign.ADDED, added), (Sign.REMOVED, removed), (Sign.CONTEXT, context))
        return {sign: "\n".join(lines) for sign, lines in texts}

    @cached_property
    def _added(self) -> tuple[int, ...]:
        return tuple(sorted(self.added))

    @cached_property
    def _removed(self) -> tuple[int, ...]:
        return tuple(sorted(self.removed))

    @cached_property
    def _numbered(self) -> dict[Side, dict[int, Line]]:
        """The diff's lines by their number in the file before and after."""
        return {
            Side.OLD: {line.old: line for line in self._lines if line.sign is not Sign.ADDED},
            Side.NEW: {line.new: line for line in self._lines if line.sign is not Sign.REMOVED},
        }

    def at(
        self,
        line: int,
        side: Side = Side.NEW,
        *,
        symbol: str = "",
        related: tuple[Anchor, ...] = (),
        confidence: Confidence | None = None,
        channel: Channel | None = None,
        **facts: str | int,
    ) -> Hit:
        """A hit on a line of the diff, in the function that holds the line."""
        image = self.new if side is Side.NEW else self.old
        function = image.outline.function_at(line)
        return Hit(
            anchor=self.anchor(line, side),
            facts=facts,
            related=related,
            function=function.name if function else "",
            symbol=symbol,
            confidence=confidence,
            channel=channel,
        )


def _may_hold_function(stretch: Stretch) -> bool:
    """Whether a brace at the left edge, or one behind a parenthesis there, is closed further down."""
    opened = False
    for line in stretch.lines:
        if not line[:1].isspace():
            if opened and "}" in line:
                return True
            if "{" in line:
                opened = True
                if "}" in line.partition("{")[2]:
                    return True
    return False


class FunctionChange(Struct, frozen=True, dict=True):
    """A function a patch touches: as it was (None if new) and as it is."""

    source: SourceChange
    old: Function | None
    new: Function

    @property
    def is_new(self) -> bool:
        """Whether every line of the function is added."""
        return all(n in self.source.added for n in range(self.new.first, self.new.last + 1))

    @property
    def flow(self) -> Flow | None:
        """The flow of the new function; None where it cannot be read with certainty."""
        return self.source.flow(self.new)

    @property
    def old_flow(self) -> Flow | None:
        """The flow of the old function; None where there is none or it cannot be read with certainty."""
        return self.source.flow(self.old, Side.OLD) if self.old is not None else None

    @cached_property
    def text(self) -> str:
        """The visible lines of the new function, and of the old one where it differs."""
        sides = [(self.source.new, self.new)]
        if self.old is not None:
            sides.append((self.source.old, self.old))
        return "\n".join(
            line
            for image, function in sides
            for stretch in image.stretches
            if function.last >= stretch.first
            for line in stretch.lines[
                max(function.first - stretch.first, 0) : function.last - stretch.first + 1
            ]
        )

    @cached_property
    def called(self) -> frozenset[str]:
        """Every name before a parenthesis in the text; a look at it, much cheaper than an outline."""
        return called((self.text,))

    def calls(self, names: Collection[str]) -> Iterator[Call]:
        """Calls of `names` anywhere in the new function."""
        inside = self.source.new.outline.calls_between(self.new.first, self.new.last)
        return (call for call in inside if call.name in names)

    def added_calls(self, names: Collection[str]) -> Iterator[Call]:
        """Calls of `names` in the new function on added lines."""
        return (call for call in self.calls(names) if call.line in self.source.added)
