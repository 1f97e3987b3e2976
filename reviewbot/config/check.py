"""A table becomes a value of a declared shape, or a complaint that names file and key.

Law: the only place where msgspec's refusals are put into words. Must not know which shapes there are.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec

from reviewbot.errors import ConfigError

Shape = TypeVar("Shape")

REFUSAL = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<where>[^`]*)`)?\Z", re.DOTALL)
UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>.*)`\Z", re.DOTALL)


def shaped(table: Mapping[str, Any], shape: type[Shape], file: Path, prefix: str = "") -> Shape:
    """The table as a `shape`; `prefix` is the path of keys that leads to it (`rules.export-new`).

    Raises ConfigError that names file and key, and the nearest known key for one that is unknown.
    """
    try:
        return msgspec.convert(table, shape)
    except msgspec.ValidationError as refusal:
        raise refused(str(refusal), shape, file, prefix) from refusal


def refused(message: str, shape: type, file: Path, prefix: str = "") -> ConfigError:
    """A refusal of msgspec in our words."""
    match = REFUSAL.match(message)
    what, where = (match["what"], match["where"] or "") if match else (message, "")
    path = ".".join(part for part in (prefix, where.lstrip(".")) if part)
    if unknown := UNKNOWN.match(what):
        key = unknown["key"]
        return unknown_key(file, f"{path}.{key}" if path else key, key, known_keys(shape, where))
    said = what.replace("`", "")
    said = said[:1].lower() + said[1:]
    return ConfigError(f"{file}: {path or 'the file'}: {said}")


def unknown_key(file: Path, path: str, key: str, known: list[str]) -> ConfigError:
    """The complaint about a key that does not exist."""
    near = get_close_matches(key, known, 1)
    hint = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(sorted(known))}."
    return ConfigError(f"{file}: {path}: there is no such key", hint if known else "")


def known_keys(shape: type, where: str) -> list[str]:
    """The keys a table may have at msgspec's path `where` (`.pair[0].get[1]`) below `shape`."""
    here: Any = shape
    for step in re.findall(r"\.([^.\[]+)|(\[)", where):
        here = next(_below(here, step[0]), None)
    fields = getattr(here, "__struct_fields__", ())
    return list(fields)


def _below(shape: Any, key: str) -> Iterator[Any]:
    """The shape of a field, or of the elements of a tuple for an empty `key`."""
    if not key:
        yield from get_args(shape)[:1]
    elif hasattr(shape, "__struct_fields__"):
        yield from (f.type for f in msgspec.structs.fields(shape) if f.encode_name == key)
