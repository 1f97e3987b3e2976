"""Stored without a get: pointers kept in fields whose reference another function of the file gives back.

Law: only a file that is wholly seen is judged; a store counts only where the pointer surely came without a
reference. Must not know rules.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.additions import adds
from reviewbot.cmodel.borrowed import bare, is_loaded
from reviewbot.cmodel.change import FunctionChange, SourceChange
from reviewbot.cmodel.excuses import is_excused
from reviewbot.cmodel.keeps import Kept, Place, given, kept_on, stores, taken
from reviewbot.cmodel.outline import Function
from reviewbot.cmodel.pairs import Pair, PairTable
from reviewbot.cmodel.reach import is_free_of
from reviewbot.cmodel.references import holds, is_taken
from reviewbot.cmodel.unanswered import untaken
from reviewbot.model.diff import Side, Sign

_STORE = re.compile(r"->\w+ = [\w>-]+;")


class Stored(Struct, frozen=True):
    """The line of a removed get or of an added store, the pointer, the missing getter, and the put.

    `sure` is False where the get was called superfluous, or where a caller may take the reference.
    """

    line: int
    side: Side
    pointer: str
    get: str
    put: Kept
    sure: bool


def stored_without_get(change: SourceChange, pairs: PairTable) -> Iterator[Stored]:
    """Removed gets, and stores of new functions, that leave a put of the file without its get."""
    if not (change.old.whole and change.new.whole):
        return
    gone = {pairs.by_getter[call.name][0].object for call in change.removed_calls(pairs.getters)}
    is_stored = any(_STORE.search(line.text) for line in change.lines(Sign.ADDED))
    if not (gone or is_stored):
        return
    text = "\n".join(line for stretch in change.new.stretches for line in stretch.lines)
    for pair in pairs.pairs:
        if pair.object in gone and not adds(change, [getter.name for getter in pair.get]):
            yield from _removed(pair, change)
        elif is_stored and _is_shared(pair) and any(name in text for name in pair.put):
            yield from _added(pair, change)


def _is_shared(pair: Pair) -> bool:
    """Whether no call hands out such objects with a reference on them: each holder has to take its own."""
    is_object = pair.object.startswith("struct ")
    return is_object and all(getter.carries == "arg1" for getter in pair.get)


def _removed(pair: Pair, change: SourceChange) -> Iterator[Stored]:
    sure = not is_excused(change.patch)
    gets = (get for get in taken(pair, change.old.outline) if get.call.line in change.removed)
    for found in filter(None, (untaken(get, pair, change) for get in gets)):
        get = found.get
        yield Stored(get.call.line, Side.OLD, get.text, get.call.name, found.put, sure)


def _added(pair: Pair, change: SourceChange) -> Iterator[Stored]:
    """The first store of each new function into a field that another function puts."""
    outline = change.new.outline
    puts = list(given(pair, outline))
    gets = list(taken(pair, outline))
    wrappers = (get.function.name for get in gets if holds(get.function.name))
    names = {*(getter.name for getter in pair.get), *wrappers}
    loaded = {p for get in gets for p in get.places - kept_on(get.text, get.function, outline)}
    for function in change.functions if puts else ():
        for a, place in stores(function.new, outline) if function.is_new else ():
            value, name = bare(a.value), pair.get[0].name
            put = _elsewhere(place, puts, function.new) if place not in loaded else None
            if put is None or not _is_borrowed(value, pair, function):
                continue
            if not is_taken(value, function.new, outline, names):
                yield Stored(a.line, Side.NEW, value, name, put, is_free_of((name,), function))
                break


def _is_borrowed(value: str, pair: Pair, change: FunctionChange) -> bool:
    """Whether the value is such an object, and comes from no call."""
    is_object = change.new.type_of(value) == f"{pair.object} *"
    return is_object and is_loaded(value, change.new, change.source.new.outline)


def _elsewhere(place: Place, puts: list[Kept], function: Function) -> Kept | None:
    """The call of another function that gives back what is kept in the field."""
    others = (put for put in puts if put.function.name != function.name)
    return next((put for put in others if place in put.places), None)
