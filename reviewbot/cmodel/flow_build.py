"""From the text of a whole function to its flow.

The text is made legible for the grammar, once for each variant of its directives, and the variants are joined
by a branch on the condition that tells them apart.

Law: a function has one flow, or none where its structure is not certain. Must not know statements or resources.
"""

import re

from msgspec import Struct

from reviewbot.cmodel.attributes import without_attributes
from reviewbot.cmodel.branches import branch
from reviewbot.cmodel.flow import Flow, Kind, Step, Why
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.legible import legible
from reviewbot.cmodel.outline import Function
from reviewbot.cmodel.statements import Statements
from reviewbot.cmodel.steps import Steps, inner, uncertain
from reviewbot.cmodel.syntax import parsed
from reviewbot.cmodel.variants import Fork, Text, Variants, readings

_MOST_CHARACTERS = 100_000

_DEFINE = re.compile(
    r"^[ \t]*+#[ \t]*+define[ \t]++(\w++)(?:[^\\\n]|\\.)*?\b(?:return|goto|break|continue)\b",
    re.MULTILINE | re.DOTALL,
)


def flow(image: Image, function: Function) -> Flow | None:
    """The flow of a function of the image; None where it is not whole or cannot be read with certainty."""
    found = reading(image, function)
    return found if isinstance(found, Flow) else None


def reading(image: Image, function: Function) -> Flow | Why:
    """The flow of a function of the image, or why there is none."""
    if not function.whole:
        return Why.CUT
    text = "\n".join([image.code(number) for number in range(function.first, function.last + 1)])
    start = text.find("{")
    if start < 0:
        return Why.CUT
    if len(text) > _MOST_CHARACTERS:
        return Why.LONG
    code = without_attributes(text)
    head = " ".join(code[:start].split())
    returns = head.partition(f"{function.name}(")[0].strip()
    first = function.first + text.count("\n", 0, start)
    jumping = _jumping(image, function) if "define" in code else frozenset()
    return _Reading(code[start:], first, returns, jumping).best()


def _jumping(image: Image, function: Function) -> frozenset[str]:
    """The macros defined inside a function that may leave the statement they stand in."""
    lines = (
        line
        for stretch in image.stretches
        for line in stretch.lines[
            max(function.first - stretch.first, 0) : max(function.last - stretch.first + 1, 0)
        ]
    )
    return frozenset(found[1] for found in _DEFINE.finditer("\n".join(lines)))


class _Reading(Struct, frozen=True):
    """A body from its opening brace on, and what is needed to read it."""

    code: str
    first: int
    returns: str
    jumping: frozenset[str]

    def best(self) -> Flow | Why:
        """The flow with each directive where it stands, or of whole variants where that is clearer."""
        found, is_clear = self.made(readings(self.code))
        if is_clear or "#" not in self.code:
            return found
        other, is_clear = self.made(readings(self.code, inline=False))
        return other if is_clear or not isinstance(found, Flow) else found

    def made(self, variants: Variants) -> tuple[Flow | Why, bool]:
        """The flow of all variants, and whether the grammar could read all of them."""
        if variants is None:
            return Why.DIRECTIVE, False
        made: list[Step | None] = []
        broken: list[bool] = []
        try:
            entry = self.entry(variants, made, broken)
        except ValueError as refused:
            why = refused.args[0]
            if not isinstance(why, Why):
                raise
            return why, False
        known = tuple(step for step in made if step is not None)
        if len(known) != len(made):
            return Why.STRUCTURE, False
        return Flow(known, entry, self.returns), not any(broken)

    def entry(self, variants: Text | Fork, made: list[Step | None], broken: list[bool]) -> int:
        """The first step of some variants."""
        if isinstance(variants, Fork):
            yes = self.entry(variants.yes, made, broken)
            no = self.entry(variants.no, made, broken)
            test = Step(Kind.BRANCH, variants.condition, self.first, (yes, no))
            steps = Steps("", self.first, False, made)
            return branch(steps, test, variants.condition, yes, no)
        root = parsed(legible(variants.code))
        if root is None:
            raise uncertain(Why.LONG)
        body, *stray = inner(root.named_children) or [root]
        if body.type != "compound_statement" or any(one.named_child_count for one in stray):
            raise uncertain()
        broken.append(root.has_error)
        steps = Steps(
            variants.code, self.first, root.has_error, made, variants.pseudo, self.jumping
        )
        return Statements(steps, {}).function(body)
