"""Words of calls: what a call that no pair names may do to an object it is passed, told from its name.

Law: the words are data from configuration; nothing here names a kernel function, and a word errs on the side
of silence. Must not know pairs or rules.
"""

import re
from functools import cached_property

from msgspec import Struct

# In place of words: a call of whatever name.
ANY = "*"


class CallWords(Struct, frozen=True, dict=True, forbid_unknown_fields=True):
    """Lists of names. `release`, `keep` and `hold` are whole words between underscores, or whole names:
    what may give back an object, keep it, or take a reference on it.

    The others are names of calls, in which `*` stands for any letters: `free` gives back memory and never a
    reference, `prepare` keeps nothing of what it initialises, `make` returns an object nobody else knows
    yet, `pure` only looks, `ignore` does not even that: it compares, prints or reckons with the pointer.
    `plain` are calls of the kernel's library that never give back a lock.
    """

    release: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    hold: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    prepare: tuple[str, ...] = ()
    make: tuple[str, ...] = ()
    pure: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()

    def may_release(self, name: str) -> bool:
        """Whether a call of that name may give back what it is passed, or something reachable from it."""
        if self.frees(name) or self.only_looks(name):
            return False
        return ANY in self._releases or not self._releases.isdisjoint(_words(name))

    def may_keep(self, name: str) -> bool:
        """Whether a call of that name may keep what it is passed."""
        return not self.frees(name) and not self._keeps.isdisjoint(_words(name))

    def may_hold(self, name: str) -> bool:
        """Whether a call of that name may take a reference on what it is passed."""
        return not self._holds.isdisjoint(_words(name))

    def frees(self, name: str) -> bool:
        """Whether the call gives back memory, and never a reference."""
        return self._frees.fullmatch(name) is not None

    def prepares(self, name: str) -> bool:
        """Whether the call prepares a part of an object and keeps nothing."""
        return self._prepares.fullmatch(name) is not None

    def makes(self, name: str) -> bool:
        """Whether the call returns an object that nobody else knows yet."""
        return self._makes.fullmatch(name) is not None

    def only_looks(self, name: str) -> bool:
        """Whether the call does nothing to what it is passed."""
        return self._pure.fullmatch(name) is not None

    def ignores(self, name: str) -> bool:
        """Whether the call never follows the pointer it is passed."""
        return self._ignore.fullmatch(name) is not None

    @cached_property
    def _ignore(self) -> re.Pattern[str]:
        return _any_of(self.ignore)

    @cached_property
    def _releases(self) -> frozenset[str]:
        return frozenset(self.release)

    @cached_property
    def _keeps(self) -> frozenset[str]:
        return frozenset(self.keep)

    @cached_property
    def _holds(self) -> frozenset[str]:
        return frozenset(self.hold)

    @cached_property
    def _frees(self) -> re.Pattern[str]:
        return _any_of(self.free)

    @cached_property
    def _prepares(self) -> re.Pattern[str]:
        return _any_of(self.prepare)

    @cached_property
    def _makes(self) -> re.Pattern[str]:
        return _any_of(self.make)

    @cached_property
    def _pure(self) -> re.Pattern[str]:
        return _any_of(self.pure)


def _words(name: str) -> tuple[str, ...]:
    return name, *name.lower().split("_")


def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern of all names; one without any never matches."""
    listed = (r"\w*".join(map(re.escape, name.split("*"))) for name in names)
    return re.compile("|".join(listed) or r"(?!)")
