"""Tells of functions: the signs of references and locks that are given back twice, too late or never.

Law: as `cmodel.signs` has it, necessary for what a function is said to do. Must not know rules.
"""

import re

from reviewbot.cmodel.called import times
from reviewbot.cmodel.emptied import SETS_NULL
from reviewbot.cmodel.frees import FREES
from reviewbot.cmodel.glimpse import Glimpse
from reviewbot.cmodel.hasty import may_be_unguarded, may_put_freed, may_release_null
from reviewbot.cmodel.hasty_guards import IN_FUNCTION, may_guard
from reviewbot.cmodel.hasty_locks import may_stay_locked, may_unlock_twice
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.publish import PRIVATE
from reviewbot.cmodel.signs import WHOLE_FILE, Expression, Scope, Signs, calls, shown

Tells = tuple[Signs, ...]

_FREED = re.compile(rf"\b(?:{'|'.join(FREES)}) ?\(([^()]*)\)")
_SETS_NULL = re.compile(SETS_NULL.text.encode())
_ARROW = shown("->")


def _in_function(*lines: Expression) -> Tells:
    return (Signs(Scope.FUNCTION, lines),)


def takes(pairs: PairTable, _: object) -> Tells:
    """A function takes a reference."""
    return _in_function(calls((*pairs.getters, *pairs.by_loop)))


def uses_put(pairs: PairTable, _: object) -> Tells:
    """A function gives a reference back."""
    return _in_function(calls(pairs.putters))


def puts_twice(pairs: PairTable, _: object) -> Tells:
    """A function has two calls that give a reference back or take it over."""

    def is_near(piece: Glimpse) -> bool:
        return times(piece.after, pairs.ends) > 1

    return (Signs(Scope.FUNCTION, (calls(pairs.ends),), near=is_near),)


def loses_get(pairs: PairTable, _: object) -> Tells:
    """A function gives a reference back, and a call that takes one is removed."""
    taken = calls((*pairs.getters, *pairs.by_loop), sign="-")
    return (Signs(Scope.FUNCTION, (calls(pairs.putters),), beside=(taken,)),)


def takes_late(pairs: PairTable, _: object) -> Tells:
    """A function unlocks something, and takes a reference on what it is passed."""
    found = (getter for pair in pairs.pairs for getter in pair.get)
    names = (getter.name for getter in found if getter.carries.startswith("arg"))
    return _in_function(shown("unlock", r"up_read\(", r"up_write\("), calls(names), _ARROW)


def stores_bare(pairs: PairTable, _: object) -> Tells:
    """A file that is seen whole gives a reference back; or a function does, and has an array."""
    puts = calls(pairs.putters)
    return (
        Signs(Scope.FILE, (WHOLE_FILE, puts, _ARROW)),
        Signs(Scope.FUNCTION, (puts,), near=lambda piece: b"]" in piece.raw),
    )


def stores_unput(pairs: PairTable, _: object) -> Tells:
    """A file that is seen whole takes a reference, and gives one back or has private data."""
    found = WHOLE_FILE, calls(pairs.putters, PRIVATE), calls(pairs.getters)
    return (Signs(Scope.FILE, found),)


def puts_freed(pairs: PairTable, _: object) -> Tells:
    """A function puts what it reads from something that it frees."""

    def is_near(piece: Glimpse) -> bool:
        return may_put_freed(piece.after, _FREED, pairs.putters)

    return (Signs(Scope.FUNCTION, (calls(FREES), _ARROW), near=is_near),)


def puts_null(pairs: PairTable, _: object) -> Tells:
    """A function releases something after it has set it to NULL."""

    def is_near(piece: Glimpse) -> bool:
        is_there = may_release_null(piece.after, pairs.putters)
        return is_there and _SETS_NULL.search(piece.raw) is not None

    return (Signs(Scope.FUNCTION, (SETS_NULL,), near=is_near),)


def stays_locked(pairs: PairTable, _: object) -> Tells:
    """A function may leave with a lock held, and the file has calls that give such locks back."""
    locks, unlocks = frozenset(pairs.of_locks.getters), pairs.of_locks.ends

    def is_near(piece: Glimpse) -> bool:
        return may_stay_locked(piece.after, locks, unlocks)

    return (Signs(Scope.FUNCTION, (calls(locks),), beside=(calls(unlocks),), near=is_near),)


def unlocks_twice(pairs: PairTable, _: object) -> Tells:
    """A function may give a lock back twice."""
    locks, unlocks = frozenset(pairs.of_locks.getters), pairs.of_locks.ends

    def is_near(piece: Glimpse) -> bool:
        return may_unlock_twice(piece.after, locks, unlocks)

    return (Signs(Scope.FUNCTION, (calls(unlocks),), near=is_near),)


def _is_unguarded(piece: Glimpse) -> bool:
    return may_be_unguarded(piece.after)


UNGUARDED = (Signs(Scope.FUNCTION, (IN_FUNCTION,), first=may_guard, near=_is_unguarded),)
"""A function tests a pointer, goes on without it, and dereferences it."""
