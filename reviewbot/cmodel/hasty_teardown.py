"""Hasty looks at teardown: no where no function hands over what it takes down itself.

Law: as in `cmodel.hasty`: a no is certain. Must not know rules.
"""

import re
from collections import Counter
from collections.abc import Collection
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.called import called
from reviewbot.cmodel.glimpse import Glimpse
from reviewbot.cmodel.hasty import bare
from reviewbot.cmodel.lvalues import may_store

_CALLED = re.compile(rb"\b(\w++)[\s+-]*+\(", re.ASCII)
_TAIL = re.compile(
    rb"(?:_(?:reset|free|unregister|disable|destroy|release)|cancel_)\w*+(?=[\s+-]*\()", re.ASCII
)
_TEARDOWN = re.compile(rb"\w+_(?:reset|free|unregister|disable|destroy|release)\w*|cancel_\w+")
_LEAVES = re.compile(r"\b(?:return|goto|break|continue)\b")
# Words before a parenthesis that set nothing up, beside those of `may_store`.
_SPARED = re.compile(r"\b(?:if|while|for|switch|else|do)\b|\w*(?:lock|unlock)\w*")
_HEADER = re.compile(r"(?<=[;}]) ?[A-Za-z_][^;{}=]*\) ?(?=\{)")


def names_twice(piece: Glimpse) -> bool:
    """Whether two calls of one name may take something down."""
    return bool(_often(piece.raw))


def _often(raw: bytes) -> list[bytes]:
    """The names of calls that take something down, and of which there are several."""
    if all(times == 1 for times in Counter(_TAIL.findall(raw)).values()):
        return []
    names = Counter(name for name in _CALLED.findall(raw) if _TEARDOWN.fullmatch(name))
    return [name for name, times in names.items() if times > 1]


def tears_down_twice(file: Glimpse) -> bool:
    """Whether a function and one that it calls, both seen whole, take the same down by a call of one name."""
    often = _often(file.raw)
    if not often:
        return False
    twice = frozenset(name.decode() for name in often)
    pieces = [one for one in file.functions if one.may_be_whole and _has(one.raw, often)]
    found = [_Taker(one, twice) for one in pieces]
    return any(
        (helper.piece.is_changed or caller.piece.is_changed) and helper.may_serve(caller)
        for helper in found
        for caller in found
    )


class _Taker(Struct, frozen=True, dict=True):
    """A piece with a function that takes something down."""

    piece: Glimpse
    names: frozenset[str]

    @cached_property
    def code(self) -> str:
        return f";{bare(self.piece.after)}"

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """The headers of its functions."""
        return tuple(_HEADER.findall(self.code))

    @cached_property
    def body(self) -> str:
        """The rest of it."""
        return _HEADER.sub(" ", self.code)

    @cached_property
    def called(self) -> frozenset[str]:
        """What is called in it."""
        return called((self.body,))

    def may_serve(self, caller: "_Taker") -> bool:
        """Whether the caller calls it, and both something of one name, here before anything is set up."""
        shared = self.names & self.called & caller.called
        if not shared or called(self.heads).isdisjoint(caller.called):
            return False
        return len(self.heads) > 1 or (self is not caller and any(map(self._comes_first, shared)))

    def _comes_first(self, name: str) -> bool:
        before = re.split(rf"\b{name} ?\(", self.body, maxsplit=1)[0]
        return not _LEAVES.search(before) and not may_store(_SPARED.sub("dev", before))


def _has(raw: bytes, names: Collection[bytes]) -> bool:
    return any(name in raw for name in names)
