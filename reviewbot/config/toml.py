"""Tables become TOML text, so that a configuration can be shown as it would be written.

Law: what is written reads back as the same table. Source: TOML 1.0.0. Must not know what keys mean.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
DELETE = "\x7f"


def dumped(table: Mapping[str, Any]) -> str:
    """The text of a table: plain keys first, then `[tables]` and `[[lists of tables]]`."""
    return "\n".join(_lines(table, ())).lstrip("\n") + "\n"


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    later: list[tuple[str, Any]] = []
    for key, value in table.items():
        if isinstance(value, Mapping) or _table_list(value):
            later.append((key, value))
        else:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in later:
        inner = (*path, key)
        name = ".".join(_key(part) for part in inner)
        if isinstance(value, Mapping):
            if not value or any(not _is_table(v) for v in value.values()):
                yield f"\n[{name}]"
            yield from _lines(value, inner)
            continue
        for entry in value:
            yield f"\n[[{name}]]"
            yield from (f"{_key(k)} = {_value(v)}" for k, v in entry.items())


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) or _table_list(value)


def _table_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, Mapping) for v in value)


def _key(key: str) -> str:
    return key if BARE.match(key) else _string(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        one_line = ", ".join(_value(v) for v in value)
        if len(one_line) <= 88:
            return f"[{one_line}]"
        return "[\n" + "".join(f"  {_value(v)},\n" for v in value) + "]"
    return repr(value)


def _string(text: str) -> str:
    """A basic string: JSON's escapes are TOML's, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace(DELETE, "\\u007f")
