"""Branches: the steps a controlling expression is made of, in the order in which they are evaluated.

Law: `&&`, `||` and `!` become edges, an assignment in a condition a statement before it; what else may have
an effect in the middle of a condition is unknown. Must not know statements.
"""

import re

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.cmodel.conditions import assignment, constant, split, unwrapped
from reviewbot.cmodel.flow import Kind, Step
from reviewbot.cmodel.syntax import Node

DEEPEST = 60
_MOST_STEPS = 4000

# What hides a jump from who reads the text, and statement expressions.
_HIDDEN = re.compile(r"\(\{|\basm\b|\b(?:return|goto|break|continue)\b|[A-Z_]*(?:RETURN|GOTO)\w*\(")


class Steps(Struct, frozen=True):
    """The steps made so far of the body `code`, whose first line is `first`; a reserved one is None.

    `broken` says that the grammar could not read all of it.
    """

    code: str
    first: int
    broken: bool
    made: list[Step | None] = []

    def add(self, step: Step | None) -> int:
        """The number of a new step."""
        if len(self.made) >= _MOST_STEPS:
            raise ValueError("too many steps")
        self.made.append(step)
        return len(self.made) - 1

    def text(self, node: Node | None) -> str:
        """The code of a node with white space folded."""
        return "" if node is None else " ".join(self.code[node.start_byte : node.end_byte].split())

    def line(self, node: Node) -> int:
        """The number of the line a node begins on."""
        return self.first + node.start_point[0]

    def is_unclear(self, node: Node, text: str) -> bool:
        """Whether a piece of code was not read, or may jump where nobody sees it."""
        return (self.broken and node.has_error) or _HIDDEN.search(text) is not None

    def condition(self, node: Node, yes: int, no: int, body: str = "", other: str = "") -> int:
        """The first step of a controlling expression; `body` and `other` as in `Step`."""
        text = self.text(node)
        if self.is_unclear(node, text):
            return self.add(Step(Kind.UNKNOWN, text, self.line(node), (yes, no)))
        test = Step(Kind.BRANCH, text, self.line(node), (yes, no), body, other)
        return self.branch(test, text, yes, no, 0)

    def branch(self, test: Step, text: str, yes: int, no: int, depth: int) -> int:
        """The branches a condition is made of, in the order in which they are evaluated."""
        if depth > DEEPEST:
            raise ValueError("too deep a condition")
        text = unwrapped(text)
        for sign, both in (("||", False), ("&&", True)):
            operands = split(text, sign)
            if len(operands) > 1:
                for operand in reversed(operands):
                    step = self.branch(test, operand, yes, no, depth + 1)
                    yes, no = (step, no) if both else (yes, step)
                return step
        if text.startswith("!(") and unwrapped(text[1:]) != text[1:]:
            turned = replace(test, body=test.other, other=test.body)
            return self.branch(turned, text[1:], no, yes, depth + 1)
        if text.startswith("IS_ERR_OR_NULL("):
            inner = text[15:-1].strip()
            return self.branch(test, f"IS_ERR({inner}) || !{inner}", yes, no, depth + 1)
        if (literal := constant(text)) is not None:
            return yes if literal else no
        return self.leaf(replace(test, text=text, next=(yes, no)))

    def leaf(self, test: Step) -> int:
        """A condition without operators; an assignment in it is a statement before it."""
        before, text = "", test.text
        for found in re.finditer(r"\(", text):
            inner = unwrapped(_closed(text, found.start()))
            if assignment(inner):
                before = inner
                target = inner.partition("=")[0].strip()
                text = text.replace(_closed(text, found.start()), target, 1)
                break
        else:
            if assignment(text):
                before, text = text, text.partition("=")[0].strip()
        if re.search(r"(?<![=!<>])=(?!=)", text):
            return self.add(replace(test, kind=Kind.UNKNOWN))
        branch = self.add(replace(test, text=text))
        return self.add(Step(Kind.STATEMENT, before, test.line, (branch,))) if before else branch


def _closed(text: str, opened: int) -> str:
    """The text from a parenthesis to the one that closes it."""
    depth = 0
    for place in range(opened, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return text[opened : place + 1]
    return text[opened:]
