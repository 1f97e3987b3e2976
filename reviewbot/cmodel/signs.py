"""Signs: what must be seen in the mails of a series for a rule to fire there, without a source tree.

Law: necessary, never sufficient. An expression is of the kind that needs no going back (no reference, no look
around), so that any matcher finds it in one pass. Must not know single rules.
"""

from collections.abc import Callable, Iterable
from enum import Enum

from msgspec import Struct

from reviewbot.cmodel.glimpse import Glimpse

Near = Callable[[Glimpse], bool]


class Expression(Struct, frozen=True):
    """What must match: the regular expression `text`, or a call of one of the `words`.

    With a `sign` (`+` or `-`) the match must begin on a line of the diff with that sign. The parenthesis of a
    call may stand on the next line. `coarse` is what `re` looks for instead, where `text` would take it too
    long: it is found wherever the text is, and `Signs.near` must make up for the difference.
    """

    text: str = ""
    words: tuple[str, ...] = ()
    sign: str = ""
    coarse: str = ""


# A file of which the diff shows every line: it is new, or gone.
WHOLE_FILE = Expression(
    r"\n(?:new file|deleted file|--- /dev/null|\+\+\+ /dev/null|index 0{7}|@@ -0,0 |@@ -[^\n ]+ \+0,0 )"
)


class Scope(Enum):
    """Within what all expressions must be found: a mail's text, the diff of a file, a piece with a function."""

    MAIL = "mail"
    FILE = "file"
    FUNCTION = "function"


class Signs(Struct, frozen=True):
    """Expressions over a mail's text, lines of the diff with their signs, each behind its line end.

    All of `lines` must match within one `scope`, all of `beside` in the diff of the file that it is of. `near`
    is asked last, of the piece, and `first` of the whole mail before it is cut into pieces. Only functions that
    are changed count, but for `unchanged`.
    """

    scope: Scope
    lines: tuple[Expression, ...]
    beside: tuple[Expression, ...] = ()
    near: Near | None = None
    first: Near | None = None
    unchanged: bool = False


def shown(*texts: str) -> Expression:
    """One of these regular expressions."""
    return Expression("|".join(texts))


def added(*texts: str) -> Expression:
    """An added line with one of these in it; any added line without."""
    return Expression("|".join(texts), sign="+") if texts else Expression(r"\n\+")


def removed(*texts: str) -> Expression:
    """A removed line with one of these in it."""
    return Expression("|".join(texts), sign="-")


def calls(names: Iterable[str], *texts: str, sign: str = "") -> Expression:
    """A call of one of the names, or one of the regular expressions, on a line of that sign."""
    return Expression("|".join(texts), tuple(sorted(set(names))), sign)
