"""Two configuration tables become one.

Law: tables merge key by key; a list of plain values replaces the one below it; a list of tables is
appended to it, but a `[[pair]]` or `[[lock]]` of an object that is there already extends that pair, so
that a user adds one getter with one entry, and a `[[patchwork]]` stands for the one of its name. Merging with
nothing changes nothing. Must not know what any key means but these.
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
        elif key in ("pair", "lock") and _tables(below[key]) and _tables(value):
            result[key] = _pairs([*below[key], *value])
        elif key == "patchwork" and _tables(below[key]) and _tables(value):
            result[key] = list(
                {str(each.get("name")): each for each in (*below[key], *value)}.values()
            )
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
    """A pair with the calls of another added; an entry of the same name is described anew."""
    unions = {
        key: _union(_list(pair, key), _list(more, key))
        for key in ("get", "put", "consume", "loop", "takes", "ignores", "embeds")
        if key in pair or key in more
    }
    return {**pair, **more, **unions}


def _union(below: list[Any], above: list[Any]) -> list[Any]:
    """The entries of both; a table is known by its `name` or `member`, anything else by itself."""
    known: dict[str, Any] = {}
    anew = {_key(entry) for entry in above if isinstance(entry, Mapping)}
    for entry in (*(entry for entry in below if _key(entry) not in anew), *above):
        known.setdefault(_key(entry), entry)
    return list(known.values())


def _key(entry: Any) -> str:
    return str(entry.get("name", entry.get("member"))) if isinstance(entry, Mapping) else str(entry)


def _list(pair: Table, key: str) -> list[Any]:
    found = pair.get(key, [])
    return found if isinstance(found, list) else []
