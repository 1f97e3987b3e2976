"""What a fix does with references, told from the calls of the pair table on its lines.

It is a look at the text: enough to say which rules may speak of the reversed diff, no judgement of either.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import Enum

from msgspec import Struct

from reviewbot.cmodel.pairs import PairTable
from reviewbot.model.diff import FileChange, Sign

_CALL = re.compile(r"\b([A-Za-z_]\w*) ?\(")
_COMMENT = re.compile(r"/\*.*?(?:\*/|$)|//.*|^\s*\*(?:\s.*|/.*)?$|\"(?:[^\"\\]|\\.)*\"")
_OWNER = re.compile(r"\.owner\s*=")
_LIKE = re.compile(
    r"(?:^|_)(?:get|put|ref|hold|grab|drop|release|free|inc|dec|unref|clear|destroy)(?:_|$)"
)
_LEAVES = re.compile(r"\b(?:return|goto|break|continue)\b")


class Kind(Enum):
    """What a fix does; the value is for people."""

    PUT_ADDED = "adds a put"
    PUT_REMOVED = "takes a put out"
    PUT_MOVED = "moves or changes a put"
    GET_ADDED = "adds a get"
    GET_REMOVED = "takes a get out"
    GET_MOVED = "moves or changes a get"
    PAIR_ADDED = "adds a get and its put"
    PAIR_REMOVED = "takes a get and its put out"
    OWNER = "sets an owner"
    EXIT = "changes the way out"
    OTHER_CALLS = "puts or gets what is not in the pair table"
    OTHER = "does something else"


# The benchmark's names (see rule_names.json) of what the reversed diff brings in.
BRINGS = {
    Kind.PUT_ADDED: ("ref-leak", "symbol-put"),
    Kind.PUT_REMOVED: ("double-put", "missing-get", "use-after-put"),
    Kind.PUT_MOVED: ("ref-leak", "double-put", "use-after-put", "null-before-put", "missing-get"),
    Kind.GET_ADDED: ("missing-get", "module-ref", "double-put", "use-after-put"),
    Kind.GET_REMOVED: ("ref-leak", "symbol-put"),
    Kind.GET_MOVED: ("ref-leak", "get-after-publish", "missing-get", "unchecked-get", "module-ref"),
    Kind.PAIR_ADDED: ("missing-get", "module-ref", "use-after-put"),
    Kind.PAIR_REMOVED: ("module-ref",),
    Kind.OWNER: ("fops-owner", "module-ref"),
    Kind.EXIT: ("ref-leak", "double-put", "use-after-put"),
    Kind.OTHER_CALLS: ("ref-leak", "double-put", "use-after-put", "missing-get"),
    Kind.OTHER: ("ref-leak", "double-put", "use-after-put", "missing-get", "module-ref"),
}


class Shape(Struct, frozen=True):
    """The kind of a fix, and the calls by which it was told: those of the table, or like them."""

    kind: Kind
    gets: tuple[str, ...] = ()
    puts: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def brings(self) -> tuple[str, ...]:
        """The benchmark's names of the faults that the reversed diff may bring in."""
        return BRINGS[self.kind]


def shape(files: Iterable[FileChange], pairs: PairTable) -> Shape:
    """The shape of a fix."""
    added, removed = (Counter(calls(files, sign)) for sign in (Sign.ADDED, Sign.REMOVED))
    table = (pairs, pairs.of_locks)
    gets = {name for one in table for name in (*one.getters, *one.by_loop)}
    puts = {name for one in table for name in one.putters}
    more, less = added - removed, removed - added
    touched = {*added, *removed}
    told = {
        "gets": tuple(sorted(gets & touched)),
        "puts": tuple(sorted(puts & touched)),
        "unknown": tuple(sorted(n for n in {*more, *less} - gets - puts if _LIKE.search(n))),
    }
    counts = [sum(one[name] for name in names) for names in (gets, puts) for one in (more, less)]
    return Shape(_kind(files, *counts, told), **told)


def _kind(
    files: Iterable[FileChange],
    gets_more: int,
    gets_less: int,
    puts_more: int,
    puts_less: int,
    told: dict[str, tuple[str, ...]],
) -> Kind:
    if any(_OWNER.search(row) for row in rows(files, Sign.ADDED)) and not told["gets"]:
        return Kind.OWNER
    still = not gets_more + gets_less + puts_more + puts_less
    if (gets_more and gets_less) or (told["gets"] and still):
        return Kind.GET_MOVED
    if gets_more or gets_less:
        if puts_more and gets_more:
            return Kind.PAIR_ADDED
        if puts_less and gets_less:
            return Kind.PAIR_REMOVED
        return Kind.GET_ADDED if gets_more else Kind.GET_REMOVED
    if puts_more or puts_less:
        if puts_more and puts_less:
            return Kind.PUT_MOVED
        return Kind.PUT_ADDED if puts_more else Kind.PUT_REMOVED
    if told["puts"]:
        return Kind.PUT_MOVED
    if told["unknown"]:
        return Kind.OTHER_CALLS
    changed = [row for sign in (Sign.ADDED, Sign.REMOVED) for row in rows(files, sign)]
    return Kind.EXIT if any(_LEAVES.search(row) for row in changed) else Kind.OTHER


def rows(files: Iterable[FileChange], sign: Sign) -> Iterator[str]:
    """The text of the lines of that sign, without what are surely comments and strings."""
    for file in files:
        for hunk in file.hunks:
            yield from (_COMMENT.sub(" ", x.text) for x in hunk.lines if x.sign is sign)


def calls(files: Iterable[FileChange], sign: Sign) -> Iterator[str]:
    """The names in front of a parenthesis on the lines of that sign."""
    for row in rows(files, sign):
        yield from _CALL.findall(row)
