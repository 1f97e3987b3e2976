"""Puts: where a function gives references back.

Law: a put counts only where its call is all of a statement or condition; of what else may be one, one cannot
say whether it is. Must not know paths or rules.
"""

import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.brackets import closing, pieces
from reviewbot.cmodel.flow import Flow, Kind, Step
from reviewbot.cmodel.pairs import Pair, PairTable
from reviewbot.cmodel.reachable import reaching
from reviewbot.cmodel.takes import PATH, Take, bare

_NAME = re.compile(r"[A-Za-z_]\w*")
_PLAIN = re.compile(rf"!*(?:\(void\) ?)?(?:{PATH} ?= ?)?[A-Za-z_]\w* ?\(.*\)", re.DOTALL)
_BY_VALUE = re.compile(r"[?;{]|&&|\|\|")

Given = tuple[int, str, Pair]


class Put(Struct, frozen=True):
    """A call of a putter, as written, and the lvalue it is passed; both empty where one cannot say."""

    call: str
    given: str


UNCLEAR = Put("", "")


def given(flow: Flow, pairs: PairTable) -> Iterator[Given]:
    """The calls of putters: step, lvalue, pair."""
    names = pairs.by_putter
    for number, step in enumerate(flow.steps):
        if "(" not in step.text:
            continue
        for name, arguments in calls(step.text):
            for pair in names.get(name, ()):
                yield number, pair.given(name, arguments), pair


def loose(
    flow: Flow, taken: tuple[Take, ...], puts: tuple[Given, ...]
) -> dict[int, frozenset[str]]:
    """The locks that a step gives back and that a path to it has not taken: another name for a held one."""
    found: dict[int, frozenset[str]] = {}
    for number, text, _ in puts:
        name = bare(text)
        stops = {take.step for take in taken if name in take.names}
        if stops and flow.entry in reaching(flow, (number,), stops):
            found[number] = found.get(number, frozenset()) | {name}
    return found


def calls(text: str) -> Iterator[tuple[str, list[str]]]:
    """The calls in a text: name and arguments."""
    for found in re.finditer(r"([A-Za-z_]\w*) ?\(", text):
        end = closing(text, found.end() - 1)
        if end >= 0:
            yield found[1], pieces(text[found.end() : end])


class Puts(Struct, frozen=True, dict=True):
    """Reads the steps of a function for the puts of one object."""

    pairs: PairTable
    pair: Pair
    kin: frozenset[str]

    def put(self, step: Step, names: frozenset[str], taken: frozenset[str]) -> Put | None:
        """The put of the object that has these names at the step; None where there is none.

        `taken` are the names of all objects taken before: a lock that is given back and not taken before under
        its name may be this one.
        """
        if "(" not in step.text or not any(name in step.text for name in self._putters):
            return None
        for name, arguments in calls(step.text):
            if name not in self._putters:
                continue
            given = self._given(name, arguments, names)
            if given:
                call = f"{name}({', '.join(arguments)})"
                return Put(call, bare(given)) if _is_plain(step) else UNCLEAR
            if self.pairs.are_locks and bare(arguments[0]) not in taken:
                return UNCLEAR
            is_near = any(not self.kin.isdisjoint(_NAME.findall(one)) for one in arguments[:1])
            if is_near and not _is_another(arguments, names):
                return UNCLEAR
        return None

    @cached_property
    def _putters(self) -> frozenset[str]:
        return self.pairs.releasers(self.pair) | frozenset(self.pair.consume)

    def _given(self, name: str, arguments: list[str], names: frozenset[str]) -> str:
        if name in self.pair.consume:
            text = self.pair.given(name, arguments)
            return text if bare(text) in names else ""
        for mine in sorted(names):
            for text in (mine, f"&{mine}"):
                if self.pairs.releases(self.pair, text, name, arguments):
                    return text
        return ""


def _is_another(arguments: list[str], names: frozenset[str]) -> bool:
    """Whether the first argument is a plain lvalue of another object: a member, or another variable."""
    text = bare(arguments[0]) if arguments else ""
    return bool(re.fullmatch(PATH, text)) and "->" in text and text not in names


def _is_plain(step: Step) -> bool:
    is_whole = _PLAIN.fullmatch(step.text) is not None and not _BY_VALUE.search(step.text)
    return is_whole and step.kind in (Kind.STATEMENT, Kind.BRANCH)
