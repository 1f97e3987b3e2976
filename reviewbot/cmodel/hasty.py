"""Hasty: looks at the text of a changed function that say no where a rule would find nothing to say.

Law: sound: a no is certain for code that a compiler takes, a yes means nothing. No grammar is asked. Must not
know rules.
"""

import re
from collections.abc import Collection, Iterator

from reviewbot.cmodel.brackets import closing
from reviewbot.cmodel.conditions import atom, split, unwrapped

_NOISE = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|^[ \t]*#[^\n]*",
    re.DOTALL | re.MULTILINE,
)
_ARROW = re.compile(r" ?-> ?")
_IF = re.compile(r"\bif ?\(")
_POINTER = re.compile(r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*")
_JUMPS = ("return", "goto ", "break;", "continue;")
_BRACE = re.compile(r"[{}]")
_NULLED = re.compile(
    r"(?:[;{}:)(]|\belse|\bdo) ?(\*?[A-Za-z_]\w*(?:(?:->|\.)\w+|\[[^\[\]]*\])*) ?= ?NULL(?= ?[;)])"
    r"|(?:WRITE_ONCE|rcu_assign_pointer|RCU_INIT_POINTER) ?\( ?([^;,]{1,200}), ?NULL ?\)"
)
_RELEASING = re.compile(r"(?:put|free|unref)")
_GOES_ON = re.compile(r"[\w.>&*]")
_CALLED = re.compile(r"\b(\w++) ?\(")
_LOOPS = re.compile(r"\b(?:for|while|do|goto)\b|for_each")
_NAME_BEFORE = re.compile(r"(\w+)\s*\([\s&]*\Z")
# How many tests, or pointers set to NULL, of one piece are looked at; a function with more is not judged.
_MOST = 200
_FAR = 100


def bare(text: str) -> str:
    """The code on one line, without comments, directives and what stands in strings."""
    found = " ".join(_NOISE.sub(_silent, text).split())
    return _ARROW.sub("->", found)


def _silent(found: re.Match[str]) -> str:
    first = found[0][0]
    return " " if first == "/" else ";" if first in "# \t" else f"{first}{first}"


def may_be_unguarded(text: str) -> bool:
    """Whether a pointer is tested by an `if` that goes on without it, and dereferenced further down."""
    code = bare(text)
    for count, found in enumerate(_IF.finditer(code)):
        if count == _MOST:
            return True
        end = closing(code, found.end() - 1)
        if end < 0 or any(
            code.find(f"{path}->", at) >= 0 for path, at in _tested(code, found, end)
        ):
            return True
    return False


def _tested(code: str, found: re.Match[str], end: int) -> Iterator[tuple[str, int]]:
    """The pointers that are NULL on a path behind an `if`, and where that begins."""
    condition = unwrapped(code[found.end() : end])
    if len(split(condition, "||")) > 1:
        return
    operands = split(condition, "&&")
    inside, behind = then(code, end + 1)
    for one in map(atom, operands):
        if not _POINTER.fullmatch(one.key):
            continue
        if one.value or (len(operands) == 1 and not leaves(inside)):
            yield one.key, behind


def then(code: str, start: int) -> tuple[str, int]:
    """What follows the condition of an `if`, and the offset behind it."""
    start += code.startswith(" ", start)
    if not code.startswith("{", start):
        end = code.find(";", start) + 1 or len(code)
        text = code[start:end]
        return (text, end) if "{" not in text and not _IF.match(text) else ("", start)
    depth = 0
    for brace in _BRACE.finditer(code, start):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return code[start + 1 : brace.start()].strip(), brace.end()
    return "", start


def leaves(block: str) -> bool:
    """Whether the last statement of a block surely is a jump."""
    if not block.endswith(";"):
        return False
    last = max(block.rfind(sign, 0, -1) for sign in ";{}:") + 1
    return block[last:].lstrip().startswith(_JUMPS)


def may_release_null(text: str, names: Collection[str]) -> bool:
    """Whether something is set to NULL and passed, further down, to a call that may release it."""
    code = bare(text)
    for count, found in enumerate(_NULLED.finditer(code)):
        if count == _MOST or _is_released((found[1] or found[2]).strip(), code, found.end(), names):
            return True
    return False


def _is_released(path: str, code: str, start: int, names: Collection[str]) -> bool:
    at = code.find(path, start)
    while at >= 0:
        end = at + len(path)
        if code[end : end + 2].lstrip()[:1] in (",", ")") and not _GOES_ON.match(code, at - 1):
            opened = max(code.rfind(";", start, at), start)
            called = _CALLED.findall(code[opened:at])
            if any(name in names or _RELEASING.search(name) for name in called):
                return True
        at = code.find(path, end)
    return False


def may_put_freed(text: str, freed: re.Pattern[str], names: Collection[str]) -> bool:
    """Whether a call that may put is passed what is read through something freed, above or in a loop."""
    code = bare(text)
    has_loop = _LOOPS.search(code) is not None
    for found in freed.finditer(code):
        for path in (one.strip() for one in found[1].split(",")):
            at = code.find(f"{path}->", 0 if has_loop else found.end()) if path else -1
            while at >= 0:
                called = _NAME_BEFORE.search(code, max(at - _FAR, 0), at)
                if called and ("put" in called[1] or called[1] in names):
                    return True
                at = code.find(f"{path}->", at + len(path))
    return False
