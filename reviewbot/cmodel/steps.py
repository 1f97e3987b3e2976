"""Steps: those made so far of a function, and where a statement stands.

Law: bounded: a function with more steps than any real one is not certain. Must not know what statements or
conditions mean.
"""

import re
from collections.abc import Callable, Sequence
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.flow import Kind, Step, Why
from reviewbot.cmodel.syntax import Node

DEEPEST = 60
_MOST_STEPS = 4000

# What hides a jump from who reads the text, and statement expressions.
_HIDDEN = re.compile(
    r"\(\{|&&[ ]?\w+_label\b|\b(?:asm|__asm__)[\w ]*\bgoto\b"
    r"|\b(?:return|goto|break|continue)\b|(?:RETURN|GOTO)\w*\(|\basm_(?:volatile_)?goto\b"
)
_QUESTION = re.compile(r"\b(?:if|while|switch|return)\b[^;{}]*+")


def uncertain(why: Why = Why.GRAMMAR) -> ValueError:
    """What is raised where the structure of a function is not certain; its argument says why."""
    return ValueError(why)


class Case(Struct, frozen=True, gc=False):
    """A `case` of a switch: its value (empty for `default`), its step, the directives it stands in.

    Each of `gates` is the condition of an `#if` and whether it must hold.
    """

    value: str
    step: int
    line: int
    gates: tuple[tuple[str, bool], ...]


class Around(Struct, frozen=True, gc=False):
    """Where `break` and `continue` lead, how deep the statement stands, and in which switch.

    `cases` takes the cases of the switch as they are met, last first; `gates` are the directives around
    the statement since the switch.
    """

    leave: int = -1
    again: int = -1
    depth: int = 0
    cases: list[Case] | None = None
    gates: tuple[tuple[str, bool], ...] = ()


# Builds the steps of a statement and answers with the first of them.
Build = Callable[[Node, int, Around], int]


class Steps(Struct, frozen=True, dict=True):
    """The steps made so far of the body `code`, whose first line is `first`; a reserved one is None.

    `broken` says that the grammar could not read all of it. `pseudo` are the offsets of the `if` that
    directives became; `jumping` are macros that may leave the statement they stand in.
    """

    code: str
    first: int
    broken: bool
    made: list[Step | None]
    pseudo: frozenset[int] = frozenset()
    jumping: frozenset[str] = frozenset()

    @cached_property
    def questions(self) -> str:
        """Every controlling expression and returned value, each up to the end of its statement."""
        return "\n".join(_QUESTION.findall(self.code))

    def add(self, step: Step | None) -> int:
        """The number of a new step."""
        if len(self.made) >= _MOST_STEPS:
            raise uncertain(Why.LONG)
        self.made.append(step)
        return len(self.made) - 1

    def unknown(self, node: Node, why: Why, *following: int) -> int:
        """A step that was not understood, any of `following` being next."""
        step = Step(Kind.UNKNOWN, self.text(node), self.line(node), following, why=why)
        return self.add(step)

    def text(self, node: Node | None) -> str:
        """The code of a node with white space folded."""
        return "" if node is None else " ".join(self.code[node.start_byte : node.end_byte].split())

    def line(self, node: Node) -> int:
        """The number of the line a node begins on."""
        return self.first + node.start_point[0]

    def unclear(self, node: Node, text: str) -> Why | None:
        """Why a piece of code is not certain: not read, or it may jump where nobody sees it."""
        if _HIDDEN.search(text) or (self.jumping and any(word in text for word in self.jumping)):
            return Why.JUMP
        return Why.GRAMMAR if self.broken and node.has_error else None


def inner(nodes: Sequence[Node]) -> list[Node]:
    """The nodes that are not comments."""
    return [node for node in nodes if node.type != "comment"]
