"""Matcher: which of many expressions match in a text, all asked together.

Law: the answer is that of `re.search` on bytes, whoever gives it. Must not know what the expressions are for.
This is the only importer of hyperscan, which is looked for and not needed: `re` takes ten times as long.
"""

import importlib
import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from importlib.util import find_spec

from msgspec import Struct

from reviewbot.cmodel.signs import Expression

# From a text the numbers of the parts that are in it.
Found = Callable[[bytes], list[int]]

_BEHIND = re.compile(rb"[\s+-]*\(")
_NAME = re.compile(rb"\b(\w++)[\s+-]*+\(", re.ASCII)
_LETTER = re.compile(rb"\w", re.ASCII)


class Seen(Struct, frozen=True):
    """The expressions that match in a text as bits, and the numbers of the parts that were found on the way."""

    mask: int
    parts: tuple[int, ...]


class _Part(Struct, frozen=True, gc=False):
    """What is looked for first, a regular expression or a word, and the places of expressions that it serves.

    What must be called, or on a line of a certain sign, is found much faster without what is around it.
    """

    text: bytes
    is_word: bool
    pattern: re.Pattern[bytes]
    asked: tuple[tuple[int, bytes], ...]

    def added_to(self, mask: int, text: bytes) -> int:
        """The mask with the expressions that a text matches by this part, which is in it."""
        for place, sign in self.asked:
            if not mask >> place & 1 and (not (sign or self.is_word) or self.is_in(text, sign)):
                mask |= 1 << place
        return mask

    def is_in(self, text: bytes, sign: bytes) -> bool:
        """Whether it is in a text, as a call if it is a word, on a line of that sign if there is one."""
        if self.is_word:
            return _is_called(text, self.text, sign)
        if not sign:
            return self.pattern.search(text) is not None
        found = (text.rfind(b"\n", 0, one.start()) + 1 for one in self.pattern.finditer(text))
        return any(text.startswith(sign, begin) for begin in found)


class Matcher(Struct, frozen=True, dict=True):
    """Expressions, by their places, and how they are looked for."""

    expressions: tuple[Expression, ...]
    fast: bool

    def seen(self, text: bytes) -> Seen:
        """The expressions that match in the text."""
        found, mask = self._found(text), 0
        for number in found:
            mask = self._parts[number].added_to(mask, text)
        return Seen(mask, tuple(found))

    def has(self, text: bytes, places: tuple[int, ...], seen: Seen) -> bool:
        """Whether all expressions at these places match in part of a text in which this was seen."""
        return all(self._is_in(text, place, seen) for place in places)

    def _is_in(self, text: bytes, place: int, seen: Seen) -> bool:
        serving = self._serving[place]
        for number in seen.parts:
            sign = serving.get(number)
            if sign is not None and self._parts[number].is_in(text, sign):
                return True
        return False

    @cached_property
    def _serving(self) -> tuple[dict[int, bytes], ...]:
        """By the places of expressions: the parts that serve them, and on lines of which sign."""
        found: tuple[dict[int, bytes], ...] = tuple({} for _ in self.expressions)
        for number, part in enumerate(self._parts):
            for place, sign in part.asked:
                found[place][number] = sign
        return found

    @cached_property
    def _parts(self) -> tuple[_Part, ...]:
        asked: dict[tuple[str, bool], list[tuple[int, bytes]]] = {}
        coarse = {one.text: one.coarse for one in self.expressions if one.coarse}
        for place, one in enumerate(self.expressions):
            for text, is_word in ((one.text, False), *((word, True) for word in one.words)):
                if text:
                    asked.setdefault((text, is_word), []).append((place, one.sign.encode()))
        return tuple(
            _Part(
                text.encode(), is_word, re.compile(coarse.get(text, text).encode()), tuple(places)
            )
            for (text, is_word), places in asked.items()
        )

    @cached_property
    def _found(self) -> Found:
        return _fast(self._parts) if self.fast and self._parts else _plain(self._parts)


def has_fast() -> bool:
    """Whether hyperscan is installed."""
    return find_spec("hyperscan") is not None


@lru_cache(maxsize=8)
def matcher(expressions: tuple[Expression, ...], fast: bool) -> Matcher:
    """What looks for the expressions; made once a process."""
    return Matcher(expressions, fast and has_fast())


def _plain(parts: tuple[_Part, ...]) -> Found:
    texts = [(number, part.pattern.search) for number, part in enumerate(parts) if not part.is_word]
    words = {part.text: number for number, part in enumerate(parts) if part.is_word}

    def found(text: bytes) -> list[int]:
        called = words.keys() & set(_NAME.findall(text))
        return [*(n for n, search in texts if search(text)), *(words[name] for name in called)]

    return found


def _fast(parts: tuple[_Part, ...]) -> Found:
    hyperscan = importlib.import_module("hyperscan")
    base = hyperscan.Database()
    base.compile(
        expressions=[part.text for part in parts],
        ids=list(range(len(parts))),
        elements=len(parts),
        flags=[hyperscan.HS_FLAG_SINGLEMATCH] * len(parts),
    )

    def found(text: bytes) -> list[int]:
        numbers: list[int] = []
        base.scan(text, match_event_handler=lambda number, *_: numbers.append(number))
        return numbers

    return found


def _is_called(text: bytes, word: bytes, sign: bytes) -> bool:
    """Whether a call of a name stands in a text, on a line of that sign if there is one."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if _BEHIND.match(text, end) and not _LETTER.match(text, at - 1, at):
            begin = text.rfind(b"\n", 0, at) + 1
            if text.startswith(sign, begin):
                return True
        at = text.find(word, end)
    return False
