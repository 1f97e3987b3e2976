"""Flow: the control-flow graph of one whole function, as frozen values.

    step ── next ──> step        a branch goes to `next[0]` where its text holds, to `next[1]` where not

Law: a graph says only what is certain; whatever was not understood is a step of its own that says so, or
there is no graph. Must not know resources, pairs or rules.
"""

from enum import Enum

from msgspec import Struct


class Kind(Enum):
    """What a step does."""

    STATEMENT = "statement"
    BRANCH = "branch"
    CHOICE = "choice"
    EXIT = "exit"
    STOP = "stop"
    UNKNOWN = "unknown"


class Step(Struct, frozen=True, gc=False):
    """One step; `text` is its code with white space folded, `line` its line in the file.

    `body` is the code that who goes to `next[1]` does without: the body of a loop, or the consequence of
    an `if` unless it leaves the path; `other` that which who goes to `next[0]` does without. `next` of an
    exit is empty, its text is the value returned. A choice is a `switch` or the macro of a loop: any of
    `next` may follow.
    """

    kind: Kind
    text: str
    line: int
    next: tuple[int, ...] = ()
    body: str = ""
    other: str = ""


class Flow(Struct, frozen=True):
    """The steps of a function; the path begins at `entry`. `returns` is the type before its name."""

    steps: tuple[Step, ...]
    entry: int
    returns: str = ""

    @property
    def has_unknown(self) -> bool:
        """Whether some region of the function was not understood."""
        return any(step.kind is Kind.UNKNOWN for step in self.steps)
