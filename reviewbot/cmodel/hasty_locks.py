"""Hasty looks at locks: no where a function gives back what it takes in one block, or never twice.

Law: as in `cmodel.hasty`: a no is certain for code that a compiler takes. Must not know rules.
"""

import re
from collections.abc import Collection, Sequence

from msgspec import Struct

from reviewbot.cmodel.brackets import closing
from reviewbot.cmodel.hasty import bare, leaves, then

_TOKEN = re.compile(r"\b[A-Za-z_]\w*+|[{}]")
_LABEL = re.compile(r"(?<=[;{}]) ?(?!default\b)([A-Za-z_]\w*) ?:(?!:)")
_BEFORE = re.compile(r"(?:\w+ ?: ?)*(?:[\w.>-]+ ?= ?)?")
_OPENED = re.compile(r"\b(\w++) ?+\([^;{}]*\) ?\{")
_LOOPS = frozenset(("for", "while", "do"))
_FAR = 400


class _Held(Struct, frozen=True):
    """A lock that is held, by what is passed, and how deep in blocks it was taken."""

    given: str
    depth: int


class _Code(Struct, frozen=True):
    """The tokens that matter with their offsets: names and braces."""

    text: str
    tokens: tuple[tuple[str, int], ...]

    def given(self, number: int) -> str:
        """The first argument of a call."""
        name, start = self.tokens[number]
        found = self.text[start + len(name) : start + len(name) + _FAR].lstrip(" (")
        return re.split(r"[,;)]", found, maxsplit=1)[0].replace(" ", "")

    def is_plain(self, start: int) -> bool:
        """Whether a statement, or what it assigns, begins at the offset, where only braces decide on it."""
        above = self.text[max(start - _FAR, 0) : start]
        first = max(above.rfind(";"), above.rfind("{"), above.rfind("}")) + 1
        return _BEFORE.fullmatch(above[first:].strip()) is not None


def _code(text: str) -> _Code:
    found = bare(text)
    return _Code(found, tuple((token[0], token.start()) for token in _TOKEN.finditer(found)))


def may_stay_locked(text: str, locks: Collection[str], unlocks: Collection[str]) -> bool:
    """Whether a path may lead out of a function with a lock held that it takes.

    No where each lock is given back in the block it is taken in, and what leaves in between goes to a label at
    which that is done first.
    """
    code = _code(text)
    if not any(name in locks for name, _ in code.tokens):
        return False
    return _Way(code, locks, unlocks).leads_out()


class _Way(Struct, frozen=True):
    """One pass over a function from its beginning to its end."""

    code: _Code
    locks: Collection[str]
    unlocks: Collection[str]

    def leads_out(self) -> bool:
        """Whether a lock may be held behind it."""
        held: list[_Held] = []
        blocks: list[str] = []
        loops = self._loops()
        skipped = -1
        for number, (name, start) in enumerate(self.code.tokens):
            if start < skipped:
                continue
            if name == "{":
                blocks.append(loops.get(start, ""))
            elif name == "}":
                if blocks:
                    blocks.pop()
                if held and len(blocks) < held[-1].depth:
                    return True
            elif name in self.locks:
                failed = self._behind_failure(number)
                if failed == 0 and not self.code.is_plain(start):
                    return True
                skipped = max(skipped, failed)
                held.append(_Held(self.code.given(number), len(blocks)))
            elif name in self.unlocks:
                place = _Held(self.code.given(number), len(blocks))
                if place in held and self.code.is_plain(start):
                    held.remove(place)
                elif any(one.given == place.given for one in held):
                    skipped = self._behind_exit(number, held)
                    if not skipped:
                        return True
            elif held and self._leaves(number, held, blocks):
                return True
        return bool(held)

    def _behind_exit(self, number: int, held: Sequence[_Held]) -> int:
        """Where the code ends that gives all back and leaves, from an unlock on; 0 where it may not."""
        open_ = list(held)
        for further, (name, start) in enumerate(self.code.tokens[number:], number):
            if name in "{}" or name in self.locks:
                return 0
            if name in self.unlocks and self.code.is_plain(start):
                open_ = [one for one in open_ if one.given != self.code.given(further)]
            elif name in ("return", "goto"):
                is_done = not open_ or (name == "goto" and self._is_given_back(further, open_))
                return start + 1 if is_done and self.code.is_plain(start) else 0
        return 0

    def _leaves(self, number: int, held: Sequence[_Held], blocks: Sequence[str]) -> bool:
        """Whether a token may lead out of where the locks are held, which nobody gives back there."""
        name = self.code.tokens[number][0]
        if name in ("break", "continue"):
            inside = blocks[max(one.depth for one in held) :]
            return not any(kind == "loop" or (kind and name == "break") for kind in inside)
        return name == "return" or (name == "goto" and not self._is_given_back(number, held))

    def _is_given_back(self, number: int, held: Sequence[_Held]) -> bool:
        """Whether the label that a `goto` leads to is followed by what gives back all that is held."""
        target = self.code.tokens[number + 1][0] if number + 1 < len(self.code.tokens) else ""
        label = next((one for one in _LABEL.finditer(self.code.text) if one[1] == target), None)
        open_ = {one.given for one in held}
        for further, (name, start) in enumerate(self.code.tokens if label else ()):
            if label is None or start < label.end():
                continue
            if name in self.unlocks and self.code.is_plain(start):
                open_.discard(self.code.given(further))
            elif name in ("return", "goto", "}") or name in self.locks:
                return not open_
            if not open_:
                return True
        return False

    def _behind_failure(self, number: int) -> int:
        """Where the code ends that runs if a lock in a condition is not got; 0 where it is in none."""
        name, start = self.code.tokens[number]
        text = self.code.text
        if number == 0 or self.code.tokens[number - 1][0] != "if":
            return 0
        opened = self.code.tokens[number - 1][1] + 2
        end = closing(text, text.find("(", opened))
        is_failure = text[opened:start].strip(" (") == ("!" if "try" in name else "")
        failing, behind = then(text, end + 1) if end > start else ("", 0)
        is_whole = text[start + len(name) : end].count("(") == 1
        return behind if is_failure and is_whole and leaves(failing) else 0

    def _loops(self) -> dict[int, str]:
        """The braces that open a loop or a `switch`."""
        found: dict[int, str] = {}
        text = self.code.text
        for name, start in self.code.tokens:
            if name in _LOOPS or name == "switch" or "for_each" in name:
                end = closing(text, text.find("(", start)) if name != "do" else start + 1
                brace = end + 1 + text[end + 1 : end + 2].count(" ")
                if end > 0 and text[brace : brace + 1] == "{":
                    found[brace] = "switch" if name == "switch" else "loop"
        return found


def may_unlock_twice(text: str, locks: Collection[str], unlocks: Collection[str]) -> bool:
    """Whether a path of a function may give a lock back twice.

    No where it has no loop, and between two unlocks it surely leaves or takes what the second gives back.
    """
    code = _code(text)
    names = [name for name, _ in code.tokens]
    if sum(name in unlocks for name in names) < 2:
        return False
    heads = set(_OPENED.findall(code.text)) - {"if", "switch"}
    if heads or any(name in _LOOPS or name == "goto" or "for_each" in name for name in names):
        return True
    depth, is_open, within, taken = 0, False, 0, set[str]()
    for number, (name, start) in enumerate(code.tokens):
        if name in "{}":
            depth += 1 if name == "{" else -1
            within = min(within, depth)
        elif name in unlocks:
            if is_open and code.given(number) not in taken:
                return True
            is_open, within, taken = True, depth, set()
        elif is_open and depth <= within and code.is_plain(start):
            if name == "return":
                is_open = False
            elif name in locks:
                taken.add(code.given(number))
    return False
