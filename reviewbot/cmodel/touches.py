"""Touches: whether a step may give an object away, take it over, or leave it under another name.

Law: what is not known to leave the object alone touches it. Must not know paths or rules.
Source: rule catalogue §1.0, ownership transfers.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.flow import Kind
from reviewbot.cmodel.opened import ANON_INODE
from reviewbot.cmodel.takes import root_of
from reviewbot.cmodel.words import CallWords

_NAME = re.compile(r"[A-Za-z_]\w*")
_VARIABLE = re.compile(r"(?<![\w.>])[A-Za-z_]\w*")
_CALL = re.compile(r"([A-Za-z_]\w*) ?\(")
_GIVES_OUT = re.compile(r"\*\w+ ?=(?!=) ?(.+)", re.DOTALL)
_ENDING = re.compile(r"([A-Za-z_]\w*) ?\Z")


class Touches(Struct, frozen=True):
    """What the steps of a function may do to the object that has these names and these kin.

    `boxes` are objects of the function's own making in which it is stored, `wholes` pointers to what it is
    part of, `harmless` the calls that surely do nothing to the count, whatever their names say.
    """

    names: frozenset[str]
    kin: frozenset[str]
    boxes: frozenset[str]
    is_global: bool
    words: CallWords
    wholes: frozenset[str] = frozenset()
    harmless: frozenset[str] = frozenset()

    def touches(self, text: str, kind: Kind) -> bool:
        """Whether a step with this text may end the function's own claim to the object."""
        found = set(_NAME.findall(text))
        if kind is Kind.EXIT:
            return not {root_of(name) for name in self.names}.isdisjoint(_VARIABLE.findall(text))
        if self.is_global and any(map(self._releases, _CALL.findall(text))):
            return True
        if found.isdisjoint(self.kin):
            return False
        return self._is_given(text, kind) or self.may_release(text)

    def may_release(self, text: str) -> bool:
        """Whether a call in the text may give back something reachable from its arguments."""
        for found in _NAME.finditer(text):
            if found[0] in self.kin:
                call = around(text, found.start())
                if call is not None and self._releases(call):
                    return True
        return False

    def _releases(self, call: str) -> bool:
        return call not in self.harmless and self.words.may_release(call)

    def may_hold(self, text: str) -> bool:
        """Whether a call in the text that is passed the object itself may take a reference on it."""
        return any(map(self.words.may_hold, self._passed(text)))

    def is_passed(self, text: str) -> bool:
        """Whether a call in the text is passed the object by one of its names, other than to look at it."""
        return not all(map(self.words.only_looks, self._passed(text)))

    def is_released(self, text: str) -> bool:
        """Whether a call in the text that is passed the object itself may give it back."""
        return any(map(self._releases, self._passed(text)))

    def _passed(self, text: str) -> Iterator[str]:
        """The calls that are passed the object by one of its names."""
        for name in self.names:
            for place in _places(text, name):
                call = around(text, place)
                if call is not None:
                    yield call

    def leads_out(self, text: str) -> bool:
        """Whether a statement gives the caller something that may lead to the object: `*pfn = to_pfn(page)`."""
        found = _GIVES_OUT.fullmatch(text)
        return found is not None and not self.kin.isdisjoint(_NAME.findall(found[1]))

    def _is_given(self, text: str, kind: Kind) -> bool:
        """Whether one of the names is stored somewhere, or passed to a call that may keep it.

        An open file keeps what its private data leads to, whoever made that.
        """
        if any(self._named(text, name, kind) for name in self.names | self.boxes | self.wholes):
            return True
        return any(name in text for name in ANON_INODE) and not {
            root_of(name) for name in self.names
        }.isdisjoint(_VARIABLE.findall(text))

    def _named(self, text: str, name: str, kind: Kind) -> bool:
        for place in _places(text, name):
            call = around(text, place)
            if call is None:
                if kind is Kind.STATEMENT and self._is_stored(text, name):
                    return True
            elif not self.words.only_looks(call) and self._may_end(call):
                return True
        for found in re.finditer(rf"& ?{re.escape(name)} ?(?:->|\.)", text):
            call = around(text, found.start())
            if call is not None and self._may_end(call):
                return True
        return False

    def _may_end(self, call: str) -> bool:
        """Whether a call may keep what it is passed, or give it back."""
        if call in self.harmless or self.words.prepares(call):
            return False
        return self.words.may_keep(call) or self.words.may_release(call)

    def _is_stored(self, text: str, name: str) -> bool:
        """Whether a statement gives the object a name that is not one of its own; `*x` is what is in it."""
        target, equal, value = text.partition("=")
        if not equal or not re.search(rf"(?<![\w.>*]){re.escape(name)}(?!\w)", value):
            return False
        words = target.split()
        if words and root_of(words[-1]) in self.boxes:
            return False
        if name in self.wholes and len(words) > 1:
            return False
        return (
            not words
            or words[-1].lstrip("*") not in self.names
            or "->" in target
            or target[0] == "*"
        )


def _places(text: str, name: str) -> Iterator[int]:
    """Where a name stands for itself, and not for a member of what it points to."""
    found = re.finditer(rf"(?<![\w.>]){re.escape(name)}(?!\w| ?->| ?\.\w| ?\[)", text)
    return (one.start() for one in found)


def around(text: str, place: int) -> str | None:
    """The name of the innermost call a place stands in; None outside of any."""
    depth = 0
    for at in range(place - 1, -1, -1):
        char = text[at]
        if char == ")":
            depth += 1
        elif char == "(":
            if depth:
                depth -= 1
                continue
            name = _ENDING.search(text[:at])
            if name:
                return name[1]
    return None
