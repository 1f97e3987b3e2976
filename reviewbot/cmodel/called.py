"""Called: which names stand before a parenthesis in a text, however it is made.

Law: sound and cheap: a name that is called is among them, in a diff too, where the parenthesis may stand on the
next line behind its sign; others may be, from comments or declarations. Must not know C beyond that.
"""

from collections.abc import Iterable, Iterator, Set
from functools import lru_cache
from string import ascii_letters, digits

from reviewbot.cmodel.declarator import BASIC, KEYWORDS, STORAGE

_WORD = f"{ascii_letters}{digits}_"
# What may stand between a name and its parenthesis in a diff: white space, and the sign of the next line.
_BETWEEN = " \t\r\n\f\v+-"
_NEVER = KEYWORDS | BASIC | STORAGE | {""}
# Where a function ends: whole files are looked at piece by piece, most of which stand in other revisions too.
_END = "\n}\n"
_LONG = 4000
_MOST_PIECES = 1 << 12


def called(texts: Iterable[str]) -> frozenset[str]:
    """Every name before an opening parenthesis in the texts, but for the words of the language."""
    found: set[str] = set()
    for text in texts:
        if len(text) < _LONG:
            found.update(_names(text))
        else:
            found.update(*map(_called, text.split(_END)))
    return frozenset(found - _NEVER)


def times(text: str, names: Set[str]) -> int:
    """How often one of the names stands before an opening parenthesis in the text."""
    return sum(name in names for name in _names(text))


@lru_cache(maxsize=_MOST_PIECES)
def _called(text: str) -> frozenset[str]:
    return frozenset(_names(text))


def _names(text: str) -> Iterator[str]:
    """The words before an opening parenthesis, once or more; empty where something else stands there."""
    for piece in text.split("(")[:-1]:
        bare = piece.rstrip(_BETWEEN)
        yield bare[len(bare.rstrip(_WORD)) :]
