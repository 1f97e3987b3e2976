"""The pair table: which calls take a reference on what, and which calls give it back.

Law: the table is data from configuration; nothing here names a kernel function. Must not know rules.
Source of the shipped table: rule catalogue §1.0, compiled from Linux 6.12.
"""

from enum import Enum

from msgspec import Struct


class Failure(Enum):
    """How a getter says that it did not take the reference."""

    NEVER = "never"
    FALSE = "false"
    NULL = "null"
    ERR_PTR = "err-ptr"
    NEGATIVE = "negative"


class Getter(Struct, frozen=True, forbid_unknown_fields=True):
    """A call that takes a reference.

    `carries` says where the reference is afterwards: `result`, or `arg1`, `arg2`… for an argument.
    """

    name: str
    fails: Failure = Failure.NEVER
    carries: str = "result"


class Pair(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of object: its getters, its putters, the calls that consume a reference."""

    object: str
    get: tuple[Getter, ...]
    put: tuple[str, ...]
    consume: tuple[str, ...] = ()


class PairTable(Struct, frozen=True):
    """All pairs."""

    pairs: tuple[Pair, ...] = ()

    def of(self, obj: str) -> "PairTable":
        """The pairs of one kind of object (`struct kvm`)."""
        return PairTable(tuple(pair for pair in self.pairs if pair.object == obj))

    @property
    def getters(self) -> tuple[str, ...]:
        """Names of all calls that take a reference."""
        return tuple(getter.name for pair in self.pairs for getter in pair.get)

    @property
    def fallible(self) -> tuple[str, ...]:
        """Names of the getters that may fail by returning false or NULL."""
        failing = (Failure.FALSE, Failure.NULL)
        return tuple(get.name for pair in self.pairs for get in pair.get if get.fails in failing)

    @property
    def putters(self) -> tuple[str, ...]:
        """Names of all calls that give a reference back."""
        return tuple(name for pair in self.pairs for name in pair.put)
