"""Called: which names stand before a parenthesis in a text, however it is made.

Law: sound and cheap: a name that is called is among them, in a diff too, where the parenthesis may stand on the
next line behind its sign; others may be, from comments or declarations. Must not know C beyond that.
"""

from collections.abc import Iterable
from string import ascii_letters, digits

from reviewbot.cmodel.declarator import BASIC, KEYWORDS, STORAGE

_WORD = f"{ascii_letters}{digits}_"
# What may stand between a name and its parenthesis in a diff: white space, and the sign of the next line.
_BETWEEN = " \t\r\n\f\v+-"
_NEVER = KEYWORDS | BASIC | STORAGE | {""}


def called(texts: Iterable[str]) -> frozenset[str]:
    """Every name before an opening parenthesis in the texts, but for the words of the language."""
    found: set[str] = set()
    for text in texts:
        for piece in text.split("(")[:-1]:
            bare = piece.rstrip(_BETWEEN)
            found.add(bare[len(bare.rstrip(_WORD)) :])
    return frozenset(found - _NEVER)
