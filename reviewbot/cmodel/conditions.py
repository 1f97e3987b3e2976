"""Conditions: a controlling expression taken apart, and what is known on a path.

Law: two conditions are the same only where their normalised texts are; what is known of a variable is
forgotten when it may have been changed. Must not know steps or resources.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

Known = Mapping[str, bool]

_TOKEN = re.compile(r"[()\[\]{}?,]|&&|\|\|")
# Annotations whose value is that of an argument (Linux 6.12).
ANNOTATIONS = (
    r"likely|unlikely|READ_ONCE|data_race|!!|(?:GEM_)?WARN(?:_ON(?:_ONCE|_SMP)?|_ONCE|_TAINT(?:_ONCE)?)?"
    r"|(?:drm|dev)_WARN(?:_ON(?:_ONCE)?|_ONCE)?|KVM_BUG(?:_ON)?|DEBUG_LOCKS_WARN_ON|XFS_IS_CORRUPT"
    r"|__builtin_expect|bool"
)
_WRAPPED = re.compile(rf"(?:{ANNOTATIONS})?\s?\(")
_COMPARED = re.compile(r"(.+?) ?(==|!=|<=|(?<!-)>=|(?<!<)<(?!<)|(?<![->])>(?!>)) ?([\w-]+)")
_PATH = r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*"
_LVALUE = re.compile(_PATH)
_ASSIGNED = re.compile(rf"\(?({_PATH}) ?=(?!=) ?(.+)")
_ZERO = frozenset(("0", "NULL", "false", "0L", "0UL", "FALSE"))
_ONE = frozenset(("1", "true", "TRUE"))
_CONSTANT = re.compile(r"-?(?:[A-Z][A-Z0-9_]*|\d\w*)")
_ERRNO = re.compile(r"-(?:E[A-Z0-9]+|1)")

# The structure around a member: `to_foo(dev)` is how such a macro is named throughout the kernel.
_EMBEDDING = re.compile(r"(?:container_of|to_\w+) ?\(([A-Za-z_]\w*)(?:,[^()]*)?\)")


class Atom(Struct, frozen=True):
    """A condition without operators: it holds where `key` is known to be `value`."""

    key: str
    value: bool


def split(text: str, sign: str) -> list[str]:
    """The operands of a chain of `&&` or `||`; a text with another operator on top is one operand."""
    depth, done, pieces = 0, 0, []
    for found in _TOKEN.finditer(text):
        token = found[0]
        if token in "([{":
            depth += 1
        elif token in ")]}":
            depth -= 1
        elif depth == 0 and token in "?,":
            return [text]
        elif depth == 0 and token == sign:
            pieces.append(text[done : found.start()].strip())
            done = found.end()
    return [*pieces, text[done:].strip()]


def unwrapped(text: str) -> str:
    """The text without parentheses and annotations that hold all of it."""
    while found := _WRAPPED.match(text):
        depth, commas = 0, []
        for token in _TOKEN.finditer(text, found.end() - 1):
            depth += (token[0] in "([{") - (token[0] in ")]}")
            if token[0] == "," and depth == 1:
                commas.append(token.start())
            if depth == 0:
                break
        else:
            return text
        place = -1 if not commas else _place(found[0])
        if token.end() != len(text) or (commas and not 0 <= place <= len(commas)):
            return text
        edges = [found.end() - 1, *commas, token.start()]
        text = text[edges[max(place, 0)] + 1 : edges[max(place, 0) + 1]].strip()
    return text


def _place(name: str) -> int:
    """Which argument of an annotation with several is its value; -1 for none."""
    name = name.rstrip("( ")
    if name.startswith(("WARN", "KVM_BUG", "__builtin_expect")):
        return 0
    return 1 if name.startswith(("drm_WARN", "dev_WARN", "XFS_IS")) else -1


def assignment(text: str) -> tuple[str, str] | None:
    """Target and value where the text is a plain assignment to a path; None for anything else."""
    found = _ASSIGNED.fullmatch(text)
    if found is None or text[0] == "(":
        return None
    return found[1], found[2].strip()


@lru_cache(maxsize=1 << 12)
def atom(text: str) -> Atom:
    """A condition without `&&` and `||`, normalised: `p != NULL`, `!!p` and `p` are one."""
    value = True
    text = unwrapped(text)
    while text[:1] == "!" and text[:2] != "!=" and _is_prefix(text):
        value = not value
        text = unwrapped(text[1:].strip())
    found = _COMPARED.fullmatch(text)
    if found is None or found[1].count("(") != found[1].count(")"):
        return Atom(text.replace(" ", ""), value)
    left, sign, right = unwrapped(found[1].strip()).replace(" ", ""), found[2], found[3]
    if right in _ZERO:
        match sign:
            case "==":
                return Atom(left, not value)
            case "!=":
                return Atom(left, value)
            case "<":
                return Atom(f"{left}<0", value)
            case ">=":
                return Atom(f"{left}<0", not value)
            case ">":
                return Atom(f"{left}>0", value)
            case _:
                return Atom(f"{left}>0", not value)
    if right in ("true",) and sign in ("==", "!="):
        return Atom(left, value == (sign == "=="))
    if sign == "!=":
        return Atom(f"{left}=={right}", not value)
    if sign == ">=":
        return Atom(f"{left}<{right}", not value)
    if sign == ">":
        return Atom(f"{left}<={right}", not value)
    return Atom(f"{left}{sign}{right}", value)


def _is_prefix(text: str) -> bool:
    """Whether the `!` in front belongs to all of the text and not to its first operand."""
    return _COMPARED.fullmatch(text) is None or text[1:].lstrip()[:1] == "("


def subject(key: str) -> str:
    """What a simple condition is about: `p` of `IS_ERR(p)` and of `p<0`."""
    return key.removesuffix("<0").removeprefix("IS_ERR(").removesuffix(")")


def constant(text: str) -> bool | None:
    """The truth of a literal."""
    return False if text in _ZERO else True if text in _ONE else None


def decided(key: str, known: Known) -> bool | None:
    """Whether the condition is known to hold, from what is known of it and of its variable."""
    if key in known:
        return known[key]
    if (literal := constant(key)) is not None:
        return literal
    if key.startswith("IS_ERR("):
        return False if known.get(key[7:-1]) is False else None
    for sign in ("<0", ">0"):
        if key.endswith(sign):
            name = key[:-2]
            if known.get(name) is False or known.get(f"{name}{'><'[sign == '>0']}0") is True:
                return False
            return None
    name, equal, right = key.partition("==")
    if equal:
        return False if _CONSTANT.fullmatch(right) and _is_other(name, known) else None
    if any(known.get(f"{key}{sign}") for sign in ("<0", ">0")) or known.get(f"IS_ERR({key})"):
        return True
    return None


def _is_other(name: str, known: Known) -> bool:
    """Whether a variable is known to be zero, or another constant than the one asked for."""
    if known.get(name) is False:
        return True
    others = (key.removeprefix(f"{name}==") for key, held in known.items() if held and "==" in key)
    return any(map(_CONSTANT.fullmatch, others))


def assigned(known: dict[str, bool], target: str, value: str) -> None:
    """Record what `target = value` makes known; what was known of the target is gone already."""
    value = unwrapped(value)
    if value in _ZERO:
        known[target] = False
        known[f"{target}<0"] = False
    elif _ERRNO.fullmatch(value) or value.startswith("PTR_ERR("):
        known |= {target: True, f"{target}<0": True}
        if value[0] == "-":
            known[f"{target}=={value}"] = True
    elif value.startswith(("ERR_PTR(-", "ERR_CAST(")):
        known |= {target: True, f"IS_ERR({target})": True}
    elif value.startswith("PTR_ERR_OR_ZERO("):
        failed = decided(f"IS_ERR({value[16:-1].strip()})", known)
        if failed is not None:
            known |= {target: failed, f"{target}<0": failed}
    elif value in _ONE or value.isdigit():
        known |= {target: True, f"{target}<0": False}
    elif (held := _truth(value, known)) is not None:
        known[target] = held
        if not held:
            known[f"{target}<0"] = False
    elif _LVALUE.fullmatch(value):
        copied = ((key, held) for key, held in known.items() if _of(key) == value)
        known |= {key.replace(value, target, 1): held for key, held in list(copied)}


def _truth(value: str, known: Known) -> bool | None:
    """Whether a condition that is assigned holds, or what is made from a known pointer is one."""
    if value.startswith(("!", "IS_ERR")) or value.endswith(("= NULL", "= 0")):
        condition = atom(value)
        held = decided(condition.key, known)
        return None if held is None else held is condition.value
    if found := _EMBEDDING.fullmatch(value):
        return True if decided(found[1], known) else None
    return None


def _of(key: str) -> str:
    """The path a simple condition is about."""
    found = re.match(rf"(?:IS_ERR\()?({_PATH})", key)
    return found[1] if found else ""


def forgotten(known: Known, words: Iterator[str]) -> dict[str, bool]:
    """What stays known when these variables may have changed."""
    gone = _any_of(tuple(words))
    return {key: held for key, held in known.items() if not gone.search(key)}


@lru_cache(maxsize=1 << 12)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """What finds one of the words."""
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")
