"""A table becomes a value of a declared shape, or a complaint that names file and key.

Law: the only place where msgspec's refusals are put into words. Must not know which shapes there are.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

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
        raise refused(str(refusal), shape, file, prefix, table) from refusal


def refused(
    message: str, shape: type, file: Path, prefix: str = "", table: Mapping[str, Any] | None = None
) -> ConfigError:
    """A refusal of msgspec in our words; `table` is what was refused, to name the key."""
    match = REFUSAL.match(message)
    what, where = (match["what"], match["where"] or "") if match else (message, "")
    if where.endswith("[...]") and where.count("[...]") == 1:
        where = where.removesuffix("[...]") + "." + _culprit(table or {}, shape, where)
    path = ".".join(part for part in (prefix, where.lstrip(".")) if part)
    if unknown := UNKNOWN.match(what):
        key = unknown["key"]
        return unknown_key(file, f"{path}.{key}" if path else key, key, known_keys(shape, where))
    said = what.replace("`", "")
    said = said[:1].lower() + said[1:]
    known = choices(shape, where) if said.startswith("invalid enum value") else ()
    hint = f"Known here: {', '.join(known)}." if known else ""
    return ConfigError(f"{file}: {path or 'the file'}: {said}", hint)


def unknown_key(file: Path, path: str, key: str, known: list[str]) -> ConfigError:
    """The complaint about a key that does not exist."""
    near = get_close_matches(key, known, 1)
    hint = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(sorted(known))}."
    return ConfigError(f"{file}: {path}: there is no such key", hint if known else "")


def known_keys(shape: type, where: str) -> list[str]:
    """The keys a table may have at msgspec's path `where` (`.pair[0].get[1]`) below `shape`."""
    return list(getattr(_at(shape, where), "__struct_fields__", ()))


def choices(shape: type, where: str) -> tuple[str, ...]:
    """The values a key may have at msgspec's path `where`, if they are a closed set."""
    found = _at(shape, where)
    for kind in (found, *get_args(found)):
        if isinstance(kind, type) and issubclass(kind, Enum):
            return tuple(str(member.value) for member in kind)
    return tuple(map(str, get_args(found))) if get_origin(found) is Literal else ()


def _at(shape: type, where: str) -> Any:
    """The shape of what lies at msgspec's path `where`."""
    here: Any = shape
    for step in re.findall(r"\.([^.\[]+)|(\[)", where):
        here = next(_below(here, step[0]), None)
    return here


def _culprit(table: Mapping[str, Any], shape: type, where: str) -> str:
    """The key whose value is refused in the table at `where`, which msgspec says as `[...]`."""
    here: Any = table
    for step in where.removesuffix("[...]").split(".")[1:]:
        here = here[step] if isinstance(here, Mapping) and step in here else {}
    kind = (*get_args(_at(shape, where.removesuffix("[...]"))), Any)[1]
    for key, value in here.items() if isinstance(here, Mapping) else ():
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError:
            return str(key)
    return "…"


def _below(shape: Any, key: str) -> Iterator[Any]:
    """The shape of a field, or of the elements of a tuple for an empty `key`."""
    if not key:
        yield from get_args(shape)[:1]
    elif hasattr(shape, "__struct_fields__"):
        yield from (f.type for f in msgspec.structs.fields(shape) if f.encode_name == key)
