"""The options of Kconfig files, and what their types allow an object to become.

Law: only what is spelled out counts: an option whose type is not seen is unknown. Must not know Makefiles,
trees or rules. Source: Documentation/kbuild/kconfig-language.rst.
"""

import re
from collections.abc import Mapping
from enum import Enum
from itertools import pairwise

_OPTION = re.compile(r"^[ \t]*(?:menu)?config[ \t]+(\w+)[ \t]*$", re.MULTILINE)
_TYPE = re.compile(r"^[ \t]+(?:def_)?(tristate|bool|int|hex|string)\b", re.MULTILINE)
_SOURCED = re.compile(r'^[ \t]*source[ \t]+"([\w./-]+)"', re.MULTILINE)


class Built(Enum):
    """What an object can become."""

    UNKNOWN = "unknown"
    MODULE = "module"
    BUILT_IN = "built-in"


def options(text: str) -> Mapping[str, Built]:
    """The options of a Kconfig file that show their type, with what it allows."""
    starts = [*_OPTION.finditer(text), None]
    types = (
        (found[1], _TYPE.search(text, found.end(), end.start() if end else len(text)))
        for found, end in pairwise(starts)
        if found is not None
    )
    return {
        name: Built.MODULE if kind[1] == "tristate" else Built.BUILT_IN
        for name, kind in types
        if kind is not None
    }


def sourced(text: str) -> list[str]:
    """The paths of the files that a Kconfig file goes on to, without those that hold variables."""
    return _SOURCED.findall(text)
