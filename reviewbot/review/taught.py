"""Taught: where a series may teach a rule further calls, by a wrapper of one that the pair table has.

Law: sound: the wrapper that `cmodel.learnt` reads lies in a piece with these signs. Must not know single rules.
"""

import re
from collections.abc import Set
from functools import lru_cache

from reviewbot.cmodel.called import called
from reviewbot.cmodel.glimpse import Glimpse
from reviewbot.cmodel.hasty import bare
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.signs import Near, Scope, Signs, calls

# Words in the names of wrappers, as `cmodel.wrappers` has them; what returns the object may have any name.
_TAKES = re.compile(r"(?:^|_)(?:get|tryget|grab|hold|ref|pin|acquire|inc)(?:_|$)", re.IGNORECASE)
_GIVES = re.compile(
    r"(?:^|_)(?:put|drop|unref|unpin|release|unhold|ungrab|dec|deref)(?:_|$)", re.IGNORECASE
)
_HEADER = re.compile(r"(?:\A|(?<=[;}])) ?([^;{}()]*?)\b(\w++) ?\([^;{}]*\) ?\{")


def taught(pairs: PairTable) -> tuple[Signs, ...]:
    """A function seen whole that calls one of the table, and one that goes."""
    return _taught(frozenset(pairs.getters), pairs.calls)


@lru_cache(maxsize=4)
def _taught(getters: Set[str], known: Set[str]) -> tuple[Signs, ...]:
    near = _near(getters, known - getters)
    return (
        Signs(Scope.FUNCTION, (calls(known),), near=near, unchanged=True),
        Signs(Scope.FILE, (calls(known, sign="-"),), near=_near_gone(near)),
    )


def _near(getters: Set[str], putters: Set[str]) -> Near:
    """Asks of a piece whether a function that takes or gives has a name, or a type, for it."""

    def may_wrap(piece: Glimpse) -> bool:
        if not piece.may_be_whole:
            return False
        code = bare(piece.after)
        names = called((code,))
        takes, gives = not names.isdisjoint(getters), not names.isdisjoint(putters)
        return any(
            (takes and ("*" in head or _TAKES.search(name))) or (gives and _GIVES.search(name))
            for head, name in _HEADER.findall(code)
        )

    return may_wrap


def _near_gone(near: Near) -> Near:
    """Asks the same of the lines that go."""

    def may_wrap(file: Glimpse) -> bool:
        return near(Glimpse(b"\n+" + file.removed.replace("\n", "\n+").encode(), None, True))

    return may_wrap
