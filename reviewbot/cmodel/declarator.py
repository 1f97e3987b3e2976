"""Declarators: from the text of a parameter, field or local to its type and name.

Law: the text is masked code without attributes; what is not understood yields nothing, never a guess. Must
not know where the text stands.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.brackets import pieces
from reviewbot.cmodel.outline import Variable

STORAGE = frozenset(("static", "extern", "inline", "__inline", "register", "auto", "typedef"))
BASIC = frozenset(
    re.findall(r"\w+", "void char short int long float double signed unsigned bool const volatile")
)
KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        """if else for while do switch case default return goto break continue sizeof typeof typeof_unqual
        __typeof__ __typeof alignof _Alignof __alignof__ offsetof asm __asm__ __asm volatile __volatile__
        defined _Static_assert __extension__ _Generic""",
    )
)
TAGGED = frozenset(("struct", "union", "enum"))
_INCOMPLETE = TAGGED | STORAGE | {"const", "volatile", "const struct", "const union", "const enum"}

_POINTER = re.compile(
    r"(.*?)\(\s*\*\s*(?:const\s+)?(\w+)\s*(?:\[[^\]]*\]\s*)*\)\s*(\(.*\)?)\Z", re.DOTALL
)
_COMMON = re.compile(r"((?:const )?(?:struct |union |enum |unsigned )?\w+) (\**)(\w+)\Z")
_PLAIN = re.compile(r"([\w\s*]*[\s*])(\w+)\s*((?:\[[^\]]*\]\s*)*)(?::\s*\w+\s*)?\Z")
_WORD = re.compile(r"\w+|\*+")


def variable(text: str) -> Variable | None:
    """A declaration without initializer as type and name; the name is empty for an unnamed parameter."""
    common = _COMMON.match(text)
    if common and common[1] not in _INCOMPLETE and common[3] not in BASIC:
        return Variable(f"{common[1]} {common[2]}" if common[2] else common[1], common[3])
    if "(" in text:
        pointer = _POINTER.match(text)
        return (
            Variable(f"{spelled(pointer[1])} (*){_folded(pointer[3])}", pointer[2])
            if pointer
            else None
        )
    found = _PLAIN.match(text)
    if found is None or _is_unnamed(found[1], found[2]):
        return Variable(spelled(text), "") if _WORD.match(text) and "[" not in text else None
    array = " ".join(_folded(found[3]).split())
    return Variable(f"{spelled(found[1])} {array}".rstrip(), found[2])


def variables(text: str) -> Iterator[Variable]:
    """All variables of a declaration, initializers and all: `struct kvm *kvm = f(x), **other;`."""
    base = ""
    for number, piece in enumerate(pieces(text.rstrip(" \t\n;"))):
        declared = piece.partition("=")[0].rstrip()
        found = variable(declared if number == 0 else f"{base} {declared}")
        if found is None or not found.name or not KEYWORDS.isdisjoint(found.type.split()):
            return
        if number == 0:
            base = found.type.partition("*")[0].partition("[")[0].partition("(")[0]
        yield found


def spelled(text: str) -> str:
    """A type with one space between words and none between stars: `const struct kvm **`."""
    words = [word for word in _WORD.findall(text) if word not in STORAGE]
    return " ".join(words).replace("* *", "**").replace("* *", "**")


def _is_unnamed(before: str, last: str) -> bool:
    words = [word for word in _WORD.findall(before) if word not in STORAGE and word != "const"]
    return last in BASIC or not words or (len(words) == 1 and words[0] in TAGGED)


def _folded(text: str) -> str:
    return " ".join(text.split())
