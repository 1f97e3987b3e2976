"""The goals of a Makefile of Kbuild: which objects are made in which way.

Law: only what is spelled out counts; an object that a variable or a function of make may name is mentioned
apart. Must not know options, trees or rules. Source: Documentation/kbuild/makefiles.rst.
"""

import re

from msgspec import Struct

_CONTINUED = re.compile(r"\\\r?\n")
_COMMENT = re.compile(r"(?<!\\)#[^\n]*")
_CONFIG = r"\$[({]CONFIG_(\w+)[)}]"
_ASSIGN = re.compile(
    rf"^[ \t]*([\w.-]+?)-(\$\(subst m,y,{_CONFIG}\)|{_CONFIG}|objs|[ym])[ \t]*[:+?]?=([^\n]*)$",
    re.MULTILINE,
)
_VARIABLE = re.compile(r"\$[({]\w+[)}]/")


class Goal(Struct, frozen=True):
    """`name-how += objects`; `option` is the one in `how`, or empty; `kept` where m is turned into y."""

    name: str
    how: str
    option: str
    kept: bool
    objects: frozenset[str]


class Makefile(Struct, frozen=True):
    """The goals of a folder, and what else stands in its Makefile."""

    goals: tuple[Goal, ...]
    rest: str

    def mentions_apart(self, name: str) -> bool:
        """Whether the object is named in another way than in a goal."""
        return re.search(rf"(?<![\w/.-]){re.escape(name)}(?![\w.-])", self.rest) is not None


def makefile(text: str) -> Makefile:
    """What stands in the text of a Makefile."""
    plain = _COMMENT.sub("", _CONTINUED.sub(" ", text))
    goals = tuple(
        Goal(
            found[1],
            found[2],
            found[3] or found[4] or "",
            bool(found[3]),
            frozenset(_VARIABLE.sub("", word) for word in found[5].split()),
        )
        for found in _ASSIGN.finditer(plain)
    )
    return Makefile(goals, _ASSIGN.sub("", plain))
