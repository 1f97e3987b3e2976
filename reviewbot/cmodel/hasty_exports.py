"""Hasty looks at exports: no where a mail takes away all that it adds.

Law: as in `cmodel.hasty`: a no is certain. Must not know rules.
"""

import re

from reviewbot.cmodel.glimpse import Glimpse, files
from reviewbot.cmodel.uses import is_kernel_source

_EXPORT = re.compile(r"([A-Z0-9_]*EXPORT[A-Z0-9_]*)[ \t]*\(\s*(\w*)([^;\n]*)")
_LINE = re.compile(
    r"^[ \t]*([A-Z0-9_]*EXPORT[A-Z0-9_]*)[ \t]*\((\w+)([^;\n()]*\));?[ \t]*$", re.MULTILINE
)

Export = tuple[str, str, str]


def exports_anew(piece: Glimpse) -> bool:
    """Whether a symbol is exported of which no export is taken away there."""
    added = {symbol for _, symbol, _ in _EXPORT.findall(piece.added)}
    return bool(added and not added <= {symbol for _, symbol, _ in _taken_away(piece)})


def exports_otherwise(piece: Glimpse) -> bool:
    """Whether an export is added that is not taken away there in the same words."""
    added = set(_EXPORT.findall(piece.added))
    return bool(added and not added <= _taken_away(piece))


def _taken_away(piece: Glimpse) -> frozenset[Export]:
    """The exports on removed lines of source files: macro, symbol, the rest."""
    found: set[Export] = set()
    for file in files(piece.raw[1:]):
        if b"EXPORT" in file.raw and all(map(is_kernel_source, _named(file))):
            found.update(_LINE.findall(file.removed))
    return frozenset(found)


def _named(file: Glimpse) -> tuple[str, ...]:
    return tuple(path for path in file.paths if path != "/dev/null")
