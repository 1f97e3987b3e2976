"""Unanswered: gets and puts of a file that a change leaves without their other half in another function.

Law: get and put belong together only where what one keeps in a field the other finds in the same field; what
cannot be told apart from a reference that somebody else takes or gives back does not count. Must not know
rules.
"""

from msgspec import Struct

from reviewbot.cmodel.additions import adds_call_on
from reviewbot.cmodel.borrowed import root, values
from reviewbot.cmodel.change import SourceChange
from reviewbot.cmodel.keeps import Kept, Place, assignments, given, kept_on, taken
from reviewbot.cmodel.opened import ANON_INODE
from reviewbot.cmodel.outline import Function, Outline
from reviewbot.cmodel.pairs import Pair
from reviewbot.cmodel.publish import PRIVATE, released
from reviewbot.cmodel.twins import undoes
from reviewbot.cmodel.words import CallWords


class Untaken(Struct, frozen=True):
    """A removed get and the put of another function that goes on giving its reference back."""

    get: Kept
    put: Kept


class Ungiven(Struct, frozen=True):
    """A removed put and the get of another function that goes on taking its reference.

    `cleared` says that a further function could give it back, had this one not forgotten the pointer.
    """

    put: Kept
    get: Kept
    cleared: bool


def untaken(get: Kept, pair: Pair, change: SourceChange) -> Untaken | None:
    """What becomes of the put that belongs to a removed get; None where all seems well."""
    outline = change.new.outline
    function = outline.function(get.function.name)
    if function is None or adds_call_on(change, function, (root(get.text),)):
        return None
    left = list(taken(pair, outline))
    gone_lines = {n for n, line in change.removed.items() if not change.is_moved(line)}
    dropped = [put for put in given(pair, change.old.outline) if put.call.line in gone_lines]
    if any(other.function.name == function.name for other in left):
        return None
    if any(put.places & get.places for put in dropped):
        return None
    puts = [put for put in given(pair, outline) if put.function.name != function.name]
    put = _through(kept_on(get.text, function, outline) & get.places, puts)
    if put is None and not get.text.startswith("&"):
        gone = get.places.difference(*(other.places for other in left))
        twins = [put for put in puts if undoes(put.function.name, function.name)]
        put = _through(gone, puts) or _through(get.places, twins)
    return Untaken(get, put) if put is not None else None


def _through(places: frozenset[Place], puts: list[Kept]) -> Kept | None:
    """The first put of what one of the fields keeps; one of a file's private data is preferred."""
    found = [put for put in puts if put.places & places]
    found.sort(key=lambda put: not any(p.field.startswith(PRIVATE) for p in put.places & places))
    return found[0] if found else None


def ungiven(put: Kept, pair: Pair, words: CallWords, change: SourceChange) -> Ungiven | None:
    """What becomes of the get that belongs to a removed put; None where all seems well."""
    outline = change.new.outline
    function = outline.function(put.function.name)
    sources = values(put.text, put.function, change.old.outline)
    if function is None or adds_call_on(change, function, [*map(root, (put.text, *sources))]):
        return None
    gets = [get for get in taken(pair, outline) if get.places & put.places]
    keepers = {get.function.name for get in gets}
    puts = list(given(pair, outline))
    if put.function.name in keepers | {other.function.name for other in puts}:
        return None
    gone = put.places.difference(*(o.places for o in puts if o.function.name not in keepers))
    found = [get for get in gets if get.places & gone]
    if found:
        return Ungiven(put, found[0], cleared=False)
    if gets and _forgets(put, function, outline, words):
        return Ungiven(put, gets[0], cleared=True)
    return None


def _forgets(put: Kept, function: Function, outline: Outline, words: CallWords) -> bool:
    """Whether the function clears the very field, or frees its holder, so that no other can put it."""
    stored = assignments(function, outline)
    if "->" not in put.text or any(a.value == put.text for a in stored):
        return False
    if any(a.target == put.text and a.value == "NULL" for a in stored):
        return True
    calls = outline.calls_between(function.first, function.last)
    return any(words.frees(call.name) and root(put.text) in call.args for call in calls)


def kept_by_files(fops: str, pair: Pair, outline: Outline) -> Kept | None:
    """A call that takes a reference for the files of some operations which nothing of the file gives back.

    Of other operations' `release` only the files count that are opened with those.
    """
    gets = [
        get
        for get in taken(pair, outline)
        if get.call.name not in ANON_INODE and any(p.struct == fops for p in get.places)
    ]
    keepers = {get.function.name for get in gets}
    left: set[Place] = set()
    for put in given(pair, outline):
        other = released(put.function, outline)
        if put.function.name not in keepers:
            left |= {p for p in put.places if p.struct == other} if other else put.places
    return next((get for get in gets if get.places.isdisjoint(left)), None)
