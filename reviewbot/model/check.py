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


class Check(Struct, frozen=True):
    """One result for one patch; `context` says whose it is, `target_url` may be empty.

    Source: Patchwork's API documentation, schema `CheckCreate`.
    """

    state: State
    context: str
    description: str = ""
    target_url: str = ""
