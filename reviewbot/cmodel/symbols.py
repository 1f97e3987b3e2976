"""Looked-up symbols: where a module is pinned by the lookup of a symbol, and where it is let go.

Law: a symbol counts as let go wherever a call names it for that, and every symbol where an address is let go;
what is out of sight is told apart from what is not there. Must not know rules.
"""

import re
from collections.abc import Iterator
from enum import Enum

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.outline import Call, Function
from reviewbot.cmodel.visible import lines

LOOKUPS = ("symbol_get", "symbol_request")
LETS_GO = ("symbol_put", "symbol_put_addr")
_WORD = re.compile(r"[A-Za-z_]\w*")
# What looks at a pointer and does not keep it.
_TESTS = r"(?:if|while|likely|unlikely|WARN_ON|WARN_ON_ONCE|IS_ERR|sizeof)"


class Put(Enum):
    """What can be said of the call that lets a symbol go."""

    SEEN = "seen"
    ABSENT = "absent"
    UNKNOWN = "unknown"


def lookups(source: SourceChange, *, removed: bool = False) -> Iterator[Call]:
    """The lookups a patch adds, or the calls by which it no longer lets a symbol go; moved ones aside."""
    calls = source.removed_calls(LETS_GO[:1]) if removed else source.added_calls(LOOKUPS)
    numbered = source.removed if removed else source.added
    for call in calls:
        is_symbol = len(call.args) == 1 and _WORD.fullmatch(call.args[0])
        if is_symbol and not source.is_moved(numbered[call.line]):
            yield call


def put_of(call: Call, source: SourceChange, change: SeriesChange) -> Put:
    """Whether the symbol of a lookup is let go anywhere."""
    goes = _pattern(call.args[0])
    if any(_lets_go(other.new, goes) for other in change.sources):
        return Put.SEEN
    function = source.new.outline.function_at(call.line)
    if function is not None and function.whole and _stays(call, function, source):
        return Put.ABSENT
    if not source.new.whole:
        return Put.UNKNOWN
    found = change.tree.mentions(call.args[:1])
    if found is None:
        return Put.UNKNOWN
    seen = {other.path for other in change.sources}
    others = (path for path in found[call.args[0]] if path not in seen)
    texts = (change.tree.file(path) or "" for path in others)
    return Put.SEEN if any(goes.search(text) for text in texts) else Put.ABSENT


def _pattern(symbol: str) -> re.Pattern[str]:
    return re.compile(rf"\bsymbol_put(?:_addr\s*\(|\s*\(\s*{re.escape(symbol)}\s*\)|\s*\(\s*\w*#)")


def _lets_go(image: Image, goes: re.Pattern[str]) -> bool:
    return any("symbol_put" in line and goes.search(line) for _, line in lines(image))


def _stays(call: Call, function: Function, source: SourceChange) -> bool:
    """Whether the result is kept in a local of the function and never handed on."""
    if call.discarded:
        return True
    if not call.target or all(local.name != call.target for local in function.locals):
        return False
    name = rf"(?<![\w.>])&?{re.escape(call.target)}\b(?!\s*[(\[.]|\s*->)"
    leaves = re.compile(
        rf"\breturn\b[^;]*{name}|=(?!=)[^;=]*{name}\s*[;,]|\b(?!{_TESTS}\b)\w+\s*\((?:[^()]*,)?\s*{name}\s*[,)]"
    )
    numbers = range(function.first, function.last + 1)
    text = " ".join(source.new.code(number) for number in numbers)
    return not leaves.search(text)
