"""Check: what is said of one patch to a service that keeps results, in one state and one line.

Law: a value only; it holds what a stranger may read. Must not know who keeps checks, nor how findings are made.
"""

from enum import Enum

from msgspec import Struct


class State(Enum):
    """The states of a check, named as Patchwork names them."""

    PENDING = "pending"
    SUCCESS = "success"
    WARNING = "warning"
    FAIL = "fail"


class Standing(Struct, frozen=True):
    """A patch as the service has it: its number, the state people gave it, and whether it was put away."""

    number: int
    state: str = ""
    archived: bool = False


class Check(Struct, frozen=True):
    """One result for one patch; `context` says whose it is, `target_url` may be empty.

    Source: Patchwork's API documentation, schema `CheckCreate`.
    """

    state: State
    context: str
    description: str = ""
    target_url: str = ""
