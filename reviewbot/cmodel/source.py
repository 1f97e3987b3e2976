"""One file of a patch seen as C: before and after, and the functions the patch touches.

Law: it answers from images and never says where they came from. Only lines the series adds or removes can
become the place of a hit. Must not know rules.
"""

from collections.abc import Collection, Iterator
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.called import called
from reviewbot.cmodel.edits import Edits
from reviewbot.cmodel.flow import Flow
from reviewbot.cmodel.flow_build import flow
from reviewbot.cmodel.image import Image, images
from reviewbot.cmodel.moves import Moves
from reviewbot.cmodel.outline import Body, Call, Function
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
    def edits(self) -> Edits:
        """The lines of the file's diff."""
        return Edits(self.file)

    @property
    def text(self) -> str:
        """Every line of the file's diff, by sign and without it; what triggers are looked for in."""
        return self.edits.text

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
    def after(self) -> str:
        """All that is seen of the file after the change."""
        return "\n".join(self.new.reading.texts)

    @cached_property
    def called(self) -> frozenset[str]:
        """Every name before a parenthesis in all that is seen of the file; a look at the text."""
        return self.old.reading.called | self.new.reading.called

    @property
    def shows_functions(self) -> bool:
        """Whether a whole function may be seen after the change, as `Reading.shows_functions` says."""
        return self.new.reading.shows_functions

    @property
    def path(self) -> str:
        """The path after the change, or before it for a deleted file."""
        return self.file.path

    @cached_property
    def added(self) -> dict[int, Line]:
        """Added lines by number in the new file."""
        return self.edits.added

    @cached_property
    def removed(self) -> dict[int, Line]:
        """Removed lines by number in the old file."""
        return self.edits.removed

    def lines(self, sign: Sign) -> Iterator[Line]:
        """The diff's lines of one sign, in order."""
        return self.edits.of(sign)

    def is_moved(self, line: Line) -> bool:
        """Whether the series also has this line, white space aside, with the opposite sign."""
        return self.moves.holds(line)

    def mentions(self, words: Collection[str], sign: Sign) -> bool:
        """Whether one of `words` stands in a line of that sign, as `Edits.mention` says."""
        return self.edits.mention(words, sign)

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
        touched = {body.first: body for body in new.bodies_on(sorted(self.added))}
        for body in old.bodies_on(sorted(self.removed)):
            if next(old.bodies_named(body.name), body).first == body.first:
                touched |= {one.first: one for one in new.bodies_named(body.name)}
        return tuple(FunctionChange(self, touched[line]) for line in sorted(touched))

    def flow(self, function: Function, side: Side = Side.NEW) -> Flow | None:
        """The flow of a function of the new image, or of the old one; made once. None as `flow()` says."""
        image = self.new if side is Side.NEW else self.old
        made = image.reading.flows
        if function.first not in made:
            made[function.first] = flow(image, function)
        return made[function.first]

    def anchor(self, line: int, side: Side = Side.NEW) -> Anchor:
        """The place of a line of the diff; raises KeyError for a line that is not in it."""
        known = self.edits.numbered[side][line]
        return Anchor(self.patch.message_id, self.path, side, line, known.mail, known.text)

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
        function = next(image.outline.bodies_on((line,)), None)
        return Hit(
            anchor=self.anchor(line, side),
            facts=facts,
            related=related,
            function=function.name if function else "",
            symbol=symbol,
            confidence=confidence,
            channel=channel,
        )


class FunctionChange(Struct, frozen=True, dict=True):
    """A function a patch touches: as it was (None if new) and as it is, each read when it is asked for."""

    source: SourceChange
    body: Body

    @cached_property
    def new(self) -> Function:
        """The function after the change."""
        return self.body.read()

    @cached_property
    def old(self) -> Function | None:
        """The function of that name before the change."""
        return self._before.read() if self._before is not None else None

    @cached_property
    def _before(self) -> Body | None:
        return next(self.source.old.outline.bodies_named(self.body.name), None)

    @property
    def path(self) -> str:
        """The path of the file."""
        return self.source.path

    @property
    def is_new(self) -> bool:
        """Whether every line of the function is added."""
        return all(n in self.source.added for n in range(self.body.first, self.body.last + 1))

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
        sides = ((self.source.new, self.body), (self.source.old, self._before))
        return "\n".join(
            image.reading.text(body.first, body.last) for image, body in sides if body is not None
        )

    @property
    def after(self) -> str:
        """The visible lines of the new function."""
        return self.source.new.reading.text(self.body.first, self.body.last)

    @property
    def spoken(self) -> frozenset[str]:
        """Every name before a parenthesis in the text."""
        return self.called

    def mentions(self, words: Collection[str], sign: Sign) -> bool:
        """Whether one of `words` stands in a line of the file of that sign; see `SourceChange.mentions`."""
        return self.source.mentions(words, sign)

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
