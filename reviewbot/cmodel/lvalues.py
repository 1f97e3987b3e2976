"""Lvalues: which statements may give an lvalue another value.

Law: an lvalue is its full text, `f->kvm` is not `g->kvm`; what may change it counts as changing it. Must not
know the order of statements or rules.
"""

import re

from reviewbot.cmodel.brackets import pieces
from reviewbot.cmodel.outline import Function

LVALUE = r"\*?[A-Za-z_]\w*(?:(?:->|\.)\w+|\[[^\[\]]*\])*"

_NAME = re.compile(r"[A-Za-z_]\w*")
_CALL = re.compile(r"([A-Za-z_](?:\w|->|\.)*) ?\(")
_MEMBER = re.compile(r"->|\.|\[")
_CHANGES = re.compile(r"[=&]|\+\+|--")
# Words in the name of a call that takes down, looks or reports, and stores nothing new.
_HARMLESS = frozenset(
    re.findall(
        r"\w+",
        """put free kfree kvfree vfree release del delete unregister remove disable stop cancel destroy detach
        cleanup exit kill flush unmap unpin dev pr printk warn err info dbg trace assert lockdep BUG WARN ON
        sizeof likely unlikely IS ERR PTR clear memset""",
    )
)


def root(lvalue: str) -> str:
    """The variable an lvalue begins with."""
    found = _NAME.search(lvalue)
    return found[0] if found else ""


def is_variable(lvalue: str, function: Function) -> bool:
    """Whether the lvalue is a parameter or a local variable of the function, and no part of anything."""
    return any(v.name == lvalue for v in (*function.parameters, *function.locals))


def calls(text: str) -> list[str]:
    """The names of the calls in a statement."""
    return _CALL.findall(text)


def arguments(text: str, name: str) -> list[str]:
    """The arguments of the first call of that name, without spaces."""
    found = re.search(rf"(?<![\w.>]){re.escape(name)} ?\(", text)
    if found is None:
        return []
    depth = 0
    for place in range(found.end() - 1, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return [one.replace(" ", "") for one in pieces(text[found.end() : place])]
    return []


def assigns(text: str, lvalue: str) -> bool:
    """Whether a statement assigns to the lvalue or to what it is reached through, or takes its address."""
    if not _CHANGES.search(text):
        return False
    words = [word for word in (*_ways(lvalue), *_indices(lvalue)) if word in text]
    if not words:
        return False
    names = "|".join(map(re.escape, words))
    return any(
        re.search(pattern, text)
        for pattern in (
            rf"(?<![\w.>])(?:{names}) ?(?:(?:[-+*/%|&^]|<<|>>)?=(?!=)|\+\+|--)",
            rf"(?:\+\+|--) ?(?:{names})(?!\w)",
            rf"(?<![&\w)\]]) ?& ?(?:{names})(?!\w| ?->| ?\.| ?\[)",
        )
    )


def hands_over(text: str, lvalue: str) -> bool:
    """Whether a call is passed something the lvalue is reached through: `f` of `f->kvm`."""
    names = "|".join(re.escape(word) for word in _ways(lvalue)[:-1] if word in text)
    return bool(names) and bool(re.search(rf"[(,] ?(?:{names}) ?[,)]", text))


def may_store(text: str) -> bool:
    """Whether a call in the statement may store something, as far as its name tells."""
    return any(_HARMLESS.isdisjoint(re.findall(r"[A-Za-z]+", name)) for name in calls(text))


def _ways(lvalue: str) -> list[str]:
    """What an lvalue is reached through, shortest first, and itself: `f`, `f->a`, `f->a->b`."""
    bare = lvalue.lstrip("*")
    found = [bare[: member.start()] for member in _MEMBER.finditer(bare)]
    return [*found, bare, *([lvalue] if bare != lvalue else [])]


def _indices(lvalue: str) -> list[str]:
    return [
        name for inside in re.findall(r"\[([^\]]*)\]", lvalue) for name in _NAME.findall(inside)
    ]
