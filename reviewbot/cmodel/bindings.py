"""Bindings: which lvalues of a function name the same object, and through which pointers it may be reached.

Law: two names are one object only where each has but one source; whatever shares an assignment with an
object may lead to it. Must not know paths or rules.
"""

import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.brackets import pieces
from reviewbot.cmodel.conditions import constant
from reviewbot.cmodel.flow import Flow, Kind, Step
from reviewbot.cmodel.outline import Function
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.reachable import reached
from reviewbot.cmodel.takes import PATH, bare, root_of

_SET = re.compile(rf"(?:[\w\s*]*?[\s*])??({PATH})(?:\[[^\]]*\])? ?=(?!=) ?(.+)", re.DOTALL)
_CAST = re.compile(r"\([\w\s]+\*+\) ?")
_COPY = re.compile(rf"&? ?{PATH}")
_NAME = re.compile(r"[A-Za-z_]\w*")
_TO_NUMBER = re.compile(
    r"(?:const )?(?:unsigned |signed )?(?:int|char|short|long|bool|[su](?:8|16|32|64)) ?\*"
)
_EQUAL = re.compile(rf"({PATH}) ?[!=]= ?({PATH})")
_CALLED = re.compile(r"(?:\([\w\s]+\*+\) ?)?([A-Za-z_]\w*) ?\(")


class Bindings(Struct, frozen=True, dict=True):
    """The assignments of a function, read once for all of its objects."""

    flow: Flow
    function: Function
    pairs: PairTable

    @cached_property
    def stored(self) -> tuple[tuple[str, str], ...]:
        """Every assignment and initialised declaration: target and value."""
        return tuple(
            found
            for step in self.flow.steps
            if step.kind is Kind.STATEMENT and "=" in step.text
            for found in _assignments(step.text)
        )

    @cached_property
    def pointers(self) -> frozenset[str]:
        """Parameters and locals that are pointers or structures."""
        return frozenset(
            name for name, kind in self._declared.items() if "*" in kind or "struct" in kind
        )

    def is_declared(self, name: str) -> bool:
        """Whether the variable is the function's own."""
        return name in self._declared

    def names(self, seed: frozenset[str]) -> frozenset[str]:
        """All lvalues that hold the object which these hold."""
        found = set(seed)
        for _ in range(3):
            for target, value in self._copies:
                if (target in found) != (value in found):
                    found |= {target, value}
        return frozenset(found)

    def since(self, name: str) -> frozenset[int] | None:
        """The steps behind the copy that gives the object this name; None where it has it from the start."""
        if not any(target == name for target, _ in self._copies):
            return None
        copying = (
            number
            for number, step in enumerate(self.flow.steps)
            if step.kind is Kind.STATEMENT
            and any(target == name for target, _ in _assignments(step.text))
        )
        return reached(self.flow, copying)

    @cached_property
    def made(self) -> frozenset[str]:
        """Pointers to what this function has allocated."""
        return frozenset(
            target
            for target, value in self.stored
            if target in self.pointers
            and (found := _CALLED.match(value))
            and self.pairs.words.makes(found[1])
        )

    def kin(self, names: frozenset[str]) -> frozenset[str]:
        """The pointers that share an assignment with an object, directly or over one other.

        What a getter gives is an object of its own, and what only looks gives nothing that leads there.
        """
        kin = {root_of(name) for name in names}
        for _ in range(2):
            near = set(kin)
            for target, value in self.stored:
                called = _CALLED.match(value)
                if called and self._is_apart(called[1]):
                    continue
                if target in self._declared and target not in self.pointers:
                    continue
                if self._is_number(value):
                    continue
                left, right = {root_of(target)}, set(_NAME.findall(value))
                if left & near or right & near:
                    kin |= (left | right) & self.pointers
        return frozenset(kin)

    def _is_number(self, value: str) -> bool:
        """Whether a value is the number that a pointer to one points to."""
        return (
            value[:1] == "*" and _TO_NUMBER.fullmatch(self._declared.get(value[1:], "")) is not None
        )

    def compared(self, names: frozenset[str]) -> frozenset[str]:
        """The variables that a condition compares with an object: they may be other names of it."""
        found: set[str] = set()
        for step in self.flow.steps:
            if step.kind is not Kind.BRANCH:
                continue
            for left, right in _EQUAL.findall(step.text):
                if (left in names) != (right in names):
                    found.add(root_of(right if left in names else left))
        return frozenset(found) & self.pointers

    def _is_apart(self, call: str) -> bool:
        """Whether the result of a call leads to nothing that it was passed."""
        return call in self._givers or self.pairs.words.only_looks(call)

    @cached_property
    def _givers(self) -> frozenset[str]:
        """The calls whose result is an object of its own."""
        getters = self.pairs.by_getter.items()
        return frozenset(name for name, (_, getter) in getters if getter.carries == "result")

    @cached_property
    def _renewed(self) -> frozenset[tuple[str, str]]:
        """Copies that outlive what they copy: further on, a loop gives the variable another object."""
        steps = self.flow.steps
        given = {
            number: found
            for number, step in enumerate(steps)
            for found in _gets(step, self._givers)
        }
        found: set[tuple[str, str]] = set()
        for number, step in enumerate(steps):
            if step.kind is Kind.STATEMENT and "=" in step.text:
                for target, value in _assignments(step.text):
                    makers = [at for at, name in given.items() if name == value]
                    if makers and not reached(self.flow, (number,)).isdisjoint(makers):
                        found.add((target, value))
        return frozenset(found)

    @cached_property
    def _copies(self) -> tuple[tuple[str, str], ...]:
        """Assignments of a plain lvalue to one that has no other source."""
        sources: dict[str, set[str]] = {v.name: {""} for v in self.function.parameters}
        for target, value in self.stored:
            if constant(value) is None:
                sources.setdefault(target, set()).add(value)
        return tuple(
            (target, bare(value))
            for target, values in sources.items()
            for value in values
            if len(values) == 1 and value and _COPY.fullmatch(value)
            if (target, value) not in self._renewed
        )

    @cached_property
    def _declared(self) -> dict[str, str]:
        function = self.function
        return {
            variable.name: variable.type for variable in (*function.parameters, *function.locals)
        }


def _gets(step: Step, givers: frozenset[str]) -> Iterator[str]:
    """The variables to which a step assigns what a getter gives."""
    if step.kind is Kind.STATEMENT and "=" in step.text:
        for target, value in _assignments(step.text):
            called = _CALLED.match(value)
            if called and called[1] in givers:
                yield target


def _assignments(text: str) -> Iterator[tuple[str, str]]:
    for piece in pieces(text):
        found = _SET.fullmatch(piece)
        if found:
            yield bare(found[1]), _CAST.sub("", found[2].strip(), count=1)
