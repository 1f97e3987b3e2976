"""Stems: the words of a text without their endings, so that `leaks` and `leaked` are one.

Law: what is part of a name, a path or an expression is no word, save in capitals (`EXPORT_SYMBOL`). Must not
know what the words are compared with.
"""

import re
from collections.abc import Iterable, Iterator

_PLAIN = re.compile(r"(?<![\w/.>-])[A-Za-z]{3,}(?![\w/(>]|\.\w|-\w|->)")
_CAPITALS = re.compile(r"\b[A-Z][A-Z_]{4,}\b")
_ENDING = re.compile(r"(?:ing|ed|es|(?<!s)s|e)\Z")
_SHORTEST = 3
# What remarks of any kind say.
_COMMON = """
about above after again all already also and another any are argument back because been before below being
both but call called can cannot case caller change check code come comes could did does done down each else
error even every exit fail failed file first for form from function get give given goes had has have here his
how into its just keep kept kernel know kvm last late later leave let like line look looks made make many may
maybe mean means more most must name need needs never new next nor not nothing now object off old once one
only other our out over own page patch path place please point possible put question read really return
returns right said same say see seem seems seen series set should show shown side since some soon still such
sure take taken takes test than that the their them then there these they thing think this those though
through time too took turn two type under unless until upon use used user users uses using value variable very
want was way ways well were what when where which while who why will with within without word would wrong yes
yet you your device driver module open close init private data
"""


def stems(text: str) -> frozenset[str]:
    """The telling words of a text, in lower case and without endings."""
    names = (piece for name in _CAPITALS.findall(text) for piece in name.split("_"))
    return bare((*_PLAIN.findall(text), *names)) - _COMMON_STEMS


def bare(words: Iterable[str]) -> frozenset[str]:
    """Words in lower case and without endings."""
    return frozenset(_bare({word.lower() for word in words}))


def _bare(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        root = _ENDING.sub("", word)
        if len(root) < _SHORTEST:
            yield word
        elif root != word and root[-1] == root[-2] and root[-1] not in "sl":
            yield root[:-1]
        else:
            yield root


_COMMON_STEMS = bare(_COMMON.split())
