"""Flow: the control-flow graph of one whole function, as frozen values.

    step ── next ──> step        a branch goes to `next[0]` where its text holds, to `next[1]` where not

An `#if` inside a function is a branch as well, whose text is the condition of the directive in C:
`defined(CONFIG_FOO)`.

Law: a graph says only what is certain; whatever was not understood is a step of its own that says so, or
there is no graph. Must not know resources, pairs or rules.
"""

from enum import Enum
from functools import cached_property

from msgspec import Struct


class Kind(Enum):
    """What a step does."""

    STATEMENT = "statement"
    BRANCH = "branch"
    CHOICE = "choice"
    EXIT = "exit"
    STOP = "stop"
    UNKNOWN = "unknown"


class Why(Enum):
    """Why a function, or one step of it, is unknown."""

    CUT = "not all of it is seen"
    LONG = "too long, too deep or too many steps"
    DIRECTIVE = "directives that cut through statements"
    GRAMMAR = "what the grammar cannot read"
    STRUCTURE = "a jump or label without its other end"
    JUMP = "code that may jump unseen"
    EFFECT = "more than one effect in a condition"
    MACRO = "an unknown macro with a statement"


class Step(Struct, frozen=True, gc=False):
    """One step; `text` is its code with white space folded, `line` its line in the file.

    `body` is the code that who goes to `next[1]` does without: the body of a loop, or the consequence of
    an `if` unless it leaves the path; `other` that which who goes to `next[0]` does without. `next` of an
    exit is empty, its text is the value returned. A choice is a `switch` or the macro of a loop: any of
    `next` may follow. `repeats` marks the condition of a loop, `why` an unknown step.
    """

    kind: Kind
    text: str
    line: int
    next: tuple[int, ...] = ()
    body: str = ""
    other: str = ""
    repeats: bool = False
    why: Why | None = None


class Flow(Struct, frozen=True, dict=True):
    """The steps of a function; the path begins at `entry`. `returns` is the type before its name."""

    steps: tuple[Step, ...]
    entry: int
    returns: str = ""

    @cached_property
    def derived(self) -> dict[int, tuple[object, object]]:
        """What was derived with another value, beside that value, by its `id`; kept by who derives it."""
        return {}

    @property
    def has_unknown(self) -> bool:
        """Whether some region of the function was not understood."""
        return any(step.kind is Kind.UNKNOWN for step in self.steps)
