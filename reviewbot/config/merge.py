"""Two configuration tables become one.

Law: tables merge key by key; a list of plain values replaces the one below it; a list of tables is
appended to it, but a `[[pair]]` of an object that is there already extends that pair, so that a user adds
one getter with one entry. Merging with nothing changes nothing. Must not know what any key means but
`pair`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

Table = Mapping[str, Any]


def merged(below: Table, above: Table) -> dict[str, Any]:
    """The table in which `above` has the last word."""
    result = dict(below)
    for key, value in above.items():
        if key not in below:
            result[key] = value
        elif key == "pair" and _tables(below[key]) and _tables(value):
            result[key] = _pairs([*below[key], *value])
        else:
            result[key] = _one(below[key], value)
    return result


def _one(below: Any, above: Any) -> Any:
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return merged(below, above)
    if _tables(below) and _tables(above):
        return [*below, *above]
    return above


def _tables(value: Any) -> bool:
    """Whether a value is a list of tables; an empty list is one of plain values."""
    return isinstance(value, list) and bool(value) and all(isinstance(v, Mapping) for v in value)


def _pairs(entries: Iterable[Table]) -> list[Table]:
    """Entries with the same `object` as one, in the order of the first of each."""
    known: dict[str, Table] = {}
    for entry in entries:
        name = str(entry.get("object"))
        known[name] = _extended(known[name], entry) if name in known else entry
    return list(known.values())


def _extended(pair: Table, more: Table) -> Table:
    """A pair with the calls of another added; a getter of the same name is described anew."""
    anew = {getter.get("name") for getter in _list(more, "get")}
    kept = [getter for getter in _list(pair, "get") if getter.get("name") not in anew]
    unions = {
        key: list(dict.fromkeys([*_list(pair, key), *_list(more, key)]))
        for key in ("put", "consume")
        if key in pair or key in more
    }
    return {**pair, **more, "get": [*kept, *_list(more, "get")], **unions}


def _list(pair: Table, key: str) -> list[Any]:
    found = pair.get(key, [])
    return found if isinstance(found, list) else []
